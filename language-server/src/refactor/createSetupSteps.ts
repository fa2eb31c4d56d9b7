// The file whose steps run before Copilot's agent starts, with our step as the first one: what the set-up and the MCP servers
// do is outside of Copilot's own firewall.
import { monitorLines, ownReferenceIn } from "../model/insertStep.ts";
import type { Workflow } from "../model/workflow.ts";
import type { Refactoring } from "./refactoring.ts";

const TITLE = "Create copilot-setup-steps.yml, with Runglass's step";
const PATH = ".github/workflows/copilot-setup-steps.yml";

/** The repository's own folder, with the separator behind it, as the path of one of its files tells it. */
const rootOf = (path: string): string | undefined => /^(.*?)\.github[\\/]/.exec(path)?.[1];

const checkoutIn = ({ text }: Workflow): string =>
  /\buses:[ \t]*(actions\/checkout@[\w./-]+(?:[ \t]+#[^\r\n]*)?)/i.exec(text)?.[1]?.trim() ?? "actions/checkout@v5";

const textFor = (workflow: Workflow): string =>
  [
    "name: Copilot Setup Steps",
    "",
    "# Copilot's agent starts behind these steps. On a push or by hand they only show whether they work.",
    "on:",
    "  workflow_dispatch:",
    "  push:",
    `    paths: [${PATH}]`,
    "  pull_request:",
    `    paths: [${PATH}]`,
    "",
    "jobs:",
    "  # Copilot looks for a job of this name.",
    "  copilot-setup-steps:",
    "    runs-on: ubuntu-latest",
    "    timeout-minutes: 30",
    "    permissions:",
    "      contents: read",
    "    steps:",
    ...monitorLines(ownReferenceIn(workflow)).map((line) => `      ${line}`),
    `      - uses: ${checkoutIn(workflow)}`,
    "",
  ].join("\n");

export const createSetupSteps: Refactoring = {
  id: "createSetupSteps",
  offer: ({ workflow, isExplicit }) => (isExplicit && rootOf(workflow.path) !== undefined ? TITLE : undefined),
  rewrite: ({ workflow }) => {
    const root = rootOf(workflow.path);
    if (root === undefined) return { problem: "Open a folder, or a workflow of the repository." };
    return { title: TITLE, edits: [], notes: [], newFile: { path: `${root}${PATH}`, text: textFor(workflow) } };
  },
};
