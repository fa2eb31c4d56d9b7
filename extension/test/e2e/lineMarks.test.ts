// What a run has to do with the lines of a pull request, marked in the documents of the GitHub Pull Requests extension, whose
// addresses are all that is known of it.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LabelledRun } from "../diff/labelledRun.ts";
import { FAKE_TOKEN } from "../github/state.ts";
import { startTestGitHub, type TestGitHub } from "../github/testGitHub.ts";
import { useEditor } from "../vscode/editorFixture.ts";
import { eventually } from "../vscode/eventually.ts";
import { shownCommits, writeStandIn } from "../vscode/standInPullRequests.ts";

const path = "requirements.txt";

const editor = useEditor(async (directory) => [
  await writeStandIn(directory, {
    owner: "octo-org",
    name: "receipt-ocr",
    number: 7,
    // Two lines more than GitHub knows of: it was edited behind what the pull request has.
    change: { path, base: "# old\n", head: "# new\n# newer\nocto-glyphs==1.0\n" },
  }),
]);

describe("lines of a pull request in another extension's comparison", () => {
  let github: TestGitHub;

  beforeEach(async () => {
    github = await startTestGitHub();
    github.pull.base.sha = shownCommits.base;
    github.pull.head.sha = shownCommits.head;
  });
  afterEach(() => github.fake.close());

  it("are marked with what ran, and one key shows it", async () => {
    const { run, fake } = github;
    await editor.settings({ "runglass.github.url": fake.url });
    const window = await editor.open(async (workspace) => {
      const recorded = new LabelledRun("octo-org/receipt-ocr", "2026-06-26", "12:25:00");
      recorded.exec(["pip", "install", "-r", path, "-i", "https://pypi.org/simple"]);
      recorded.exec(["true"]);
      const job = { id: String(run.id), repository: "octo-org/receipt-ocr", attempt: 1 };
      await writeFile(join(workspace, "agent.ndjson"), recorded.logText({ run: job }));
    });
    const { page, workbench } = window;
    await workbench.openInEditorOfExtension("agent.ndjson");
    const monitor = await editor.monitor(window);
    await monitor.row("pip").waitFor();
    await workbench.run("Runglass: Set GitHub Token…");
    await workbench.answer("A token for", FAKE_TOKEN);
    // The input stays until the token was tried; another command would end it.
    await workbench.inputText.waitFor({ state: "hidden" });

    await workbench.run("Stand-in: Show the Change");
    const right = page.locator(".monaco-diff-editor .editor.modified");
    await right.locator(".view-line").filter({ hasText: "octo-glyphs==1.0" }).waitFor();
    // The key is there only where lines are marked.
    await right.locator(".cgmr[class*='TextEditorDecorationType']").waitFor();
    await right.locator(".view-line").filter({ hasText: "octo-glyphs==1.0" }).click();
    await workbench.statusBarItem("Ln 3").waitFor();
    // In a text that may run a command, an address of the runner's is no link.
    await page.keyboard.press("Control+k");
    await page.keyboard.press("Control+i");
    const hover = page.locator(".monaco-hover").filter({ hasText: "pip install -r" });
    await hover.filter({ hasText: "https://pypi.org/simple" }).waitFor();
    assert.deepEqual(await hover.getByRole("link").allTextContents(), ["Show in the Monitor"]);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+Alt+Enter");
    await workbench.activeTab.filter({ hasText: "agent.ndjson" }).waitFor();
    await eventually(async () => assert.match(await monitor.filterBox.inputValue(), /^pid:\d+$/));
    await monitor.row("pip", "install -r").waitFor();
    assert.deepEqual(fake.leaks, []);
  }).timeout(60_000);
});
