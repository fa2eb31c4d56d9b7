// `runglass verify` as a process, and the shell lines of its README that check a log without it.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createWriteStream, readFileSync, statSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { EventLog } from "../../src/events/eventLog.ts";
import { runCli } from "./runCli.ts";
import { sealedLog } from "./sealedLog.ts";
import { Cleanup, lines, runEnd, temporaryDirectory } from "./support.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const main = join(root, "collector/src/main.ts");

describe("runglass verify", function () {
  this.timeout(60_000);
  const cleanup = new Cleanup();
  const log = sealedLog([3, 0, 5, 400]);
  const altered = log.replace("/srv/é/5", "/srv/é/x");
  let path = "";
  before(async () => {
    path = join(await temporaryDirectory(cleanup), "run.ndjson");
  });
  beforeEach(() => writeFileSync(path, log));
  after(() => cleanup.run());

  const hashes = [...log.matchAll(/"sha256":"(\w+)"/g)].map(([, hash]) => hash!);

  const cases: readonly (readonly [string, string, readonly string[], number, RegExp])[] = [
    [
      "a whole log",
      log,
      [],
      0,
      /^.*run\.ndjson: it holds: 4\d\d lines from run.start to run.end, 4 seals, the last \w{64}\n$/,
    ],
    [
      "a whole log with a seal that was seen",
      log,
      ["--seal", hashes[1]!.toUpperCase()],
      0,
      /the seal asked for is there/,
    ],
    [
      "a whole log without the seal that was seen",
      log,
      ["--seal", "0".repeat(64)],
      1,
      /: it has no seal 0{64} that holds/,
    ],
    ["an altered log", altered, [], 1, /: line 11: this seal does not fit lines 6 to 11.*it holds up to line 5 /],
    ["a log that was cut off", log.slice(0, -500), [], 1, /: line 4\d\d: the line is cut off; it holds up to line 11 /],
    ["a log without seals", lines(1, 9) + runEnd(10), [], 1, /: it has no seals: 10 lines/],
  ];
  for (const [name, content, argv, wanted, message] of cases) {
    it(`says of ${name} what it is, and exits with ${wanted}`, async () => {
      writeFileSync(path, content);
      const { code, stdout, stderr } = await runCli(cleanup, "verify", path, ...argv);
      assert.match(stdout, message);
      assert.match(stdout, /^[^\n]+\n$/);
      assert.deepEqual([code, stderr], [wanted, ""]);
    });
  }

  const refusals: readonly (readonly [string, () => readonly string[], RegExp])[] = [
    ["no file", () => [], /name the run log/],
    ["two files", () => [path, path], /one log at a time/],
    ["a seal that is none", () => [path, "--seal", "abc"], /a seal is 64 hexadecimal digits/],
    ["a missing file", () => [`${path}.none`], /there is no file/],
    ["a directory", () => [dirname(path)], /is a directory/],
    ["something else than a log", () => ["/etc/passwd"], /not a run log.*line 1/],
    ["an unknown option", () => [path, "--seals", "1"], /did you mean "--seal"/],
  ];
  for (const [name, argv, message] of refusals) {
    it(`refuses ${name} in one line, with 2`, async () => {
      const { code, stdout, stderr } = await runCli(cleanup, "verify", ...argv());
      assert.match(stderr, message);
      assert.match(stderr, /^runglass: [^\n]+\n$/);
      assert.deepEqual([code, stdout], [2, ""]);
    });
  }

  it("refuses a log of a newer version with 2", async () => {
    writeFileSync(path, log.replace('{"v":1,"seq":7,', '{"v":2,"seq":7,'));
    const { code, stderr } = await runCli(cleanup, "verify", path);
    assert.match(stderr, /line 7.*version 2.*update Runglass/);
    assert.equal(code, 2);
  });

  it("explains itself", async () => {
    const { code, stdout } = await runCli(cleanup, "verify", "--help");
    assert.equal(code, 0);
    assert.match(stdout, /^Usage: runglass verify FILE \[--seal SHA256\]/);
  });

  describe("the lines of the README", () => {
    const [, script = ""] =
      /```sh\n(jq [\s\S]*?)```/.exec(readFileSync(join(root, "collector/README.md"), "utf8")) ?? [];
    const check = (content: string): string => {
      writeFileSync(path, content);
      const { stdout, stderr } = spawnSync("sh", ["-c", script], { cwd: dirname(path), encoding: "utf8" });
      assert.equal(stderr, "");
      return stdout;
    };

    it("find that a log is as it was written", () => {
      const count = log.split("\n").length - 1;
      assert.equal(check(log), `holds up to line ${count} of ${count}, the last seal is ${hashes.at(-1)}\n`);
    });

    it("find a line that was altered, a seal that was, and a chain that was cut and joined", () => {
      assert.match(check(altered), /^broken in lines 6 to 11\nholds up to line 5 of/);
      assert.match(
        check(
          log.replace(
            hashes[1]!,
            hashes[1]!.replace(/^./, (c) => (c === "0" ? "1" : "0")),
          ),
        ),
        /^broken in lines 6 to 11\n/,
      );
      const without = log.split("\n").toSpliced(5, 6).join("\n");
      assert.match(check(without), /^broken in lines 12 to \d+\nholds up to line 5 of/);
    });
  });

  it("checks a large log in little memory", async () => {
    const out = createWriteStream(path);
    const chunks: string[] = [];
    const events = new EventLog({ append: (bytes) => chunks.push(Buffer.from(bytes).toString()) > 0 });
    const file = `,"process":"1-a","file":{"op":"write","path":"/srv/${"x".repeat(200)}"}`;
    for (let i = 0; i < 400_000; i += 1_000) {
      for (let j = 0; j < 1_000; j++) events.write("file.write", 1_790_000_000_000_000 + i + j, file);
      events.flush();
      if (!out.write(chunks.splice(0).join(""))) await once(out, "drain");
    }
    events.end(1_790_000_001_000_000);
    out.end(chunks.join(""));
    await once(out, "close");
    const sayPeak = 'process.on("exit", () => process.stderr.write(String(process.resourceUsage().maxRSS)))';
    const args = ["--import", `data:text/javascript,${sayPeak}`, main, "verify", path];
    const began = performance.now();
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    const seconds = (performance.now() - began) / 1000;
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /: it holds: 400,\d+ lines/);
    const megabytes = Number(/\d+$/.exec(stderr)?.[0]) / 1024;
    const size = statSync(path).size / 1e6;
    console.log(
      `      at most ${Math.round(megabytes)} MB and ${seconds.toFixed(1)} s for a log of ${Math.round(size)} MB`,
    );
    assert.ok(megabytes > 20 && megabytes < 250, `${megabytes} MB`);
  });
});
