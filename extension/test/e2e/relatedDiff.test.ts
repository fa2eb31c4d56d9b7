// From a row of the monitor to the line of the diff that it is about, in a repository that is open in the window.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { LabelledRun } from "../diff/labelledRun.ts";
import { FAKE_TOKEN } from "../github/state.ts";
import { startTestGitHub } from "../github/testGitHub.ts";
import { useEditor } from "../vscode/editorFixture.ts";
import { eventually } from "../vscode/eventually.ts";

const editor = useEditor();

/** What decorations show behind the words of a line. */
const textsBehind = (line: Locator): Promise<string[]> =>
  line.locator("span").evaluateAll((spans) => {
    const { getComputedStyle } = globalThis as unknown as {
      getComputedStyle(element: unknown, part: string): { readonly content: string };
    };
    return spans
      .map((span) => getComputedStyle(span, "::after").content)
      .filter((content) => content !== "none" && content !== "normal")
      .map((content) => content.replaceAll(/^"|"$/g, ""));
  });

const git = (root: string, ...args: readonly string[]): void => {
  const who = ["-c", "user.name=a", "-c", "user.email=a@example.test", "-c", "commit.gpgsign=false"];
  execFileSync("git", ["-C", root, ...who, ...args], { stdio: "ignore" });
};

/** A branch that adds a package and a request, and the log of a run that has to do with both. */
const prepare = async (workspace: string): Promise<void> => {
  const put = (path: string, text: string): Promise<void> => writeFile(join(workspace, path), text);
  git(workspace, "init", "--quiet", "--initial-branch=main");
  await put("requirements.txt", "click==8.1.7\nPillow==10.3.0\n");
  await put("app.py", "import click\n");
  git(workspace, "add", "--all");
  git(workspace, "commit", "--quiet", "-m", "Base");
  git(workspace, "checkout", "--quiet", "-b", "work");
  await put("requirements.txt", "click==8.1.7\nPillow==10.3.0\nrequests==2.32.3\n");
  git(workspace, "commit", "--quiet", "-a", "-m", "Add requests");
  const call = 'requests.get("https://api.octo.example/v1/$(zap)")';
  await put("app.py", `import click\nimport requests\n\n${call}\n`);
  await put("other.py", `import requests\n\n${call}\n`);
  const run = new LabelledRun("octo-org/elsewhere", "2026-05-31", "06:00:00");
  const shell = run.exec(["bash"], undefined, undefined, undefined, { cwd: workspace });
  run.exec(["pip", "install", "-r", "requirements.txt"], shell, undefined, undefined, { cwd: workspace });
  const curl = run.exec(["curl", "nowhere"], shell, undefined, undefined, { cwd: workspace });
  run.connect(curl, "api.octo.example");
  run.connect(curl, "nowhere.octo.test");
  // The run says of no repository whose it is.
  const lines = run.events.map((event) =>
    JSON.stringify(event.type === "run.start" ? { ...event, run: { id: "local" } } : event),
  );
  await put("agent.ndjson", `${lines.join("\n")}\n`);
};

describe("the related diff", () => {
  it("opens at its line by one key, offers a choice, or says why there is none", async () => {
    await editor.settings({ "git.enabled": true });
    const window = await editor.open(prepare);
    const { page, workbench } = window;
    await workbench.openInEditorOfExtension("agent.ndjson");
    const monitor = await editor.monitor(window);

    // What the monitor's menu and palette offer is the same as the key.
    await monitor.row("pip", "install -r").click();
    await page.keyboard.press("Control+Enter");
    const comparison = page.locator(".monaco-diff-editor");
    await comparison.waitFor();
    await comparison.locator(".view-line").filter({ hasText: "requests==2.32.3" }).first().waitFor();
    await workbench.statusBarItem("Ln 3, Col 1").waitFor();
    // Beside the monitor, not over it.
    await workbench.activeTab.filter({ hasText: /requirements\.txt \(work since/ }).waitFor();
    await workbench.activeTab.filter({ hasText: "agent.ndjson" }).waitFor();
    // The line says in the comparison, too, what has to do with it, and one key shows that.
    const marked = page.locator(".monaco-diff-editor .editor.modified .view-line").filter({ hasText: "requests==" });
    await eventually(async () => assert.deepEqual(await textsBehind(marked), ["1 process"]));
    assert.equal(await page.locator(".editor.modified .cgmr[class*='TextEditorDecorationType']").count(), 1);
    await editor.screenshot(window, "related-diff");
    await page.keyboard.press("Control+Alt+Enter");
    await eventually(async () => assert.match(await monitor.filterBox.inputValue(), /^pid:\d+$/));
    await monitor.filter("");
    await workbench.activeTab.filter({ hasText: "requirements.txt" }).click();
    await workbench.run("View: Close Editor");

    await monitor.row("api.octo.example").click();
    await page.keyboard.press("Control+Enter");
    await workbench.inputText.filter({ hasText: "app.py:4" }).filter({ hasText: "other.py:3" }).waitFor();
    await workbench.inputText.filter({ hasText: "names “api.octo.example”" }).waitFor();
    // The line's text is no icon.
    assert.equal(await workbench.inputText.locator(".codicon-zap").count(), 0);
    await workbench.choose("other.py:3");
    await workbench.statusBarItem("Ln 3, Col 1").waitFor();
    await workbench.run("View: Close Editor");

    await monitor.row("nowhere.octo.test").click();
    await workbench.run("Runglass: Go to the Related Diff");
    await workbench.notification("No line of this change names the host").waitFor();

    // And back: a changed line says what has to do with it, and shows just that.
    await workbench.goToFile("requirements.txt");
    await page.locator(".codelens-decoration a").filter({ hasText: "1 process" }).click();
    await eventually(async () => assert.match(await monitor.filterBox.inputValue(), /^pid:\d+$/));
    await monitor.row("pip", "install -r").waitFor();
  }).timeout(60_000);

  it("is that of the run's pull request, where its branch is not checked out", async () => {
    const github = await startTestGitHub();
    try {
      const { pull, repository, run, fake } = github;
      repository.contents[pull.head.sha] = { "requirements.txt": "octo-glyphs==1.0\n" };
      await editor.settings({ "runglass.github.url": fake.url });
      const window = await editor.open(async (workspace) => {
        const recorded = new LabelledRun("octo-org/receipt-ocr", "2026-06-26", "12:25:00");
        const pip = recorded.exec(["pip", "install", "-r", "requirements.txt"]);
        recorded.request(pip, "GET", "pypi.org", "/simple/octo-glyphs/");
        const job = { id: String(run.id), repository: "octo-org/receipt-ocr", attempt: 1 };
        await writeFile(join(workspace, "agent.ndjson"), recorded.logText({ run: job }));
      });
      const { page, workbench } = window;
      await workbench.openInEditorOfExtension("agent.ndjson");
      const monitor = await editor.monitor(window);
      await monitor.row("pip", "install -r").click();
      await page.keyboard.press("Control+Enter");
      await workbench.notification("You are not signed in").waitFor();
      await workbench.dismissNotifications();
      await workbench.run("Runglass: Set GitHub Token…");
      await workbench.answer("A token for", FAKE_TOKEN);
      await workbench.inputText.waitFor({ state: "hidden" });

      const tab = workbench.activeTab.filter({ hasText: `requirements.txt (octo-org/receipt-ocr#${pull.number})` });
      // Until the token is tried and kept, nobody is signed in.
      await eventually(async () => {
        await monitor.row("GET").click();
        await page.keyboard.press("Control+Enter");
        await tab.waitFor({ timeout: 3000 });
      });
      const comparison = page.locator(".monaco-diff-editor");
      await comparison.locator(".view-line").filter({ hasText: "octo-glyphs==1.0" }).first().waitFor();
      await workbench.statusBarItem("Ln 1, Col 1").waitFor();
      assert.deepEqual(fake.leaks, []);
    } finally {
      await github.fake.close();
    }
  }).timeout(60_000);
});

describe("an endpoint that the policy would block", () => {
  it("is written into the policy by two keys, with the edit shown in between", async () => {
    const workflow = [
      "on: push",
      "jobs:",
      "  build:",
      "    runs-on: ubuntu-latest",
      "    steps:",
      `      - uses: runglass/runglass/collector@${"1".repeat(40)} # v0.1.0`,
      "        with:",
      "          egress-policy: audit",
      "          allowed-endpoints: |",
      "            pypi.org:443 # the index",
      "",
    ].join("\n");
    const window = await editor.open(async (workspace) => {
      await mkdir(join(workspace, ".github/workflows"), { recursive: true });
      await writeFile(join(workspace, ".github/workflows/ci.yml"), workflow);
      const recorded = new LabelledRun("octo-org/app", "2026-05-31", "06:00:00");
      recorded.connect(recorded.exec(["curl", "x"]), "api.octo.example");
      const job = { id: "1", repository: "octo-org/app", job: "build" };
      await writeFile(join(workspace, "agent.ndjson"), recorded.logText({ run: job, verdict: "would-block" }));
    });
    const { page, workbench, workspace } = window;
    const path = join(workspace, ".github/workflows/ci.yml");
    await workbench.openInEditorOfExtension("agent.ndjson");
    const monitor = await editor.monitor(window);
    await monitor.row("api.octo.example").click();
    await page.keyboard.press("Alt+Enter");
    await workbench.inputText.filter({ hasText: "Allow api.octo.example:443 in .github/workflows/ci.yml" }).waitFor();
    const comparison = page.locator(".monaco-diff-editor");
    await comparison.locator(".view-line").filter({ hasText: "api.octo.example:443" }).first().waitFor();
    await editor.screenshot(window, "allow-endpoint");
    assert.equal(await readFile(path, "utf8"), workflow);
    await page.keyboard.press("Enter");
    const expected = workflow.replace(/(\n +)pypi.*\n/, "$&            api.octo.example:443\n");
    await eventually(async () => assert.equal(await readFile(path, "utf8"), expected));
    await comparison.waitFor({ state: "hidden" });
  });
});
