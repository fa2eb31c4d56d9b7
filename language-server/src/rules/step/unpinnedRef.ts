import { eachPolicy } from "../policy/support.ts";
import { pinnedReference, pinTo } from "./pinned.ts";
import { releaseOf } from "./releases.ts";
import type { Rule } from "../rule.ts";

export const unpinnedRef: Rule = {
  id: "step/unpinned-ref",
  severity: "info",
  title: "The action is used by a tag or branch",
  why: "A tag can be moved to other code; what is to protect a job should be named by the whole hash of a commit.",
  fix: "The commit that the file has for this version elsewhere, else the commit of the release (of `v2`, of the newest that was looked at), with its version in a comment. Not applied unasked; none for branches.",
  wrong: "uses: step-security/harden-runner@v2",
  right: "uses: step-security/harden-runner@<40 hexadecimal digits> # v2.20.0",
  check: eachPolicy(({ step }, { text }) => {
    const value = step.uses?.value.trim() ?? "";
    const ref = value.slice(value.indexOf("@") + 1);
    if (step.uses === undefined || (value.includes("@") && /^[0-9a-f]{40}$/i.test(ref))) return undefined;
    const { content } = step.uses;
    const [version, commit] = releaseOf(ref) ?? [];
    const pinned = pinnedReference(text, value);
    const fixes =
      pinned !== undefined
        ? [pinTo(step.uses, pinned, "as elsewhere in this file")]
        : commit === undefined
          ? []
          : [pinTo(step.uses, `${commit} # ${version}`, `the commit of ${version}`)];
    return { ...content, message: "this is no whole commit hash: the code behind it can change", fixes };
  }),
};
