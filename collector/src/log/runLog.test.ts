import assert from "node:assert/strict";
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { Cleanup, line, lines, newLog, temporaryDirectory, until } from "../../test/http/support.ts";
import { UserError } from "../errors.ts";
import { createRunLog } from "./runLog.ts";

describe("RunLog", () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  it("has every line in the file after flush", async () => {
    const log = await newLog(cleanup);
    let wanted = "";
    let seq = 1;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 300 }), { maxLength: 12 }), fc.boolean(), async (counts, flush) => {
        for (const count of counts) {
          if (count === 0) continue;
          const text = lines(seq, seq + count - 1, 200);
          assert.equal(log.append(Buffer.from(text), count), true);
          wanted += text;
          seq += count;
        }
        if (flush) {
          await log.flush();
          assert.equal(log.lastSeq, seq - 1);
          assert.ok(readFileSync(log.path, "utf8") === wanted);
        }
      }),
      { numRuns: 30 },
    );
    await log.end();
    assert.ok(readFileSync(log.path, "utf8") === wanted);
    assert.equal(log.published.offset, Buffer.byteLength(wanted));
    assert.equal(log.ended, true);
  });

  it("wakes its listeners at growth and at the end, not before", async () => {
    const log = await newLog(cleanup);
    let calls = 0;
    const remove = log.onAppend(() => calls++);
    log.append(Buffer.from(line(1)), 1);
    assert.equal(calls, 0);
    assert.equal(log.lastSeq, 1);
    await until(() => calls === 1, "the readers are told");
    await log.flush();
    assert.equal(calls, 1);
    await log.end();
    assert.equal(calls, 2);
    remove();
    await log.close();
    assert.equal(calls, 2);
  });

  it("refuses lines that would leave a gap, a repeat or half a line, and takes nothing of them", async () => {
    const log = await newLog(cleanup);
    assert.throws(() => log.append(Buffer.from(line(2)), 1), /from seq 1/);
    assert.throws(() => log.append(Buffer.from(line(1).trimEnd()), 1), /whole lines/);
    log.append(Buffer.from(line(1)), 1);
    assert.throws(() => log.append(Buffer.from(line(1)), 1), /from seq 2/);
    await log.end();
    assert.equal(readFileSync(log.path, "utf8"), line(1));
  });

  it("takes nothing after its end", async () => {
    const log = await newLog(cleanup);
    const ending = log.end();
    assert.equal(log.append(Buffer.from(line(1)), 1), false);
    await ending;
    assert.equal(statSync(log.path).size, 0);
  });

  it("refuses more when more than the bound waits, and goes on from the same seq later", async () => {
    const log = await newLog(cleanup, { boundBytes: 100_000 });
    let seq = 1;
    let refused = 0;
    for (let i = 0; i < 50; i++) {
      if (log.append(Buffer.from(lines(seq, seq + 99, 150)), 100)) seq += 100;
      else refused += 1;
    }
    assert.ok(refused > 0 && seq > 1, `${refused} refused`);
    await log.flush();
    assert.equal(log.append(Buffer.from(lines(seq, seq + 9)), 10), true);
    await log.end();
    const seqs = readFileSync(log.path, "utf8")
      .trimEnd()
      .split("\n")
      .map((text) => (JSON.parse(text) as { seq: number }).seq);
    assert.deepEqual(
      seqs,
      Array.from({ length: seq + 9 }, (_, i) => i + 1),
    );
  });

  it("is readable by its owner only", async () => {
    const before = process.umask(0);
    cleanup.add(() => process.umask(before));
    const log = await newLog(cleanup);
    assert.equal(statSync(log.path).mode & 0o777, 0o600);
  });

  it("can be read as soon as a line is taken, from memory, from the file, and across", async () => {
    const log = await newLog(cleanup);
    let wanted = "";
    for (let seq = 1; seq <= 3_000; seq += 100) {
      const text = lines(seq, seq + 99, 300);
      assert.equal(log.append(Buffer.from(text), 100), true);
      wanted += text;
      const { offset } = log.published;
      const whole = Buffer.alloc(offset);
      assert.equal(await log.readAt(whole, 0), offset);
      assert.ok(whole.toString() === wanted, `up to seq ${seq + 99}`);
      const part = Buffer.alloc(1_000);
      assert.equal(await log.readAt(part, offset - 1_000), 1_000);
      assert.ok(wanted.endsWith(part.toString().slice(-100)));
    }
  });

  it("can be read while it is written, also far back", async () => {
    const log = await newLog(cleanup);
    for (let seq = 1; seq <= 5_000; seq += 500) {
      log.append(Buffer.from(lines(seq, seq + 499, 300)), 500);
      await log.flush();
    }
    const position = log.positionBefore(4_000);
    assert.ok(position.seq > 0 && position.seq <= 4_000);
    const buffer = Buffer.alloc(20);
    assert.equal(await log.readAt(buffer, position.offset), 20);
    assert.ok(buffer.toString().startsWith(`{"v":1,"seq":${position.seq + 1},`));
  });
});

const refused = async (path: string, message: RegExp, overwrite = false): Promise<void> => {
  await assert.rejects(createRunLog(path, "r", { overwrite }), (error: unknown) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, message);
    return true;
  });
};

describe("createRunLog", () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  it("keeps what is there, unless it is told to overwrite or it is empty", async () => {
    const path = join(await temporaryDirectory(cleanup), "a.ndjson");
    writeFileSync(path, "old");
    await refused(path, /exists already.*another name/);
    assert.equal(readFileSync(path, "utf8"), "old");
    await (await createRunLog(path, "r", { overwrite: true })).close();
    assert.equal(readFileSync(path, "utf8"), "");
    await (await createRunLog(path, "r")).close();
  });

  it("follows no link and writes into nothing but a new file", async () => {
    const directory = await temporaryDirectory(cleanup);
    const target = join(directory, "target");
    writeFileSync(target, "");
    symlinkSync(target, join(directory, "link"));
    mkdirSync(join(directory, "dir"));
    for (const overwrite of [false, true]) {
      await refused(join(directory, "link"), /not a regular file/, overwrite);
      await refused(join(directory, "dir"), /not a regular file/, overwrite);
      await refused("/dev/null", /not a regular file/, overwrite);
    }
  });

  it("says what is wrong with the place", async () => {
    const directory = await temporaryDirectory(cleanup);
    await refused(join(directory, "no", "a"), /directory does not exist/);
    writeFileSync(join(directory, "file"), "");
    await refused(join(directory, "file", "a"), /not a directory/);
  });
});
