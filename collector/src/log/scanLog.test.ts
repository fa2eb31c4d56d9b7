import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import { Cleanup, line, lines, runEnd, temporaryDirectory } from "../../test/http/support.ts";
import { UserError } from "../errors.ts";
import { closeFd } from "./fileAccess.ts";
import { openLogFile } from "./openLogFile.ts";
import { scanLog, type Scanned } from "./scanLog.ts";

describe("scanLog", () => {
  const cleanup = new Cleanup();
  let path = "";
  before(async () => {
    path = join(await temporaryDirectory(cleanup), "a.ndjson");
  });
  after(() => cleanup.run());

  const scan = async (content: string | Buffer): Promise<Scanned & { seqs: number[] }> => {
    writeFileSync(path, content);
    const file = await openLogFile(path);
    const seqs: number[] = [];
    try {
      return { ...(await scanLog(file, { onEvent: ({ seq }) => void seqs.push(seq) })), seqs };
    } finally {
      await closeFd(file.fd);
    }
  };

  it("reads a whole log", async () => {
    const text = lines(1, 9_999, 120) + runEnd(10_000);
    const scanned = await scan(text);
    assert.equal(scanned.events, 10_000);
    assert.equal(scanned.bytes, Buffer.byteLength(text));
    assert.equal(scanned.notice, undefined);
    assert.equal(scanned.seqs.length, 10_000);
  });

  it("takes other field orders, white space and line ends", async () => {
    const other = '{ "type":"loss", "lost":1, "t":5, "seq":2, "v":1, "source":"ring" }\r\n';
    assert.equal((await scan(line(1) + other + runEnd(3))).events, 3);
  });

  it("takes lines longer than its buffer", async () => {
    assert.equal((await scan(line(1, 1_500_000) + line(2, 700_000) + runEnd(3))).events, 3);
  });

  it("takes a last line whose line end is missing", async () => {
    const scanned = await scan(line(1) + runEnd(2).trimEnd());
    assert.deepEqual([scanned.events, scanned.unterminated, scanned.notice], [2, true, undefined]);
  });

  it("says that a log without run.end goes on or was cut", async () => {
    assert.match((await scan(lines(1, 3))).notice ?? "", /no run\.end.*using the 3 events/);
  });

  it("uses what is before a cut-off last line, wherever it is cut", async () => {
    const whole = lines(1, 3);
    const last = Buffer.from(line(4));
    for (let cut = 1; cut < last.length - 1; cut++) {
      const scanned = await scan(Buffer.concat([Buffer.from(whole), last.subarray(0, cut)]));
      assert.equal(scanned.events, 3, `cut after ${cut} bytes`);
      assert.equal(scanned.bytes, Buffer.byteLength(whole));
      assert.match(scanned.notice ?? "", /cut off in line 4.*using the 3 events/);
    }
  });

  const twice = Buffer.from(lines(1, 2));
  const bad: readonly (readonly [string, string | Buffer, RegExp])[] = [
    ["text", "hello\nworld\n", /not a run log.*line 1: the line is not JSON/],
    ["one line of text", "hello", /not a run log.*line 1/],
    ["other JSON lines", '{"level":"info"}\n', /line 1.*no "v": 1.*Is this a|line 1.*is this a Runglass run log/],
    ["a JSON array", "[\n1\n]\n", /line 1/],
    ["binary", Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0xff, 0xfe, 0x0a, 0]), /line 1: the line is not UTF-8/],
    ["only a cut line", line(1).slice(0, 20), /line 1: the line is not JSON/],
    ["a newer version", line(1).replace('"v":1', '"v":2'), /line 1.*version 2.*update Runglass/],
    ["a newer version later on", line(1) + line(2).replace('"v":1', '"v":3'), /line 2.*version 3.*update/],
    ["a newer version in an open last line", line(1) + line(2).replace('"v":1', '"v":3').trimEnd(), /line 2.*update/],
    ["a first seq that is not 1", lines(3, 4), /line 1: its seq is 3 and should be 1/],
    ["a gap", line(1) + line(3), /line 2: its seq is 3 and should be 2: lines are missing.*head -n 1/],
    ["a repeat", line(1) + line(1), /line 2: its seq is 1/],
    ["an empty line", `${line(1)}\n${line(2)}`, /line 2: the line is empty/],
    ["a wrong field", line(1) + line(2).replace('"write"', '"wrote"'), /line 2: field "file"/],
    ["a broken line in between", `${line(1)}{"v":1,"se\n${line(2)}`, /line 2: the line is not JSON/],
    [
      "bytes that are not UTF-8",
      Buffer.concat([twice, Buffer.from('{"v":"\xff"}\n', "latin1"), twice]),
      /line 3.*UTF-8/,
    ],
    ["NUL bytes in between", Buffer.concat([twice, Buffer.alloc(9), Buffer.from("\n"), twice]), /line 3/],
    ["a type with a line end", line(1).replace('"file.write"', '"a\\nb"'), /line 1: field "type" holds a control/],
    ["an endless line", Buffer.alloc(5 * 1024 * 1024, "a"), /line 1: the line is longer than 4 MiB/],
  ];
  for (const [name, content, message] of bad) {
    it(`names the line and the reason: ${name}`, async () => {
      await assert.rejects(scan(content), (error: unknown) => {
        assert.ok(error instanceof UserError && error.exitCode === 2);
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /\n/);
        return true;
      });
    });
  }

  it("ends in a result or in one clear error whatever is done to a log (fuzz)", async () => {
    const log = Buffer.from(lines(1, 40) + runEnd(41));
    const edit = fc.record({
      at: fc.nat(log.length - 1),
      drop: fc.nat(60),
      put: fc.oneof(
        fc.uint8Array({ maxLength: 6 }),
        fc.constantFrom(Buffer.from("\n"), Buffer.from('"'), Buffer.alloc(3)),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 3 }), async (edits) => {
        let bytes = log;
        for (const { at, drop, put } of edits) {
          bytes = Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + drop)]);
        }
        if (bytes.length === 0) return;
        try {
          const scanned = await scan(bytes);
          assert.deepEqual(
            scanned.seqs,
            Array.from({ length: scanned.events }, (_, i) => i + 1),
          );
        } catch (error) {
          assert.ok(error instanceof UserError, String(error));
          assert.match(error.message, /line \d+: /);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

const refused = (path: string, message: RegExp): Promise<void> =>
  assert.rejects(openLogFile(path), (error: unknown) => {
    assert.ok(error instanceof UserError && error.exitCode === 2);
    assert.match(error.message, message);
    return true;
  });

describe("openLogFile", () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  it("says what is wrong with a path, and never waits", async () => {
    const directory = await temporaryDirectory(cleanup);
    const at = (name: string): string => join(directory, name);
    writeFileSync(at("empty"), "");
    mkdirSync(at("dir"));
    execFileSync("mkfifo", [at("pipe")]);
    await refused(at("none"), /there is no file .*none: check the path/);
    await refused(at("empty"), /is empty/);
    await refused(at("dir"), /is a directory/);
    await refused(at("pipe"), /not a regular file/);
    await refused("/dev/zero", /not a regular file/);
    await refused(join(at("empty"), "x"), /cannot read .*ENOTDIR/);
  });
});
