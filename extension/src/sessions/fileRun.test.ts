import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFile, mkdir, mkdtemp, rename, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { UserError } from "../errors.ts";
import { startLine, testEvent, until } from "../stream/testCollector.ts";
import { FileRun } from "./fileRun.ts";
import { readChunk, type Cursor } from "./lineStore.ts";

const end = (seq: number): string => testEvent(seq, "run.end", '"counts":{},"lost":0');
const whole = [startLine("npm ci"), testEvent(2), testEvent(3), end(4)];

const linesOf = async (run: FileRun): Promise<string[]> => {
  const lines: string[] = [];
  for (let cursor: Cursor | undefined; ;) {
    const chunk = await readChunk(run.store, cursor, { maxBytes: 100, maxLines: 2 });
    if (chunk === undefined) return lines;
    lines.push(
      ...Buffer.from(chunk.bytes)
        .toString()
        .replace(/\r?\n$/, "")
        .split(/\r?\n/),
    );
    cursor = chunk.next;
  }
};

const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");
const code = (run: FileRun): string => (run.state.kind === "failed" ? (run.failure?.code ?? "?") : run.state.kind);

describe("FileRun", () => {
  let folder: string;
  let count = 0;
  const open: FileRun[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "runglass-log-"));
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((run) => run.dispose()));
  });
  after(() => rm(folder, { recursive: true }));

  /** Opens a log that was written long ago, unless `fresh`. */
  const openLog = async (text: string | Buffer, fresh = false): Promise<FileRun> => {
    count += 1;
    const path = join(folder, `log${count}.ndjson`);
    await writeFile(path, text);
    if (!fresh) await utimes(path, 1e9, 1e9);
    const run = await FileRun.open({ key: `file:${path}`, path, pollMs: 20 });
    open.push(run);
    await run.whenRead();
    return run;
  };

  it("reads a finished run", async () => {
    const run = await openLog(joined(whole));
    assert.deepEqual(run.state, { kind: "ended", complete: true });
    assert.equal(run.title, "npm ci");
    assert.deepEqual(await linesOf(run), whole);
  });

  it("reads a log with Windows line ends, and one without a last line end", async () => {
    assert.deepEqual(await linesOf(await openLog(whole.join("\r\n"))), whole);
    const run = await openLog(whole.join("\n"));
    assert.deepEqual(run.state, { kind: "ended", complete: true });
    assert.deepEqual(await linesOf(run), whole);
  });

  it("says when a run has no end", async () => {
    assert.deepEqual((await openLog(joined(whole.slice(0, 3)))).state, { kind: "ended", complete: false });
  });

  const wrong: readonly (readonly [string, string | Buffer, string, RegExp])[] = [
    ["an empty file", "", "notALog", /it is empty/],
    ["text", "hello\nworld\n", "notALog", /not JSON/],
    ["other NDJSON", '{"a":1}\n', "notALog", /Runglass run log/],
    ["a pretty-printed JSON file", '{\n  "a": 1\n}\n', "notALog", /not JSON/],
    ["binary data", Buffer.alloc(3_000_000, 7), "notALog", /./],
    ["one endless line", Buffer.alloc(20_000_000, 97), "notALog", /longer than 8 MiB/],
    ["what gzip made", gzipSync(joined(whole)), "logPacked", /gzip/],
    ["an artifact as GitHub gives it", Buffer.from("PK\x03\x04rest"), "logPacked", /zip archive/],
    ["a newer log", '{"v":2,"seq":1,"t":1,"type":"x"}\n', "newerVersion", /version 2/],
    ["a log cut within a line", joined(whole).slice(0, -9), "logDamaged", /last line is cut off/],
    ["a log with a hole", joined([whole[0]!, whole[2]!, whole[3]!]), "logDamaged", /event 2 is missing/],
    ["a log with a broken line", joined([whole[0]!, "#", whole[2]!]), "logDamaged", /1 line unreadable/],
  ];
  for (const [name, content, wanted, reason] of wrong) {
    it(`says what is wrong with ${name}`, async () => {
      const run = await openLog(content);
      assert.equal(code(run), wanted);
      assert.match(run.failure?.reason ?? "", reason);
    });
  }

  it("shows all that a damaged log still holds", async () => {
    assert.deepEqual(await linesOf(await openLog(joined([whole[0]!, "#", whole[2]!, whole[3]!]))), [
      whole[0],
      whole[2],
      whole[3],
    ]);
  });

  it("follows a log that is being written, also within a line", async () => {
    const run = await openLog(joined(whole.slice(0, 2)), true);
    assert.equal(run.state.kind, "live");
    await appendFile(run.path, `${whole[2]!}\n${whole[3]!.slice(0, 20)}`);
    await until("the third line", () => run.summary.events === 3);
    assert.equal(run.state.kind, "live");
    await appendFile(run.path, `${whole[3]!.slice(20)}\n`);
    await until("the end", () => run.state.kind === "ended");
    assert.deepEqual(await linesOf(run), whole);
  });

  it("says when the file is cut under its hands", async () => {
    const run = await openLog(joined(whole.slice(0, 3)), true);
    await truncate(run.path, 10);
    await until("the failure", () => run.state.kind === "failed");
    assert.equal(code(run), "logReplaced");
    await assert.rejects(run.store.readBytes(0, 50), UserError);
  });

  for (const [how, replace] of [
    ["written anew in place", (path: string, text: string) => writeFile(path, text)],
    [
      "replaced by another",
      async (path: string, text: string) => {
        await writeFile(`${path}.new`, text);
        await rename(`${path}.new`, path);
      },
    ],
  ] as const) {
    it(`says when a log is ${how}, also one that had ended`, async () => {
      for (const lines of [whole, whole.slice(0, 2)]) {
        const run = await openLog(joined(lines));
        const other = [startLine("another run"), ...whole.slice(1), testEvent(5), testEvent(6)];
        await replace(run.path, joined(other));
        await until("the failure", () => run.state.kind === "failed");
        assert.equal(code(run), "logReplaced");
        await run.dispose();
      }
    });
  }

  it("keeps on showing a log that was deleted, or only touched", async () => {
    const run = await openLog(joined(whole));
    await utimes(run.path, 1e9 + 5, 1e9 + 5);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await rm(run.path);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.deepEqual(run.state, { kind: "ended", complete: true });
    assert.deepEqual(await linesOf(run), whole);
  });

  it("does not wait for who writes into a pipe", async () => {
    const pipe = join(folder, "pipe.ndjson");
    execFileSync("mkfifo", [pipe]);
    await assert.rejects(FileRun.open({ key: "file:pipe", path: pipe }), /is not a file/);
  });

  it("refuses what is no readable file", async () => {
    await mkdir(join(folder, "dir.ndjson"), { recursive: true });
    for (const name of ["missing.ndjson", "dir.ndjson"]) {
      await assert.rejects(FileRun.open({ key: "k", path: join(folder, name) }), (error) => {
        assert.ok(error instanceof UserError);
        return error.failure.code === "logNotReadable";
      });
    }
  });

  it("recognises a large log by its first lines, and reads it with bounded blocks", async () => {
    const lines = [startLine("big")];
    for (let seq = 2; seq <= 200_000; seq += 1) lines.push(testEvent(seq));
    const run = await openLog(joined(lines));
    assert.equal(run.summary.events, 200_000);
    assert.equal(run.store.extents.length, 1);
  });
});
