import type { Finding, Rule } from "../rule.ts";
import { lineAt } from "../../yaml/span.ts";
import { isCopilotFile } from "./support.ts";

export const notDefaultBranch: Rule = {
  id: "copilot/not-default-branch",
  severity: "info",
  title: "The set-up takes effect on the default branch",
  why: "Copilot reads the file from the repository's default branch, whatever branch it works on: a change of it on another branch has no effect before it is merged. Told where git's files say which branch is checked out and which one is the default (`origin/HEAD`, as a clone has it).",
  fix: "None in the file: merge it.",
  wrong: "the file on a branch only",
  right: "the file merged into the default branch",
  *check({ workflow, text, branch }): Iterable<Finding> {
    if (!isCopilotFile(workflow) || branch === undefined || branch.current === branch.main) return;
    const message = `Copilot reads this file from ${branch.main}; here it is ${branch.current}`;
    yield { start: 0, end: lineAt(text, 0).end, message };
  },
};
