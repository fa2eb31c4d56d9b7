import type { Finding, Rule } from "../rule.ts";
import { lineAt } from "../../yaml/span.ts";
import { isSetupFile } from "./support.ts";

export const wrongPath: Rule = {
  id: "copilot/wrong-path",
  severity: "warning",
  title: "Copilot reads .github/workflows/copilot-setup-steps.yml",
  why: "Only this very path is documented: no other ending, no folder in between.",
  fix: "In an editor that can do so, the file is renamed, where none of that name is there.",
  wrong: ".github/workflows/copilot-setup-steps.yaml",
  right: ".github/workflows/copilot-setup-steps.yml",
  *check({ workflow, text }): Iterable<Finding> {
    if (!isSetupFile(workflow)) return;
    if (/(?:^|[\\/])\.github[\\/]workflows[\\/]copilot-setup-steps\.yml$/.test(workflow.path)) return;
    yield {
      start: 0,
      end: lineAt(text, 0).end,
      message: "Copilot reads .github/workflows/copilot-setup-steps.yml only",
    };
  },
};
