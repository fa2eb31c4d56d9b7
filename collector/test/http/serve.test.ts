// `runglass serve` as a process: a recording as a run, its messages and its ends.
import assert from "node:assert/strict";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ask, openStream } from "./client.ts";
import { runCli, serverOf, startCli } from "./runCli.ts";
import { Cleanup, line, lines, runEnd, sleep, temporaryDirectory } from "./support.ts";

const T0 = 1_790_000_000_000_000;
const runStart =
  `{"v":1,"seq":1,"t":${T0},"type":"run.start","run":{"id":"r/ü 1","attempt":2,"title":"npm ci"},` +
  `"host":{"name":"h","os":"linux","kernel":"6","arch":"x64"},"collector":{"version":"0.1.0"},` +
  `"policy":{"mode":"none","endpoints":[]}}\n`;

const loss = (seq: number, ms: number): string =>
  `{"v":1,"seq":${seq},"t":${T0 + ms * 1000},"type":"loss","source":"ring","lost":1}\n`;

describe("runglass serve", function () {
  this.timeout(30_000);
  const cleanup = new Cleanup();
  let directory = "";
  beforeEach(async () => {
    directory = await temporaryDirectory(cleanup);
  });
  afterEach(() => cleanup.run());

  const write = (name: string, content: string): string => {
    const path = join(directory, name);
    writeFileSync(path, content);
    return path;
  };

  it("serves a recording as a run, and ends with 0 and without traces at Ctrl-C", async () => {
    const text = runStart + lines(2, 2_000) + runEnd(2_001);
    const running = startCli(cleanup, "serve", write("a.ndjson", text));
    const { url, tokenFile } = await serverOf(running);
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
    const token = readFileSync(tokenFile, "utf8").trim();
    assert.ok(!running.stderr.includes(token));
    const headers = { authorization: `Bearer ${token}` };
    const { runs } = JSON.parse((await ask(`${url}/v1/runs`, { headers })).body) as {
      runs: {
        id: string;
        title: string;
        attempt: number;
        lastSeq: number;
        state: string;
        events: string;
        log: string;
      }[];
    };
    const [run] = runs;
    assert.equal(runs.length, 1);
    assert.deepEqual(
      [run!.id, run!.title, run!.attempt, run!.state, run!.lastSeq],
      ["r/ü 1", "npm ci", 2, "ended", 2_001],
    );
    assert.equal((await ask(url + run!.log, { headers })).body, text);
    const events = await ask(url + run!.events, { headers });
    assert.equal(events.body.match(/^id: /gm)?.length, 2_001);
    running.child.kill("SIGINT");
    assert.equal(await running.exited, 0);
    assert.equal(running.stdout, "");
    assert.equal(running.stderr.split("\n").length, 3);
    assert.equal(existsSync(dirname(tokenFile)), false);
  });

  for (const id of ["\\ud800", "", ".", ".."]) {
    it(`names a run whose id "${id}" cannot stand in a URL after its file`, async () => {
      const file = write("damaged.ndjson", runStart.replace("r/ü 1", id) + runEnd(2));
      const { url, tokenFile } = await serverOf(startCli(cleanup, "serve", file));
      const headers = { authorization: `Bearer ${readFileSync(tokenFile, "utf8").trim()}` };
      const { runs } = JSON.parse((await ask(`${url}/v1/runs`, { headers })).body) as { runs: { events: string }[] };
      assert.equal(runs[0]?.events, "/v1/runs/damaged/events");
      assert.match((await ask(url + runs[0].events, { headers })).body, /run\.end/);
    });
  }

  it("uses and keeps a named token file", async () => {
    const file = write("a.ndjson", runStart + runEnd(2));
    const tokenFile = join(directory, "token");
    const running = startCli(cleanup, "serve", file, "--token-file", tokenFile, "--listen", "[::1]:0");
    const { url } = await serverOf(running);
    assert.match(url, /^http:\/\/\[::1\]:\d+$/);
    assert.equal(statSync(tokenFile).mode & 0o777, 0o600);
    const headers = { authorization: `Bearer ${readFileSync(tokenFile, "utf8").trim()}` };
    assert.equal((await ask(`${url}/v1/health`, { headers })).status, 200);
    running.child.kill("SIGTERM");
    assert.equal(await running.exited, 0);
    assert.equal(existsSync(tokenFile), true);
  });

  it("replays at the speed that it is told", async () => {
    const file = write(
      "a.ndjson",
      runStart + loss(2, 0) + loss(3, 4_000) + loss(4, 8_000) + runEnd(5).replace(/"t":\d+/, `"t":${T0 + 8_000_000}`),
    );
    const running = startCli(cleanup, "serve", file, "--speed", "10");
    const { url, tokenFile } = await serverOf(running);
    const headers = { authorization: `Bearer ${readFileSync(tokenFile, "utf8").trim()}` };
    const started = performance.now();
    const state = async (): Promise<{ state: string; lastSeq: number }> => {
      const { body } = await ask(`${url}/v1/runs`, { headers });
      return (JSON.parse(body) as { runs: { state: string; lastSeq: number }[] }).runs[0]!;
    };
    const early = await state();
    assert.deepEqual([early.state, early.lastSeq], ["live", 2]);
    const { runs } = JSON.parse((await ask(`${url}/v1/runs`, { headers })).body) as { runs: { events: string }[] };
    // A client may know the later part from before the server was started again: it waits for what comes next.
    const resumed = ask(`${url}${runs[0]!.events}?after=3`, { headers });
    const whole = await ask(url + runs[0]!.events, { headers });
    const took = performance.now() - started;
    assert.ok(took > 600 && took < 3_000, `${took} ms`);
    assert.equal(whole.body.match(/^id: /gm)?.length, 5);
    assert.deepEqual((await resumed).body.match(/^id: \d/gm), ["id: 4", "id: 5"]);
    assert.equal((await state()).state, "ended");
    running.child.kill("SIGINT");
    assert.equal(await running.exited, 0);
  });

  it("ends at once at Ctrl-C while it replays and a client follows", async () => {
    const running = startCli(cleanup, "serve", write("a.ndjson", runStart + loss(2, 3_600_000)), "--speed", "1");
    const { url, tokenFile } = await serverOf(running);
    const headers = { authorization: `Bearer ${readFileSync(tokenFile, "utf8").trim()}` };
    const { runs } = JSON.parse((await ask(`${url}/v1/runs`, { headers })).body) as { runs: { events: string }[] };
    const following = await openStream(cleanup, url + runs[0]!.events, headers);
    let seen = "";
    const closed = new Promise<void>((resolve) => void following.once("close", resolve));
    following.on("error", () => undefined);
    following.on("data", (chunk: Buffer) => (seen += chunk.toString()));
    while (!seen.includes("id: ")) await sleep(10);
    const stopped = performance.now();
    running.child.kill("SIGINT");
    assert.equal(await running.exited, 0);
    assert.ok(performance.now() - stopped < 2_000);
    await closed;
    assert.equal(seen.match(/^id: /gm)?.length, 1);
  });

  it("uses what is whole of a log that was cut off, and says so", async () => {
    const running = startCli(cleanup, "serve", write("a.ndjson", runStart + line(2) + line(3).slice(0, 40)));
    const { url, tokenFile } = await serverOf(running);
    assert.match(running.stderr, /a\.ndjson is cut off in line 3: using the 2 events before it/);
    const headers = { authorization: `Bearer ${readFileSync(tokenFile, "utf8").trim()}` };
    const { body } = await ask(`${url}/v1/runs`, { headers });
    assert.equal((JSON.parse(body) as { runs: { lastSeq: number }[] }).runs[0]!.lastSeq, 2);
    running.child.kill("SIGINT");
    assert.equal(await running.exited, 0);
  });

  const refusals: readonly (readonly [string, () => readonly string[], RegExp])[] = [
    ["no file", () => [], /name the run log/],
    ["two files", () => ["a", "b"], /one log at a time/],
    ["a missing file", () => [join(directory, "none")], /there is no file .*check the path/],
    ["a directory", () => [directory], /is a directory/],
    ["an empty file", () => [write("a", "")], /is empty/],
    ["something else than a log", () => [write("a", "PK\u0003\u0004\n")], /not a run log/],
    ["a cut-off first line", () => [write("a", line(1).slice(0, 30))], /not a run log.*line 1/],
    ["a newer log", () => [write("a", line(1).replace('"v":1', '"v":2'))], /version 2.*update Runglass/],
    ["a broken line", () => [write("a", `${line(1)}x\n${line(3)}`)], /line 2: the line is not JSON.*head -n 1/],
    ["an unknown option", () => ["--sped", "1", "x"], /unknown option "--sped".*"--speed"/],
    ["a speed of 0", () => ["x", "--speed", "0"], /--speed 0: give a number above 0/],
    ["a speed that is no number", () => ["x", "--speed", "fast"], /--speed fast: give a number above 0/],
    ["a bad address", () => ["x", "--listen", "nonsense"], /--listen nonsense: .*HOST:PORT/],
    [
      "a token file that everybody can write",
      () => {
        const token = write("t", "abcdefghijklmnop");
        chmodSync(token, 0o666);
        return [write("a", runStart), "--token-file", token];
      },
      /written by other users/,
    ],
  ];
  for (const [name, argv, message] of refusals) {
    it(`refuses ${name} in one line, with 2`, async () => {
      const { code, stdout, stderr } = await runCli(cleanup, "serve", ...argv());
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
      assert.match(stderr, /^runglass: [^\n]+\n$/);
      assert.equal(stdout, "");
    });
  }

  it("refuses a file that may not be read (as a user without rights)", async () => {
    const { spawnSync } = await import("node:child_process");
    const file = write("a.ndjson", runStart);
    mkdirSync(join(directory, "x"));
    chmodSync(file, 0o600);
    // Copies that any user can read, whoever may read the checkout.
    const [node, script] = [join(directory, "node"), join(directory, "runglass.mjs")];
    copyFileSync(process.execPath, node);
    copyFileSync(new URL("../../../dist/runglass.js", import.meta.url), script);
    chmodSync(directory, 0o755);
    const { status, stderr } = spawnSync(
      "setpriv",
      ["--reuid=65534", "--regid=65534", "--clear-groups", node, script, "serve", file],
      { encoding: "utf8" },
    );
    assert.equal(status, 2, stderr);
    assert.match(stderr, /^runglass: cannot read .*permission denied[^\n]*\n$/);
  });

  it("says that its port is in use, with 3", async () => {
    const file = write("a.ndjson", runStart + runEnd(2));
    const first = startCli(cleanup, "serve", file);
    const { url } = await serverOf(first);
    const { code, stderr } = await runCli(cleanup, "serve", file, "--listen", `127.0.0.1:${new URL(url).port}`);
    assert.equal(code, 3);
    assert.match(stderr, /the port is in use; choose another one, or 0 for a free one/);
    first.child.kill("SIGINT");
    await first.exited;
  });
});
