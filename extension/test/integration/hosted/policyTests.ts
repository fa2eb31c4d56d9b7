import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commands, env, Range, Selection, Uri, window, workspace, type TextEditor } from "vscode";
import { hostedDirectory, until } from "./waiting.ts";

const WORKFLOW = `on: push
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - uses: step-security/harden-runner@v2
        with:
          egress-policy: block
          allowed-endpoints: github.com:8443
      - run: make
`;

const openWorkflow = async (at: string): Promise<TextEditor> => {
  const folder = join(hostedDirectory(), "policy/.github/workflows");
  await mkdir(folder, { recursive: true });
  const path = join(folder, "ci.yml");
  await writeFile(path, WORKFLOW);
  const editor = await window.showTextDocument(Uri.file(path));
  const position = editor.document.positionAt(WORKFLOW.indexOf(at));
  editor.selection = new Selection(position, position);
  return editor;
};

describe("refactorings of workflows", () => {
  afterEach(() => commands.executeCommand("workbench.action.revertAndCloseActiveEditor"));

  it("change the active document by a command", async () => {
    const { document } = await openWorkflow("build:");
    await commands.executeCommand("runglass.insertMonitorStep");
    await until("our step behind the other one", () =>
      document.lineAt(10).text.includes("runglass/runglass/collector@"),
    );
    assert.equal(document.lineAt(9).text, "      - name: Watch the job (Runglass)");
  });

  it("copy a policy as Copilot takes it", async () => {
    await openWorkflow("github.com");
    // What it allows more is told in a message that stays until it is answered.
    void commands.executeCommand("runglass.copyCopilotAllowlist");
    await until("the clipboard", async () => (await env.clipboard.readText()) === "github.com\n");
  });

  it("make a file, and open it", async () => {
    await openWorkflow("on:");
    await commands.executeCommand("runglass.createSetupSteps");
    const made = window.activeTextEditor?.document;
    assert.ok(made !== undefined);
    assert.ok(made.uri.path.endsWith("/policy/.github/workflows/copilot-setup-steps.yml"), made.uri.path);
    assert.match(made.getText(new Range(0, 0, 1, 0)), /^name: Copilot Setup Steps/);
    await made.save();
    await workspace.fs.delete(made.uri);
  });
});
