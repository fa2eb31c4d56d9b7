import { eachPolicy } from "../policy/support.ts";
import { pinnedReference, pinTo } from "./pinned.ts";
import type { Rule } from "../rule.ts";

export const unpinnedRef: Rule = {
  id: "step/unpinned-ref",
  severity: "info",
  title: "The action is used by a tag or branch",
  why: "A tag can be moved to other code; what is to protect a job should be named by the whole hash of a commit.",
  wrong: "uses: step-security/harden-runner@v2",
  right: "uses: step-security/harden-runner@<40 hexadecimal digits> # v2.20.0",
  check: eachPolicy(({ step }, { text }) => {
    const value = step.uses?.value.trim() ?? "";
    const ref = value.slice(value.indexOf("@") + 1);
    if (step.uses === undefined || (value.includes("@") && /^[0-9a-f]{40}$/i.test(ref))) return undefined;
    const { content } = step.uses;
    const pinned = pinnedReference(text, value);
    const fixes = pinned === undefined ? [] : [pinTo(step.uses, pinned)];
    return { ...content, message: "this is no whole commit hash: the code behind it can change", fixes };
  }),
};
