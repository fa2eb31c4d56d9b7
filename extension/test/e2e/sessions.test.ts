// The Sessions view against a GitHub of the tests' own: signing in, sessions that go on, and the monitor beside them.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { addCopilotPull, addSession, beginStep, endSession } from "../github/copilotPull.ts";
import { FAKE_TOKEN } from "../github/state.ts";
import { startTestGitHub, type TestGitHub } from "../github/testGitHub.ts";
import { logName, segmentName } from "../../../collector/protocol/artifactNames.ts";
import { sealedLines } from "../../src/hosted/testSource.ts";
import { startServing, type Collector } from "../vscode/collector.ts";
import { useEditor, type Window } from "../vscode/editorFixture.ts";
import { eventually } from "../vscode/eventually.ts";
import { logLines, runEvents } from "../vscode/runLogFixture.ts";
import { writeStandIn } from "../vscode/standInPullRequests.ts";

const editor = useEditor(async (directory) => [
  await writeStandIn(directory, { owner: "octo-org", name: "receipt-ocr", number: 7 }),
]);

/** Made to be taken for markup, for a link that runs a command, for an icon, and for text of another direction. */
const HOSTILE =
  "[click](command:workbench.action.terminal.new) <img src=x onerror=alert(1)> $(flame) **bold** \u202Egnp.exe";

describe("the Sessions view", () => {
  let github: TestGitHub;
  let collector: Collector | undefined;

  beforeEach(async () => {
    github = await startTestGitHub();
    github.clock.now = Date.now();
    await editor.settings({ "runglass.github.url": github.fake.url });
  });

  afterEach(async () => {
    assert.deepEqual(github.fake.leaks, []);
    await github.fake.close();
    await collector?.stop();
    collector = undefined;
  });

  const openRepository = (): Promise<Window> =>
    editor.open(async (workspace) => {
      await mkdir(join(workspace, ".git"));
      await writeFile(join(workspace, ".git/HEAD"), "ref: refs/heads/main\n");
      const remote = `[remote "origin"]\n\turl = ${github.fake.url}/octo-org/receipt-ocr.git\n`;
      await writeFile(join(workspace, ".git/config"), remote);
    });

  const row = ({ workbench }: Window, text: string | RegExp): Locator =>
    workbench.sideBar.locator('[role="treeitem"]').filter({ hasText: text }).first();

  const signIn = async ({ workbench }: Window): Promise<void> => {
    await workbench.run("Runglass: Set GitHub Token…");
    await workbench.answer("A token for", FAKE_TOKEN);
  };

  it("shows pull request and session after a token was set, follows its steps, and opens its monitor beside", async () => {
    const { run } = github;
    const window = await openRepository();
    const { workbench } = window;
    await workbench.run("View: Show Runglass");
    await workbench.sideBar.getByRole("button", { name: "Sign In to GitHub" }).first().waitFor();
    await signIn(window);
    await row(window, "Read the amounts on receipts").waitFor();
    await row(window, /Session .*live/).waitFor();
    await editor.screenshot(window, "sessions");

    beginStep(run, 6, Date.now());
    await row(window, /Session .*Processing Request/).waitFor();

    // The collector of another run: the session is followed through GitHub, and the reason is said.
    const directory = await editor.directory();
    const serve = async (id: string): Promise<Collector> => {
      const log = join(directory, `${id}.ndjson`);
      const [start, ...events] = runEvents("session", 3);
      const facts = { title: "session", id, attempt: 1, repository: "octo-org/receipt-ocr" };
      const ofSession = { ...start, run: facts } as typeof start;
      await writeFile(log, logLines([ofSession!, ...events, { type: "run.end", counts: {}, lost: 0 }]));
      return startServing(log, { directory });
    };
    const connect = async ({ url, token }: Collector): Promise<void> => {
      await workbench.answer("Address of the collector", url);
      await workbench.answer(/Token of the collector/, token);
    };
    const other = await serve("4711");
    await workbench.run("Runglass: Connect Directly to Its Collector…");
    await connect(other);
    const notice = workbench.notification(/watches another run \(4711\).*by what its job uploads/);
    await (await editor.monitor(window)).emptyPane.filter({ hasText: "Looking at the run on GitHub" }).waitFor();
    await workbench.run("View: Close All Editors");
    await other.stop();

    // The one of this session.
    collector = await serve(String(run.id));
    await notice.getByRole("button", { name: "Connect Directly" }).click();
    await connect(collector);
    await (await editor.monitor(window)).row("host2.example.test").waitFor();
    await workbench.run("View: Close All Editors");
    await row(window, /Session \d/).click();
    const monitor = await editor.monitor(window);
    await monitor.row("host2.example.test").waitFor();

    endSession(run, Date.now());
    await workbench.run("Runglass: Refresh Sessions");
    await row(window, /Session .*done/).waitFor();
  });

  it("follows a session by the pieces that its job uploads, and ends with its sealed log", async () => {
    const { run } = github;
    const events = runEvents("hosted", 20).map((fields) => (seq: number) => {
      const { type, ...rest } = fields;
      return JSON.stringify({ v: 1, seq, t: Date.now() * 1000, type, ...rest });
    });
    const end = (seq: number): string =>
      JSON.stringify({ v: 1, seq, t: Date.now() * 1000, type: "run.end", counts: {}, lost: 0 });
    const lines = sealedLines([...events, end]);
    const upload = (name: string, from: number, to: number): void => {
      run.artifacts.unshift({
        id: run.artifacts.length + 1,
        name,
        files: { [`${name}.ndjson`]: lines.slice(from - 1, to).join("") },
        expired: false,
        createdAt: Date.now(),
        expiresAt: Date.now() + 86_400_000,
      });
    };
    const segment = (number: number, first: number, last: number): void =>
      upload(segmentName({ key: "copilot.1.a1b2c3", number, first, last }), first, last);
    beginStep(run, 6, Date.now());
    segment(1, 1, 30);

    const window = await openRepository();
    await window.workbench.run("View: Show Runglass");
    await signIn(window);
    // What is known without opening it.
    await row(window, /Session .*live.*no policy · findings when opened/).waitFor();
    await row(window, /Session .*live/).click();
    const monitor = await editor.monitor(window);
    await eventually(async () => assert.match(await monitor.state.innerText(), /^live, \d+ (s|min) behind$/));
    await eventually(async () => assert.equal(await monitor.eventCount(), 30));
    // The one behind it comes later.
    segment(3, 61, 70);
    segment(2, 31, 60);
    await eventually(async () => assert.equal(await monitor.eventCount(), 70));
    await monitor.row("host9.example.test").waitFor();

    // What was followed is fetched again after the window was loaded anew.
    await window.workbench.reload();
    const again = await editor.monitor(window);
    await eventually(async () => assert.equal(await again.eventCount(), 70), 30_000);

    upload(logName("copilot.1.a1b2c3"), 1, lines.length);
    endSession(run, Date.now());
    await eventually(async () => assert.match(await again.state.innerText(), /^ended$/));
    await eventually(async () => assert.equal(await again.eventCount(), lines.length));
    assert.equal(await again.notices.locator(".notice").count(), 0);
    await again.state.click();
    await again.frame.getByText(/^All seals hold, the last is [0-9a-f]{64}\.$/).waitFor();

    const { workbench } = window;
    // Of the run: whether the session's row is shown now depends on whether the window saw it go on.
    await workbench.chooseInMenu(row(window, /Fixture hosted/), "Export Run…");
    const target = join(await editor.directory(), "hosted.ndjson");
    await workbench.exportTo("NDJSON", target);
    await workbench.notification(/Exported hosted.ndjson.*all seals hold/).waitFor();
    assert.equal(await readFile(target, "utf8"), lines.join(""));
  });

  it("watches a pull request by its address, and shows hostile text as the text it is", async () => {
    const { repository, fake } = github;
    const at = Date.now();
    const pull = addCopilotPull(repository, { number: 8, title: HOSTILE, branch: "copilot/x", files: [], at });
    addSession(repository, pull, { id: 99, at, steps: [HOSTILE] }).title = HOSTILE;
    const window = await editor.open();
    const { workbench, page } = window;
    await workbench.run("View: Show Runglass");
    await workbench.run("Runglass: Set GitHub Token…");
    await workbench.answer("A token for", "revoked");
    await workbench.notification(/no longer takes the sign-in or token/).waitFor();
    await signIn(window);
    await workbench.sideBar.getByRole("button", { name: "Watch Pull Request" }).first().click();
    await workbench.answer("Address of the pull request", `${fake.url}/octo-org/receipt-ocr/pull/8/files`);
    const monitor = await editor.monitor(window);
    await monitor.emptyPane.filter({ hasText: "Looking at the run on GitHub" }).waitFor();
    assert.match(await monitor.title.innerText(), /^\[click\] \(command:/);
    const shown = row(window, "command:workbench.action.terminal.new");
    await shown.waitFor();
    await row(window, /Session .*command:/).waitFor();
    for (const text of await workbench.sideBar.locator('[role="treeitem"]').allInnerTexts()) {
      assert.doesNotMatch(text, /\u202E/);
    }
    await shown.hover();
    const hover = page.locator(".workbench-hover").first();
    await hover.waitFor();
    assert.match(await hover.innerText(), /\[click\] \(command:/);
    assert.equal(await hover.locator("a, img, .codicon").count(), 0);
    const links = '[role="treeitem"] img, [role="treeitem"] a[href*="command"]';
    assert.equal(await workbench.sideBar.locator(links).count(), 0);

    fake.state.faults.push({ matches: /./, status: 403, headers: { "retry-after": "600" }, body: {} });
    await workbench.run("Runglass: Refresh Sessions");
    await row(window, /asks to be left alone/).waitFor();
    await shown.waitFor();
  });

  it("offers the monitor step where there is no pull request yet, and writes it", async () => {
    github.repository.pulls.length = 0;
    github.repository.runs.length = 0;
    const window = await openRepository();
    const { workbench, page } = window;
    await workbench.run("View: Show Runglass");
    await signIn(window);
    await workbench.sideBar.getByText("nobody would watch its sessions").first().waitFor();
    await workbench.sideBar.getByRole("button", { name: "Add Monitor Step" }).first().click();
    await workbench.activeTab.filter({ hasText: "copilot-setup-steps.yml" }).waitFor();
    await page.locator(".part.editor .view-line").filter({ hasText: "runglass/collector@" }).first().waitFor();
  });

  it("is reached from a pull request's row in the GitHub Pull Requests extension", async () => {
    endSession(github.run, Date.now());
    const window = await editor.open();
    const { workbench } = window;
    await workbench.run("View: Show Stand-in Pull Requests");
    await workbench.chooseInMenu(row(window, "The pull request"), "Watch Pull Request");
    // Who is not signed in may do that now, and it goes on.
    await workbench.notification("You are not signed in").getByRole("button", { name: "Sign In to GitHub" }).click();
    await workbench.answer("A token for", FAKE_TOKEN);
    const monitor = await editor.monitor(window);
    await eventually(async () => assert.match(await monitor.title.innerText(), /Copilot cloud agent|receipt-ocr/));
    await workbench.run("View: Show Runglass");
    await row(window, "Read the amounts on receipts").waitFor();
  });
});
