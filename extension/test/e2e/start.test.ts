// `npm start` as a user runs it: the monitor opens by itself, the session grows in it, Ctrl-C leaves nothing behind.
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { endMarked } from "../../scripts/processes.ts";
import { launchBrowser } from "../vscode/browser.ts";
import { eventually } from "../vscode/eventually.ts";
import { Monitor } from "../vscode/monitor.ts";
import { root } from "../vscode/paths.ts";
import { Workbench } from "../vscode/workbench.ts";

interface Start {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly exit: Promise<number | null>;
}

/** With the packages and products that the tests themselves run with, so that set-up has nothing to do. */
const start = (...args: readonly string[]): Start => {
  const child = spawn("npm", ["start", "--silent", "--", ...args], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return { child, said: () => text, exit: once(child, "exit").then(([code]) => code as number | null) };
};

/** What `text` has in its first group, once the program has said it. */
const untilSaid = ({ said }: Start, pattern: RegExp): Promise<string> =>
  eventually(() => {
    const match = pattern.exec(said());
    assert.ok(match, `waiting for ${pattern}:\n${said()}`);
    return match[1] ?? "";
  }, 90_000);

const namespaces = async (): Promise<readonly string[]> =>
  existsSync("/run/netns") ? (await readdir("/run/netns")).filter((name) => name.startsWith("rgs-")) : [];

describe("npm start", () => {
  const running: Start[] = [];
  let browser: Browser;

  before(async () => {
    browser = await launchBrowser();
  });

  afterEach(async () => {
    for (const { child, exit } of running.splice(0)) {
      child.kill("SIGINT");
      await exit;
    }
  });

  after(() => browser.close());

  const startAndOpen = async (...args: readonly string[]): Promise<{ run: Start; page: Page; monitor: Monitor }> => {
    const run = start("--browser", ...args);
    running.push(run);
    const url = await untilSaid(run, /VS Code: (\S+)/);
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    page.setDefaultTimeout(60_000);
    const workbench = await Workbench.open(page, url);
    const monitor = new Monitor(workbench.webview);
    await monitor.untilReady();
    return { run, page, monitor };
  };

  it("shows the sample session live beside its pull request, keeps it, and ends without a trace", async function () {
    this.timeout(240_000);
    const before = await namespaces();
    const { run, page, monitor } = await startAndOpen("--pace", "0.6");
    const directory = (await untilSaid(run, /its token is in (\S+)\/token/)) || "";
    await eventually(async () => assert.match(await monitor.state.innerText(), /live/), 60_000);
    const sideBar = page.locator('.part.sidebar [role="treeitem"]');
    await sideBar.filter({ hasText: /Read the amounts on receipts.*checked out/ }).waitFor();
    await sideBar.filter({ hasText: /Session .*live/ }).waitFor();
    const early = await monitor.eventCount();
    await eventually(async () => assert.ok((await monitor.eventCount()) > early + 50), 60_000);
    assert.match(await monitor.title.innerText(), /octo-org\/receipt-ocr/);

    await untilSaid(run, /The session has ended \(exit code (0)\)/);
    await sideBar.filter({ hasText: /Session .*done/ }).waitFor();
    await eventually(async () => assert.match(await monitor.state.innerText(), /ended/), 30_000);
    assert.match(await monitor.lost.innerText(), /^0 lost/);
    for (const host of [
      "api.github.copilot.com",
      "github.com",
      "pypi.org",
      "files.pythonhosted.org",
      "packages.microsoft.com",
    ]) {
      await monitor.filter(`host:${host}`);
      await monitor.row(`${host}:`).waitFor();
    }

    assert.equal(await sideBar.filter({ hasText: "not monitored" }).count(), 0);

    // One key from what the agent installs to the line that says so.
    await monitor.filter("requirements.txt type:process");
    await monitor.row("python3", "-m pip").click();
    await page.keyboard.press("Control+Enter");
    await page
      .locator(".part.editor .tab.active")
      .filter({ hasText: /requirements\.txt .*#7/ })
      .waitFor();
    // Two keys from what the policy would block to the policy that allows it.
    await monitor.filter("is:would-block host:files.pythonhosted.org");
    await monitor.row("files.pythonhosted.org:443").click();
    await page.keyboard.press("Alt+Enter");
    await page.locator(".quick-input-widget").filter({ hasText: "Allow files.pythonhosted.org:443" }).waitFor();
    await page.keyboard.press("Enter");
    const policy = join(directory, "Sample-agent-session/.github/workflows/copilot-setup-steps.yml");
    await eventually(async () => assert.match(await readFile(policy, "utf8"), /^ +files\.pythonhosted\.org:443$/m));

    await page.reload();
    const again = new Monitor(new Workbench(page).webview);
    await again.untilReady();
    await eventually(async () => assert.match(await again.state.innerText(), /ended/), 60_000);
    assert.equal(await again.eventCount(), await monitor.eventCount());
    await page.close();

    run.child.kill("SIGINT");
    assert.equal(await run.exit, 0);
    assert.equal(existsSync(directory), false, directory);
    assert.deepEqual(await endMarked("RUNGLASS_CONNECT", join(directory, "connect.json"), {}), []);
    const left = (await namespaces()).filter((name) => !before.includes(name));
    assert.deepEqual(left, []);
  });

  it("watches the user's command instead, in the user's surroundings", async () => {
    const run = start("--no-editor", "--", "sh", "-c", "echo the PATH is $PATH; exit 5");
    running.push(run);
    assert.equal(await run.exit, 5);
    const path = /the PATH is (.*)/.exec(run.said())?.[1] ?? "";
    assert.notEqual(path, "");
    assert.doesNotMatch(path, /node_modules/);
    const log = await untilSaid(run, /The run is written to (\S+)/);
    const lines = (await readFile(log, "utf8")).trim().split("\n");
    assert.match(lines.at(-1) ?? "", /"type":"run\.end"/);
    assert.ok(lines.some((line) => line.includes('"argv":["sh","-c","echo the PATH is $PATH; exit 5"]')));
  });

  it("hands on what the collector says of a command that is not there", async () => {
    const run = start("--no-editor", "--", "runglass-no-such-command");
    running.push(run);
    assert.equal(await run.exit, 2);
    assert.match(run.said(), /"runglass-no-such-command" is not found/);
    assert.doesNotMatch(run.said(), /^\s+at /m);
  });

  it("tells a wrong option at once", async () => {
    const run = start("--no-edtior");
    running.push(run);
    assert.equal(await run.exit, 2);
    assert.match(run.said(), /no option --no-edtior/);
  });
});
