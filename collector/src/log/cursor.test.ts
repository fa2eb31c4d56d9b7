import assert from "node:assert/strict";
import fc from "fast-check";
import { LogCursor } from "./cursor.ts";
import type { Position, ReadableLog } from "./readableLog.ts";
import { SparseIndex } from "./sparseIndex.ts";

/** A log in memory, published up to `published`. */
const memoryLog = (texts: readonly string[], publishedLines: number): ReadableLog & { publish(n: number): void } => {
  const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(""));
  const index = new SparseIndex(20, 16);
  const ends: Position[] = [{ seq: 0, offset: 0 }];
  for (const [i, text] of texts.entries()) {
    const end = { seq: i + 1, offset: ends[i]!.offset + Buffer.byteLength(text) + 1 };
    ends.push(end);
    index.offer(end.seq, end.offset);
  }
  let published = ends[publishedLines]!;
  return {
    get published() {
      return published;
    },
    ended: false,
    reachableSeq: texts.length,
    positionBefore: (seq) => index.floor(Math.min(seq, published.seq)),
    readAt: (buffer, offset) => Promise.resolve(bytes.copy(buffer, 0, offset, offset + buffer.length)),
    onAppend: () => () => undefined,
    publish: (n) => void (published = ends[n]!),
  };
};

const readAll = async (cursor: LogCursor): Promise<{ seqs: number[]; text: string }> => {
  const seqs: number[] = [];
  let text = "";
  for (let chunk = await cursor.read(); chunk !== undefined; chunk = await cursor.read()) {
    seqs.push(chunk.firstSeq);
    text += chunk.bytes.toString();
  }
  return { seqs, text };
};

describe("LogCursor", () => {
  it("reads each line once and in order, from any seq, by any chunk size, while the log grows", async () => {
    const texts = fc.array(
      fc.string({ maxLength: 80 }).map((text) => text.replaceAll("\n", "")),
      { minLength: 1 },
    );
    await fc.assert(
      fc.asyncProperty(texts, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 64 }), async (all, a, b, chunkBytes) => {
        const after = a % (all.length + 1);
        const first = b % (all.length + 1);
        const log = memoryLog(all, first);
        const cursor = new LogCursor(log, after, chunkBytes);
        const early = await readAll(cursor);
        log.publish(all.length);
        const late = await readAll(cursor);
        assert.equal(
          early.text + late.text,
          all
            .slice(after)
            .map((text) => `${text}\n`)
            .join(""),
        );
        if (early.seqs.length > 0) assert.equal(early.seqs[0], after + 1);
        assert.equal(cursor.behind, false);
      }),
    );
  });

  it("numbers its chunks", async () => {
    const log = memoryLog(["a", "bb", "ccc", "d"], 4);
    assert.deepEqual((await readAll(new LogCursor(log, 0, 4))).seqs, [1, 2, 3, 4]);
    assert.deepEqual((await readAll(new LogCursor(log, 1, 1024))).seqs, [2]);
  });

  it("fails loudly where the file was cut", async () => {
    const log = { ...memoryLog(["abc", "def"], 2), readAt: () => Promise.resolve(0) };
    await assert.rejects(readAll(new LogCursor(log, 0)), /cut short/);
  });
});
