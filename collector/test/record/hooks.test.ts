import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import fc from "fast-check";
import type { Step } from "./fakeAgent.ts";
import { Events, prepare, run, scratch, start, until } from "./support.ts";
import { HOOK, prepareHook, recordAgent, runHook } from "./toolSupport.ts";

describe("the hook program", () => {
  before(prepareHook);

  const quiet = async (argv: readonly string[], input: string | Buffer | undefined, why: RegExp): Promise<void> => {
    const { code, stdout, stderr, ms } = await runHook(argv, input);
    assert.deepEqual([code, stdout], [0, ""]);
    assert.match(stderr, why);
    assert.ok(ms < 5_000, `it took ${ms} ms`);
  };

  it("stands in nobody's way without a collector, whatever it is told", async () => {
    for (const input of ["", "{", "\0\n\n", "x".repeat(100_000)]) {
      await quiet(["preToolUse", "--socket", "/nonexistent/socket"], input, /nothing was told: No such file/);
    }
    await quiet(["--socket", `/${"x".repeat(200)}`], "{}", /too long/);
    await quiet([], "{}", /nothing was told/);
  });

  it("has a --help", async () => assert.match((await runHook(["--help"], "")).stdout, /Usage: runglass-hook EVENT/));

  it("waits for no collector that hangs, and for no input that does not end", async () => {
    const { path, remove } = scratch();
    const socket = join(path, "s");
    // It listens, and takes nobody.
    const hung = spawn(process.execPath, [
      "-e",
      `require("net").createServer().listen(${JSON.stringify(socket)}, () => process.kill(process.pid, "SIGSTOP"))`,
    ]);
    try {
      await until(() => existsSync(socket), "the socket");
      await quiet(["preToolUse", "--socket", socket], "{}", /does not answer/);
      await quiet(["preToolUse", "--socket", socket], undefined, /does not answer/);
    } finally {
      hung.kill("SIGKILL");
      await once(hung, "exit");
      remove();
    }
  });

  it("is not kept by a collector that greets without end, says nonsense, or hangs up", async () => {
    const { path, remove } = scratch();
    const servers: Server[] = [];
    try {
      for (const [name, greeting, answer, why] of [
        ["endless", "x".repeat(100_000), "", /not the collector's socket/],
        ["silent", "word\n", "", /did not say/],
        ["refusing", "word\n", "no\n", /no$/m],
        ["gone", "", "", /nothing was told/],
        ["waiting", "word\n", "", /the input does not end/],
      ] as const) {
        const server = createServer((client) => {
          client.on("error", () => undefined);
          if (name === "gone") client.destroy();
          else client.write(greeting);
          client.once("data", () => client.write(answer));
        });
        servers.push(server);
        await once(server.listen(join(path, name)), "listening");
        await quiet(["preToolUse", "--socket", join(path, name)], name === "waiting" ? undefined : "{}", why);
      }
    } finally {
      for (const server of servers) server.close();
      remove();
    }
  });

  it("sends one line of JSON, its long strings cut, from any JSON", async () => {
    const { path, remove } = scratch();
    const socket = join(path, "s");
    let got = "";
    const server = createServer((client) => {
      client.setEncoding("utf8").on("error", () => undefined);
      client.write("word\n");
      let text = "";
      client.on("data", (more) => {
        text += String(more);
        if (text.split("\n").length < 3) return;
        got = text;
        client.end("ok\n");
      });
    });
    await once(server.listen(socket), "listening");
    try {
      await fc.assert(
        fc.asyncProperty(fc.jsonValue(), fc.constantFrom(undefined, 1, "\t"), async (value, indent) => {
          const { code } = await runHook(["preToolUse", "--socket", socket], JSON.stringify(value, undefined, indent));
          assert.equal(code, 0);
          const [header = "", body = "", rest] = got.split("\n");
          assert.equal(JSON.parse(header).event, "preToolUse");
          // JSON has no -0.
          assert.deepEqual(JSON.parse(body), JSON.parse(JSON.stringify(value)));
          assert.equal(rest, "");
        }),
        { numRuns: 60 },
      );
      for (const piece of ["x", "é", "\\", '"', "\n", "😀", "\u0001"]) {
        const value = { a: piece.repeat(40_000), b: [1, "end"] };
        await runHook(["preToolUse", "--socket", socket], JSON.stringify(value));
        const cut = JSON.parse(got.split("\n")[1] ?? "") as typeof value;
        assert.ok(
          value.a.startsWith(cut.a) && cut.a.length > 2_000 && cut.a.length < 20_000,
          `${piece}: ${cut.a.length}`,
        );
        assert.deepEqual(cut.b, value.b);
      }
      const before = got;
      const { stderr } = await runHook(["preToolUse", "--socket", socket], JSON.stringify(Array(300_000).fill(1)));
      assert.match(stderr, /too long/);
      assert.equal(got, before);
    } finally {
      server.close();
      remove();
    }
  }).timeout(60_000);
});

describe("record: the hooks' socket", function () {
  this.timeout(60_000);
  before(prepare);
  before(prepareHook);

  it("believes nobody who cannot say who it is, and no tool call's own words", async () => {
    const forged = JSON.stringify({ toolName: "forged", sessionId: "s-1" });
    const lie = `const s = require("net").connect(process.env.RUNGLASS_HOOK_SOCKET, () => s.write('{"v":1,"event":"preToolUse","pid":' + process.ppid + '}\\n{"toolName":"forged"}\\n')); s.on("error", () => {}); s.resume()`;
    const command = `echo '${forged}' | ${HOOK} preToolUse; (sleep 0.3; echo '${forged}' | setsid ${HOOK} preToolUse) & echo '${forged}' | python3 -c "import subprocess,sys; subprocess.run(['${HOOK}','preToolUse'],stdin=sys.stdin)"; "${process.execPath}" -e '${lie.replaceAll("'", `'"'"'`)}'`;
    const steps = (kind: "shell" | "exec"): Step[] => [
      { do: "pre", tool: "bash", args: { command } },
      kind === "shell" ? { do: "shell", shell: "main", command } : { do: "exec", command },
      { do: "post", tool: "bash", args: { command } },
      { do: "sleep", ms: 500 },
    ];
    for (const kind of ["shell", "exec"] as const) {
      const { outcome, events } = await recordAgent(() => steps(kind));
      assert.equal(outcome.code, 0, outcome.stderr);
      events.assertWhole();
      const names = events.of("tool.start").map(({ toolInfo }) => toolInfo.name);
      assert.deepEqual(names, ["bash"], events.text);
      const told = events.of("coverage").filter(({ hook }) => hook === "tool-calls");
      assert.match(told.at(-1)?.reason ?? "", /^\d messages to the hooks' socket were refused$/);
    }
  });

  it("survives anything that is sent to it", async () => {
    const { path, remove } = scratch();
    try {
      const [out, socket] = [join(path, "run.ndjson"), join(path, "hooks/s")];
      const running = start(["record", "--out", out, "--hook-socket", socket, "--", "sleep", "4"]);
      await until(() => existsSync(socket), "the socket");
      const send = (bytes: Uint8Array, hangUp: boolean): Promise<void> =>
        new Promise((resolve) => {
          const client = connect(socket, () => (hangUp ? client.destroy() : client.end(bytes)));
          client.on("error", () => undefined).once("close", () => resolve());
          client.resume();
        });
      const header = (pid: unknown): string => `{"v":1,"event":"preToolUse","pid":${JSON.stringify(pid)}}\n`;
      const bodies = fc.oneof(
        fc.uint8Array({ maxLength: 2_000 }),
        fc.oneof(fc.jsonValue(), fc.constant(process.pid)).map((pid) => Buffer.from(`${header(pid)}{}\n`)),
        fc.constant(Buffer.from("x".repeat(2_000_000))),
        fc.constant(Buffer.from(`${header(process.pid)}${"x".repeat(2_000_000)}`)),
        fc.constant(Buffer.from(`${header(process.pid)}\n\n\n`)),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(bodies, fc.boolean()), { maxLength: 40 }), (all) =>
          Promise.all(all.map(([bytes, hangUp]) => send(bytes, hangUp))).then(() => undefined),
        ),
        { numRuns: 15 },
      );
      // One that says nothing is sent away.
      const silent = connect(socket).on("error", () => undefined);
      silent.resume();
      await once(silent, "close");
      assert.equal((await running.outcome).code, 0, running.stderr());
      const events = new Events(out);
      events.assertWhole();
      assert.equal(events.of("tool.start").length, 0);
      assert.ok(!existsSync(socket), "it is removed at the end");
    } finally {
      remove();
    }
  });

  it("belongs to the agent's user alone", async () => {
    const { path, remove } = scratch();
    try {
      chmodSync(path, 0o755);
      const socket = join(path, "hooks/s");
      const running = start(["record", "--hook-socket", socket, "--user", "nobody", "--", "sleep", "1"]);
      await until(() => existsSync(socket) && statSync(socket).uid !== 0, "the socket");
      assert.deepEqual([statSync(socket).uid, statSync(socket).mode & 0o777], [65_534, 0o600]);
      assert.deepEqual([statSync(join(path, "hooks")).uid, statSync(join(path, "hooks")).mode & 0o777], [0, 0o755]);
      assert.equal((await running.outcome).code, 0, running.stderr());
    } finally {
      remove();
    }
  });

  it("takes the place of a dead run's, not of a live one's, nor of anything else", async () => {
    const { path, remove } = scratch();
    try {
      const socket = join(path, "s");
      const record = (at: string) => run(["record", "--hook-socket", at, "--", "true"]);
      const server = createServer();
      await once(server.listen(socket), "listening");
      const live = await record(socket);
      assert.equal(live.code, 3);
      assert.match(live.stderr, /another run listens/);
      server.close();

      const dead = spawn(process.execPath, ["-e", `require("net").createServer().listen(${JSON.stringify(socket)})`]);
      await until(() => existsSync(socket), "the socket");
      dead.kill("SIGKILL");
      await once(dead, "exit");
      assert.equal((await record(socket)).code, 0);

      writeFileSync(join(path, "file"), "");
      const file = await record(join(path, "file"));
      assert.equal(file.code, 2);
      assert.match(file.stderr, /not a socket/);
      mkdirSync(join(path, "open"));
      chmodSync(join(path, "open"), 0o777);
      const open = await record(join(path, "open/s"));
      assert.equal(open.code, 2);
      assert.match(open.stderr, /others may change/);
      // Who owns a directory further up can put another one in the place of ours.
      mkdirSync(join(path, "theirs/hooks"), { recursive: true });
      chownSync(join(path, "theirs"), 65_534, 65_534);
      symlinkSync(join(path, "theirs"), join(path, "link"));
      for (const at of ["theirs/hooks/s", "theirs/new/s", "link/hooks/s"]) {
        const { code, stderr } = await record(join(path, at));
        assert.equal(code, 2, at);
        assert.match(stderr, /others may change the directory .*\/theirs:/, at);
      }
      mkdirSync(join(path, "ours"));
      symlinkSync("ours", join(path, "fine"));
      assert.equal((await record(join(path, "fine/hooks/s"))).code, 0);
      assert.equal((await record(join(path, "no/such/s"))).code, 2);
      assert.equal((await record(join(path, "x".repeat(120)))).code, 2);
    } finally {
      remove();
    }
  });

  it("is refused where its options make no sense", async () => {
    for (const argv of [
      ["--hook-user", "nobody"],
      ["--hook-socket", "/run/runglass-test/s", "--hook-user", "no-such-user"],
    ]) {
      const { code, stderr } = await run(["record", ...argv, "--", "true"]);
      assert.equal(code, 2);
      assert.match(stderr, /--hook-(user|socket)/);
    }
  });
});
