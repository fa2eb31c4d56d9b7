// Finished runs: logs that are opened as files, good ones and bad ones, and the filter on them.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { useEditor } from "../vscode/editorFixture.ts";
import { eventually } from "../vscode/eventually.ts";
import { logLines, runEvents, writeRunLog } from "../vscode/runLogFixture.ts";

const editor = useEditor();

describe("a run log", () => {
  it("opens by a double-click, and says that the run has ended", async () => {
    const window = await editor.open((workspace) => writeRunLog(join(workspace, "agent.ndjson"), "file", 20));
    await window.workbench.openInEditorOfExtension("agent.ndjson");
    const monitor = await editor.monitor(window);
    await monitor.row("bash", "agent.sh").waitFor();
    await eventually(async () => assert.match(await monitor.state.innerText(), /ended/i));
    assert.match(await monitor.title.innerText(), /Fixture file/);
    assert.equal(await monitor.eventCount(), 83);
  });

  it("is filtered by words, keys and their negation, with completion", async () => {
    const window = await editor.open((workspace) => writeRunLog(join(workspace, "agent.ndjson"), "filter", 50));
    await window.workbench.openInEditorOfExtension("agent.ndjson");
    const monitor = await editor.monitor(window);
    await monitor.row("bash", "agent.sh").waitFor();
    const listed = (query: string, check: (count: number) => boolean): Promise<void> =>
      eventually(async () => {
        if ((await monitor.filterBox.inputValue()) !== query) await monitor.filter(query);
        const count = await monitor.rowCount();
        assert.ok(check(count), `${query}: ${count} rows`);
      });
    await listed("host:*.example.test type:network", (count) => count >= 50 && count <= 101);
    // The row itself, its process, and the shell above it.
    await listed("host:host7.example.test", (count) => count === 3);
    await listed("file7.txt", (count) => count === 3);
    await listed("-comm:curl type:process", (count) => count === 1);
    await listed("pid:107", (count) => count >= 2 && count <= 4);
    await listed("host:nowhere.example.test", (count) => count === 0);
    await monitor.emptyPane.filter({ hasText: "No row fits the filter" }).waitFor();
    await monitor.emptyPane.getByRole("button", { name: "Clear the filter" }).click();
    await listed("", (count) => count > 50);

    await monitor.filterBox.fill("");
    await monitor.filterBox.pressSequentially("host:host1");
    await monitor.frame.getByRole("option").filter({ hasText: "host1" }).first().waitFor();
  });

  it("is shown by host and by directory with the commands of the palette", async () => {
    const window = await editor.open((workspace) => writeRunLog(join(workspace, "agent.ndjson"), "views", 20));
    await window.workbench.openInEditorOfExtension("agent.ndjson");
    const monitor = await editor.monitor(window);
    await monitor.row("bash", "agent.sh").waitFor();
    await window.workbench.run("Runglass: Show Network");
    await monitor.row("host7.example.test", "1 process, 1 connection").click();
    await window.workbench.run("Runglass: Show Files");
    await monitor.row("file7.txt", "curl").click();
    await window.workbench.run("Runglass: Show Row in Processes");
    await monitor.frame.getByRole("tab", { name: "Processes", selected: true }).waitFor();
    await monitor.grid.locator(".row.selected").filter({ hasText: "file7.txt" }).waitFor();
  });

  it("shows and hides its timeline with the command of the palette, and filters by a range of it", async () => {
    const window = await editor.open((workspace) => writeRunLog(join(workspace, "agent.ndjson"), "timeline", 20));
    await window.workbench.openInEditorOfExtension("agent.ndjson");
    const monitor = await editor.monitor(window);
    await monitor.row("bash", "agent.sh").waitFor();
    // Whether it is shown without being asked for depends on the room that there is.
    const isShown = await monitor.timeline.isVisible();
    await window.workbench.run("Runglass: Toggle Timeline");
    await monitor.timeline.waitFor({ state: isShown ? "hidden" : "visible" });
    if (isShown) await window.workbench.run("Runglass: Toggle Timeline");
    await monitor.timeline.getByRole("slider", { name: "Time range", exact: true }).press("Home");
    await eventually(async () => assert.match(await monitor.filterBox.inputValue(), /^time:\d\d:\d\d:\d\d\.\d+\.\./));
    await monitor.row("bash", "agent.sh").waitFor();
    await eventually(async () => assert.ok((await monitor.rowCount()) < 40));
  });

  it("that was cut off shows what it has, and says so", async () => {
    const window = await editor.open(async (workspace) => {
      const path = join(workspace, "cut.ndjson");
      await writeRunLog(path, "cut", 20);
      const whole = await readFile(path);
      await writeFile(path, whole.subarray(0, whole.length - 150));
    });
    await window.workbench.openInEditorOfExtension("cut.ndjson");
    const monitor = await editor.monitor(window);
    await monitor.banner.filter({ hasText: /last line is cut off/ }).waitFor();
    // What was cut is the end of the run and the end of its last process.
    assert.equal(await monitor.eventCount(), 81);
    await monitor.filter("host20.example.test");
    await monitor.row("host20.example.test:443").waitFor();
  });

  it("of a newer version is refused with the remedy", async () => {
    const window = await editor.open(async (workspace) => {
      const lines = logLines(runEvents("newer", 3)).replaceAll('"v":1', '"v":2');
      await writeFile(join(workspace, "newer.ndjson"), lines);
    });
    await window.workbench.openInEditorOfExtension("newer.ndjson");
    const text = window.workbench.webview.locator("body");
    await text
      .filter({ hasText: /version 2/ })
      .filter({ hasText: /Update/ })
      .waitFor();
  });

  it("that is none opens as text", async () => {
    const window = await editor.open((workspace) => writeFile(join(workspace, "none.ndjson"), "hello\nworld\n"));
    await window.workbench.openFile("none.ndjson");
    await window.page.locator(".part.editor .view-line").filter({ hasText: "world" }).waitFor();
  });

  it("with hostile text shows it as text", async () => {
    const hostile = '<img src=x onerror="document.title=1"><script>document.title=2</script>\u202e\u001b[31m';
    const window = await editor.open(async (workspace) => {
      const events = runEvents("hostile", 1).map((event) =>
        event.type === "process.exec" ? { ...event, exec: { ...event.exec, argv: ["tool", hostile] } } : event,
      );
      await writeFile(join(workspace, "hostile.ndjson"), logLines(events));
    });
    await window.workbench.openInEditorOfExtension("hostile.ndjson");
    const monitor = await editor.monitor(window);
    await monitor.row("<img src=x onerror=").waitFor();
    const found = await monitor.frame.locator("body").evaluate((body) => ({
      elements: body.querySelectorAll("img, script:not([nonce])").length,
      controls: ["\u202e", "\u001b"].some((control) => body.textContent.includes(control)),
    }));
    assert.deepEqual(found, { elements: 0, controls: false });
  });
});
