// `runglass export` as a process: a file that is there as a whole or not at all, and a copy that is the log byte for byte.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { linkSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCli } from "./runCli.ts";
import { sealedLog } from "./sealedLog.ts";
import { Cleanup, temporaryDirectory } from "./support.ts";

describe("runglass export", function () {
  this.timeout(60_000);
  const cleanup = new Cleanup();
  let directory = "";
  let path = "";
  before(async () => {
    directory = await temporaryDirectory(cleanup);
    path = join(directory, "run.ndjson");
    writeFileSync(path, sealedLog([40, 40]));
  });
  after(() => cleanup.run());

  it("copies a log byte for byte, for its owner only, and says that its seals hold", async () => {
    const target = join(directory, "copy.ndjson");
    writeFileSync(target, "what was there");
    const { code, stdout, stderr } = await runCli(cleanup, "export", path, "--format", "ndjson", "--output", target);
    assert.deepEqual([code, stdout], [0, ""]);
    assert.match(stderr, /: it holds: \d+ lines from run\.start to run\.end, \d+ seals?/);
    assert.deepEqual(readFileSync(target), readFileSync(path));
    assert.equal(statSync(target).mode & 0o777, 0o600);
  });

  it("writes reports to standard output", async () => {
    const har = await runCli(cleanup, "export", path, "--format", "har");
    assert.equal(har.code, 0);
    assert.equal((JSON.parse(har.stdout) as { log: { version: string } }).log.version, "1.2");
    const sarif = await runCli(cleanup, "export", path, "--format", "sarif");
    assert.equal((JSON.parse(sarif.stdout) as { version: string }).version, "2.1.0");
    assert.match((await runCli(cleanup, "export", path, "--format", "markdown")).stdout, /^## Runglass: /);
  });

  it("leaves nothing behind of a log that cannot be read to its end", async () => {
    const bad = join(directory, "bad.ndjson");
    writeFileSync(bad, readFileSync(path, "utf8").replace('"seq":20,', '"seq":21,'));
    const before = readdirSync(directory).toSorted();
    const target = join(directory, "bad.har");
    const { code, stderr } = await runCli(cleanup, "export", bad, "--format", "har", "--output", target);
    assert.equal(code, 2);
    assert.match(stderr, /line 20: its seq is 21 and should be 20/);
    assert.deepEqual(readdirSync(directory).toSorted(), before);
  });

  it("never writes over the log, nor in the place of what is no file", async () => {
    const log = readFileSync(path);
    const link = join(directory, "link.ndjson");
    const name = join(directory, "other-name.ndjson");
    const pipe = join(directory, "pipe");
    symlinkSync(path, link);
    linkSync(path, name);
    execFileSync("mkfifo", [pipe]);
    const before = readdirSync(directory).toSorted();
    for (const target of [link, name]) {
      const { code, stderr } = await runCli(cleanup, "export", path, "--format", "ndjson", "--output", target);
      assert.equal(code, 2);
      assert.match(
        stderr,
        /^runglass: cannot write .*: it is the log itself, which would be lost: name another file\n$/,
      );
    }
    const { code, stderr } = await runCli(cleanup, "export", path, "--format", "har", "--output", pipe);
    assert.equal(code, 2);
    assert.match(stderr, /cannot write .*pipe: it is not a regular file: without --output it goes to standard output/);
    assert.deepEqual(readdirSync(directory).toSorted(), before);
    assert.deepEqual(readFileSync(path), log);
    assert.ok(lstatSync(pipe).isFIFO());
  });

  it("replaces the file behind a link, not the link", async () => {
    const target = join(directory, "target.har");
    const link = join(directory, "link.har");
    writeFileSync(target, "");
    symlinkSync("target.har", link);
    assert.equal((await runCli(cleanup, "export", path, "--format", "har", "--output", link)).code, 0);
    assert.ok(lstatSync(link).isSymbolicLink());
    assert.ok(readFileSync(target, "utf8").startsWith("{"));
  });

  it("refuses what it does not know, and says what would be right", async () => {
    for (const [argv, said] of [
      [["x.ndjson", "--format", "harr"], /unknown format "harr": did you mean "har"\?/],
      [
        [path, "--format", "har", "--output", join(directory, "no", "x.har")],
        /cannot write .*\/no\/x\.har: its directory does not exist; make it first$/m,
      ],
      [[path, "--format", "har", "--output", directory], /cannot write .*: it is a directory: name a file in it$/m],
      [[path, "--format", "har", "--output", ""], /--output names no file/],
    ] as const) {
      const { code, stderr } = await runCli(cleanup, "export", ...argv);
      assert.ok(code === 2 || code === 3, `${argv.join(" ")}: ${code}`);
      assert.match(stderr, said);
    }
  });
});
