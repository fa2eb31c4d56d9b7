// Workflows that are opened: their policies are checked, with fixes that work by keyboard.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { useEditor } from "../vscode/editorFixture.ts";
import { eventually } from "../vscode/eventually.ts";

const editor = useEditor();

const WORKFLOW = `name: CI
on: push
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - uses: step-security/harden-runner@v2.8.0
        with:
          egress-policy: Block
          disable-sudo: yes
          allowed-endpoints: |
            https://api.github.com/repos
            npm.pkg.github.com:g443
            pypi.org:443 # the index
            a.example.org:443,b.example.org:443
            169.254.169.254:80
            *example.org:443
`;

/** The nine planted mistakes, by what their message says. */
const MISTAKES = [
  "neither audit nor block",
  "neither true nor false",
  "keeps line ends",
  "an entry is host:port",
  "is no port",
  "a list has no comments",
  "separated by blanks: with a comma",
  "asks DNS for",
  "to the agent this is every host",
];

describe("a workflow's policy", () => {
  it("shows each mistake when the file is opened, and mends one by keyboard", async () => {
    const window = await editor.open(async (workspace) => {
      await mkdir(join(workspace, ".github/workflows"), { recursive: true });
      await writeFile(join(workspace, ".github/workflows/ci.yml"), WORKFLOW);
    });
    const { page, workbench, workspace } = window;
    await workbench.goToFile("ci.yml");
    await workbench.run("Problems: Focus on Problems View");
    const problems = page.locator(".markers-panel .monaco-list-row");
    await eventually(async () => {
      const shown = (await problems.allInnerTexts()).join("\n");
      for (const mistake of MISTAKES) assert.ok(shown.includes(mistake), `${mistake} in\n${shown}`);
    });
    await editor.screenshot(window, "policy");

    // By keyboard: to the first problem of the file, and its first fix.
    await workbench.run("View: Focus Active Editor Group");
    await page.keyboard.press("F8");
    await page.locator(".marker-widget").waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+.");
    await page.locator(".action-widget .monaco-list-row").first().waitFor();
    await page.keyboard.press("Enter");
    await workbench.run("File: Save");
    await eventually(async () => {
      const text = await readFile(join(workspace, ".github/workflows/ci.yml"), "utf8");
      assert.notEqual(text, WORKFLOW);
    });
  });

  it("completes endpoints in the list", async () => {
    const window = await editor.open(async (workspace) => {
      await mkdir(join(workspace, ".github/workflows"), { recursive: true });
      await writeFile(
        join(workspace, ".github/workflows/ci.yml"),
        `${WORKFLOW.split("          disable-sudo")[0] ?? ""}          allowed-endpoints: >\n            pypi`,
      );
    });
    const { page, workbench } = window;
    await workbench.goToFile("ci.yml");
    await page.keyboard.press("Control+End");
    const suggestion = page.locator(".suggest-widget .monaco-list-row").filter({ hasText: "pypi.org:443" }).first();
    // The server may still be starting.
    await eventually(async () => {
      await page.keyboard.press("Escape");
      await page.keyboard.press("Control+Space");
      await suggestion.waitFor({ timeout: 2000 });
    });
  });
});
