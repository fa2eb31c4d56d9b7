// What happens to a live run: its collector goes and comes back, it ends, its page is loaded again, one scrolls in it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startRecording, startServing, type Collector } from "../vscode/collector.ts";
import { useEditor, type Window } from "../vscode/editorFixture.ts";
import { eventually } from "../vscode/eventually.ts";
import type { Monitor } from "../vscode/monitor.ts";
import { writeRunLog } from "../vscode/runLogFixture.ts";

const editor = useEditor();
const collectors: Collector[] = [];
/** So slow that the run goes on for as long as a test may take: 1 ms between two events becomes 100 ms. */
const crawl = 0.01;

afterEach(async () => {
  for (const collector of collectors.splice(0)) await collector.stop("SIGKILL");
});

const follow = async (window: Window, { url, token }: Collector): Promise<Monitor> => {
  await window.workbench.run("Runglass: Connect to Collector…");
  // An address that was used before is offered first.
  const another = window.page.locator(".quick-input-list .monaco-list-row").filter({ hasText: "Another address" });
  const box = window.workbench.inputText.filter({ hasText: "Address of the collector" });
  await another.or(box).first().waitFor();
  if (await another.isVisible()) await another.click();
  await window.workbench.answer("Address of the collector", url);
  await window.workbench.answer(/Token of the collector/, token);
  return editor.monitor(window);
};

const untilState = (monitor: Monitor, state: RegExp): Promise<void> =>
  eventually(async () => assert.match(await monitor.state.innerText(), state), 30_000);

describe("a live run", () => {
  it("goes on without a gap or a repeat when its collector died and came back", async () => {
    const directory = await editor.directory();
    const log = join(directory, "run.ndjson");
    const processes = 200;
    await writeRunLog(log, "resumed", processes);
    const first = await startServing(log, { directory, speed: crawl });
    collectors.push(first);
    const window = await editor.open();
    const monitor = await follow(window, first);
    await untilState(monitor, /live/);
    await eventually(async () => assert.ok((await monitor.eventCount()) > 10));
    await first.stop("SIGKILL");

    await monitor.banner.filter({ hasText: "Connection lost" }).waitFor();
    const seen = await monitor.eventCount();
    assert.ok(seen > 10 && seen < processes * 4, `${seen}`);
    const rows = await window.workbench.openRuns();
    await rows.filter({ hasText: /connection lost/ }).waitFor();

    const second = await startServing(log, { directory, port: first.port, token: first.token });
    collectors.push(second);
    await window.workbench.run("Runglass: Reconnect Now");
    await untilState(monitor, /ended/);
    assert.equal(await monitor.eventCount(), processes * 4 + 3);
    assert.equal(await monitor.notices.locator(".notice").count(), 0);
    await monitor.filter("type:process");
    await eventually(async () => assert.equal(await monitor.rowCount(), processes + 1));
  });

  it("ends visibly, with what the command did until then", async () => {
    const directory = await editor.directory();
    const pipe = join(directory, "pipe");
    execFileSync("mkfifo", [pipe]);
    const script = join(directory, "agent.sh");
    await writeFile(script, `exec 3<>"${pipe}"\nread -r line <&3\n/bin/true last-words\nexit 3\n`);
    const collector = await startRecording(["bash", script], { directory, out: join(directory, "run.ndjson") });
    collectors.push(collector);
    const window = await editor.open();
    const monitor = await follow(window, collector);
    await untilState(monitor, /live/);
    await appendFile(pipe, "go\n");
    await untilState(monitor, /ended/);
    await monitor.row("true", "last-words").waitFor();
    assert.equal(await collector.ended, 3);
  });

  it("is there again after the window was reloaded, with filter and rows", async () => {
    const directory = await editor.directory();
    const log = join(directory, "run.ndjson");
    await writeRunLog(log, "reloaded", 300);
    const collector = await startServing(log, { directory, speed: crawl });
    collectors.push(collector);
    const window = await editor.open();
    const monitor = await follow(window, collector);
    await monitor.filter("host:host2.example.test");
    await monitor.row("host2.example.test").waitFor();
    const before = await monitor.eventCount();
    await window.workbench.reload();
    const again = await editor.monitor(window);
    await again.row("host2.example.test").waitFor();
    assert.equal(await again.filterBox.inputValue(), "host:host2.example.test");
    await untilState(again, /live/);
    await eventually(async () => assert.ok((await again.eventCount()) > before));
    assert.equal(await again.notices.locator(".notice").count(), 0);
  });

  it("follows its end until one scrolls up, and again from there", async () => {
    const directory = await editor.directory();
    const log = join(directory, "run.ndjson");
    await writeRunLog(log, "followed", 400);
    const collector = await startServing(log, { directory, speed: 0.02 });
    collectors.push(collector);
    const window = await editor.open();
    const monitor = await follow(window, collector);
    await eventually(async () => assert.ok((await monitor.rowCount()) > 50));
    assert.equal(await monitor.followButton.getAttribute("aria-pressed"), "true");

    await monitor.grid.hover();
    await window.page.mouse.wheel(0, -600);
    await eventually(async () => assert.equal(await monitor.followButton.getAttribute("aria-pressed"), "false"));
    const top = await monitor.grid.locator(".row").first().innerText();
    const count = await monitor.rowCount();
    await eventually(async () => assert.ok((await monitor.rowCount()) > count + 10));
    assert.equal(await monitor.grid.locator(".row").first().innerText(), top, "what one reads must not move");

    await monitor.newRowsPill.click();
    await eventually(async () => assert.equal(await monitor.followButton.getAttribute("aria-pressed"), "true"));
    await eventually(async () => {
      const last = Number(await monitor.grid.locator(".row").last().getAttribute("aria-rowindex"));
      assert.ok(last >= (await monitor.rowCount()) - 10);
    });
  });
});
