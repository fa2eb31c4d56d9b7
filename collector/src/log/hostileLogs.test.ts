// A run log is a file that anybody can have written: whatever is in it, who reads it ends with a report or with one clear
// error, in bounded time and memory.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { sealedLog } from "../../test/http/sealedLog.ts";
import { UserError } from "../errors.ts";
import { harWriter } from "../../report/har.ts";
import { renderMarkdown } from "../../report/renderMarkdown.ts";
import { renderSarif } from "../../report/sarif.ts";
import { RunTally } from "../../report/tally.ts";
import { closeFd } from "./fileAccess.ts";
import { openLogFile } from "./openLogFile.ts";
import { openRecordedLog } from "./recordedLog.ts";
import { scanLog } from "./scanLog.ts";
import { logVerifier, verifyLog } from "./verifyLog.ts";

const LIMITS = {
  steps: 60,
  tools: 100,
  programs: 30,
  endpoints: 50,
  blocked: 50,
  denied: 50,
  directories: 30,
  reads: 50,
  containers: 50,
  findings: 100,
};

/** Reads the log in each way that a command does; the size of all that was written, or the `UserError`. */
const readAll = async (path: string): Promise<{ readonly written: number } | UserError> => {
  try {
    const file = await openLogFile(path);
    try {
      const tally = new RunTally();
      let written = 0;
      const har = harWriter("1", (text) => (written += text.length));
      const verifier = logVerifier();
      const scanned = await scanLog(file, {
        onEvent: (event) => {
          tally.take(event);
          har.take(event);
        },
        onLine: (event, bytes) => void verifier.take(event, bytes),
      });
      await har.finish(() => undefined);
      const summary = tally.summary(path, scanned.notice, verifier.finish(scanned), LIMITS);
      await verifyLog(file, undefined);
      written += renderMarkdown(summary).length + renderSarif(summary, "1").length + JSON.stringify(summary).length;
      return { written };
    } finally {
      await closeFd(file.fd);
    }
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
};

const served = async (path: string): Promise<void> => {
  try {
    const { log, close } = await openRecordedLog(path);
    const buffer = Buffer.alloc(4_096);
    await log.readAt(buffer, log.positionBefore(1).offset);
    await log.readAt(buffer, log.published.offset);
    await close();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
};

const good = sealedLog([3, 5, 2]).split("\n");

const badLine = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.jsonValue().map((value) => JSON.stringify(value)),
  fc
    .record({
      v: fc.constantFrom(1, 2, "1"),
      seq: fc.integer({ min: -2, max: 20 }),
      t: fc.double(),
      type: fc.string({ maxLength: 12 }),
    })
    .map((value) => JSON.stringify(value)),
  fc.constant(`{"v":1,"seq":2,"t":1,"type":"${"x".repeat(300_000)}"}`),
  fc.constant(`${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`),
  fc.constant(
    `{"v":1,"seq":2,"t":1,"type":"seal","first":1,"last":9007199254740991,"sha256":"${"0".repeat(64)}","previous":"x"}`,
  ),
  fc.constant(
    '{"v":1,"seq":2,"t":1,"type":"process.exec","process":"__proto__","exec":{"id":"__proto__","pid":1,"ppid":1,"exe":"constructor","argv":[],"cwd":"/","uid":0}}',
  ),
  fc.constantFrom("\0".repeat(1_000), "\u{feff}{}", "\r", "{}", "[]", "null", '"'),
);
/** A log as it should be, with lines put in, left out, exchanged, damaged, and cut at its end. */
const hostileLog = fc
  .record({
    changes: fc.array(fc.tuple(fc.constantFrom("put", "drop", "swap", "damage"), fc.nat(14), badLine, fc.nat(200)), {
      maxLength: 6,
    }),
    cut: fc.option(fc.nat(3_000)),
  })
  .map(({ changes, cut }) => {
    const lines = [...good];
    for (const [what, at, line, place] of changes) {
      const here = lines[at] ?? "";
      if (what === "put") lines.splice(at, 0, line);
      else if (what === "drop") lines.splice(at, 1);
      else if (what === "swap") [lines[at], lines[at + 1]] = [lines[at + 1] ?? "", here];
      else lines[at] = `${here.slice(0, place)}${line.slice(0, 3)}${here.slice(place + 1)}`;
    }
    const text = Buffer.from(lines.join("\n"));
    return cut === null ? text : text.subarray(0, cut);
  });

describe("whatever a run log holds", () => {
  let root: string;
  before(() => {
    root = mkdtempSync(join(tmpdir(), "runglass-test-"));
  });
  after(() => rmSync(root, { recursive: true }));

  it("summary, verify and serve end with a bounded report or with one clear error", async () => {
    const path = join(root, "run.ndjson");
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          hostileLog,
          fc.uint8Array({ maxLength: 3_000 }).map((bytes) => Buffer.from(bytes)),
        ),
        async (bytes) => {
          writeFileSync(path, bytes);
          const read = await readAll(path);
          if (read instanceof UserError) assert.match(read.message, /^[^\n]{1,2000}$/);
          else assert.ok(read.written < 200_000 + 40 * bytes.length, `${read.written} written of ${bytes.length}`);
          await served(path);
        },
      ),
      { seed: 29, numRuns: 300 },
    );
  }).timeout(60_000);
});
