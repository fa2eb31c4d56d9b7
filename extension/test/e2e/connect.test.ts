// The main path, without a fake on it: a real command under the real collector, seen in the packaged extension.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { startRecording, startServing, type Collector } from "../vscode/collector.ts";
import { useEditor, type Window } from "../vscode/editorFixture.ts";
import { eventually } from "../vscode/eventually.ts";
import { freePort } from "../vscode/freePort.ts";
import { writeRunLog } from "../vscode/runLogFixture.ts";

const editor = useEditor();
const collectors: Collector[] = [];

afterEach(async () => {
  for (const collector of collectors.splice(0)) await collector.stop();
});

const connect = async ({ workbench }: Window, url: string, token: string): Promise<void> => {
  await workbench.run("Runglass: Connect to Collector…");
  await workbench.answer("Address of the collector", url);
  await workbench.answer(/Token of the collector/, token);
};

describe("connecting by the command", () => {
  it("shows a real command's processes, connections and files as they come", async () => {
    const directory = await editor.directory();
    const server = createServer((socket) => socket.end("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const script = join(directory, "agent.sh");
    // Waiting for a line in a pipe is quiet: no process, no file, no connection.
    const pipe = join(directory, "pipe");
    execFileSync("mkfifo", [pipe]);
    await writeFile(
      script,
      `cd "${directory}"
      /bin/ls -d first-listing-here .
      exec 3<>"${pipe}"
      read -r line <&3
      curl -s http://127.0.0.1:${port}/second-phase
      echo text > written-by-agent.txt
      mv written-by-agent.txt renamed-by-agent.txt
      /bin/sh -c 'exit 7'
      read -r line <&3
      `,
    );
    const collector = await startRecording(["bash", script], { directory, out: join(directory, "run.ndjson") });
    collectors.push(collector);
    try {
      const window = await editor.open();
      await connect(window, collector.url, collector.token);
      const monitor = await editor.monitor(window);
      await monitor.row("ls", "first-listing-here").waitFor();
      await eventually(async () => assert.match(await monitor.state.innerText(), /live/i));
      assert.equal(await monitor.row("second-phase").count(), 0);

      await appendFile(pipe, "go\n");
      await monitor.row("curl", "second-phase").waitFor();
      await monitor.row(`127.0.0.1:${port}`).waitFor();
      await monitor.row("written-by-agent.txt", "created").waitFor();
      await monitor.row("renamed-by-agent.txt", "renamed").waitFor();
      await monitor.row("exit 7").waitFor();
      await window.workbench.statusBarItem(/bash .*events/).waitFor();

      const rows = await window.workbench.openRuns();
      await rows.filter({ hasText: /live · \d+ events/ }).waitFor();

      // While it goes on, as far as it has come.
      await window.workbench.run("Runglass: Export Run…");
      const target = join(directory, "exported.ndjson");
      await window.workbench.exportTo("NDJSON", target);
      await window.workbench.notification("Exported exported.ndjson.").waitFor();
      const [exported, log] = await Promise.all(
        [target, join(directory, "run.ndjson")].map((path) => readFile(path, "utf8")),
      );
      assert.match(exported ?? "", /renamed-by-agent\.txt/);
      assert.ok(log?.startsWith(exported ?? "none"), "the first lines of the collector's own log, byte for byte");
      assert.doesNotMatch(exported ?? "", /"type":"run\.end"/);

      await appendFile(pipe, "end\n");
      await eventually(async () => assert.match(await monitor.state.innerText(), /ended/i));
      await rows.filter({ hasText: /ended · \d+ events/ }).waitFor();
      assert.equal(await collector.ended, 0);
      assert.match(await monitor.lost.innerText(), /^0 lost/);
    } finally {
      server.close();
    }
  });

  it("says that a token is wrong, and takes the right one then", async () => {
    const directory = await editor.directory();
    const log = join(directory, "run.ndjson");
    await writeRunLog(log, "guarded", 3);
    const collector = await startServing(log, { directory });
    collectors.push(collector);
    const window = await editor.open();
    await connect(window, collector.url, "not-the-token");
    await window.workbench.answer("refused that token", collector.token);
    const monitor = await editor.monitor(window);
    await monitor.row("host2.example.test").waitFor();
  });

  it("opens the monitors of several runs in one place", async () => {
    const window = await editor.open();
    for (const name of ["first", "second"]) {
      const directory = await editor.directory();
      const log = join(directory, "run.ndjson");
      await writeRunLog(log, name, 1);
      const collector = await startServing(log, { directory });
      collectors.push(collector);
      await window.workbench.run("Runglass: Connect to Collector…");
      if (name === "second") await window.workbench.choose("Another address");
      await window.workbench.answer("Address of the collector", collector.url);
      await window.workbench.answer(/Token of the collector/, collector.token);
      await window.workbench.activeTab.filter({ hasText: `Fixture ${name}` }).waitFor();
    }
    assert.equal(await window.page.locator(".part.editor .editor-group-container").count(), 1);
  });

  it("says what to do where nobody listens", async () => {
    const window = await editor.open();
    await connect(window, `http://127.0.0.1:${await freePort()}`, "any");
    await window.workbench.notification(/can't be reached.*--listen/).waitFor();
  });

  it("refuses an address before a token is asked for", async () => {
    const window = await editor.open();
    await window.workbench.run("Runglass: Connect to Collector…");
    for (const [address, complaint] of [
      ["http://collector.example.test:4711", /Plain http would show the token/],
      ["ftp://127.0.0.1", /not ftp/],
      ["http://user:secret@127.0.0.1:4711", /password/],
    ] as const) {
      await window.page.locator(".quick-input-widget input.input").fill(address);
      await window.workbench.inputText.filter({ hasText: complaint }).waitFor();
      await window.page.keyboard.press("Enter");
      assert.equal(await window.workbench.inputText.filter({ hasText: "Token of the collector" }).count(), 0);
    }
  });

  it("says so where something else listens", async () => {
    const server = createServer((socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    try {
      const window = await editor.open();
      await connect(window, `http://127.0.0.1:${port}`, "any");
      await window.workbench.notification(/not as a Runglass collector/).waitFor();
    } finally {
      server.close();
    }
  });

  it("works by a link, after a question", async () => {
    const directory = await editor.directory();
    const log = join(directory, "run.ndjson");
    await writeRunLog(log, "linked", 3);
    const collector = await startServing(log, { directory });
    collectors.push(collector);
    const window = await editor.open();
    const query = new URLSearchParams({ url: collector.url, token: collector.token }).toString();
    await window.workbench.run("Developer: Open URL");
    await window.workbench.answer("URL", `code-oss://runglass.runglass/connect?${query}`);
    const dialog = window.page.locator(".monaco-dialog-box");
    await dialog
      .filter({ hasText: /open this URI/ })
      .getByRole("button", { name: "Open" })
      .click();
    await dialog
      .filter({ hasText: `Connect Runglass to ${collector.url}?` })
      .getByRole("button", { name: "Connect" })
      .click();
    const monitor = await editor.monitor(window);
    await monitor.row("host2.example.test").waitFor();
  });
});
