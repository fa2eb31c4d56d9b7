import type { Rule } from "../rule.ts";
import { eachMonitor } from "./support.ts";

export const unpinnedRef: Rule = {
  id: "runglass/unpinned-ref",
  severity: "info",
  title: "Runglass is used by a tag or branch",
  why: "A tag can be moved to other code; what is to protect a job, and runs as root in it, should be named by the whole hash of a commit.",
  fix: "None: no commit is known before the release that has it is made.",
  wrong: "uses: runglass/runglass/collector@v0.1.0",
  right: "uses: runglass/runglass/collector@<40 hexadecimal digits> # v0.1.0",
  check: eachMonitor(({ step }) => {
    const value = step.uses?.value.trim() ?? "";
    if (step.uses === undefined || /@[0-9a-f]{40}$/i.test(value)) return undefined;
    return { ...step.uses.content, message: "this is no whole commit hash: the code behind it can change" };
  }),
};
