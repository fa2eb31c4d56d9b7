import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../../test/vscode/eventually.ts";
import { findDesktopCode, startEditor } from "./editor.ts";
import type { RunDirectory } from "./workspace.ts";

describe("the editor of npm start", () => {
  let directory = "";
  const saved = {
    PATH: process.env["PATH"],
    DISPLAY: process.env["DISPLAY"],
    hook: process.env["VSCODE_IPC_HOOK_CLI"],
  };

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "runglass-editor-"));
    await mkdir(join(directory, "bin"));
  });

  afterEach(async () => {
    for (const [name, value] of Object.entries({ ...saved, VSCODE_IPC_HOOK_CLI: saved.hook })) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await rm(directory, { recursive: true });
  });

  it("is the desktop's VS Code only where it can open a window", async () => {
    const path = join(directory, "bin");
    await writeFile(join(path, "code"), "", { mode: 0o755 });
    const code = join(path, "code");
    assert.equal(findDesktopCode({ PATH: `/nowhere:${path}`, DISPLAY: ":0" }), code);
    assert.equal(findDesktopCode({ PATH: path, WAYLAND_DISPLAY: "wayland-0" }), code);
    assert.equal(findDesktopCode({ PATH: path }), undefined);
    assert.equal(findDesktopCode({ PATH: path, DISPLAY: "" }), undefined);
    assert.equal(findDesktopCode({ PATH: "/nowhere", DISPLAY: ":0" }), undefined);
    // A terminal of a remote window.
    assert.equal(findDesktopCode({ PATH: path, DISPLAY: ":0", VSCODE_IPC_HOOK_CLI: "/x.sock" }), undefined);
  });

  it("gets directories of its own, the extension and the connection, and is ended with all that it started", async () => {
    const log = join(directory, "calls");
    const program = `#!/bin/sh
      echo "$RUNGLASS_CONNECT $*" >> "${log}"
      case "$*" in *--wait*) setsid sleep 300 & wait;; esac
    `;
    await writeFile(join(directory, "bin/code"), program, { mode: 0o755 });
    process.env["PATH"] = `${join(directory, "bin")}:${saved.PATH ?? ""}`;
    process.env["DISPLAY"] = ":99";
    delete process.env["VSCODE_IPC_HOOK_CLI"];
    const run: RunDirectory = {
      path: directory,
      tokenPath: join(directory, "token"),
      connectPath: join(directory, "connect.json"),
      workspace: join(directory, "workspace"),
      hookSocket: join(directory, "hook.sock"),
      logPath: join(directory, "run.ndjson"),
    };
    const editor = await startEditor(run, { browser: false });
    const calls = await eventually(async () => {
      const lines = (await readFile(log, "utf8")).trim().split("\n");
      assert.equal(lines.length, 2);
      return lines;
    });
    for (const call of calls) {
      assert.ok(call.startsWith(`${run.connectPath} `), call);
      assert.match(call, new RegExp(`--user-data-dir ${directory}/code --extensions-dir ${directory}/extensions`));
    }
    assert.match(calls[0] ?? "", /--install-extension \S+runglass\.vsix/);
    assert.ok(calls[1]?.endsWith(run.workspace));
    await editor.stop();
    await editor.closed;
  });
});
