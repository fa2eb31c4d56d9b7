import assert from "node:assert/strict";
import fc from "fast-check";
import { testEvent } from "../stream/testCollector.ts";
import { hasMore, readChunk, type Cursor, type LineStore } from "./lineStore.ts";
import { LogScanner } from "./logScanner.ts";

const storeOf = (text: string): LineStore => {
  const bytes = Buffer.from(text);
  const scanner = new LogScanner();
  scanner.feed(bytes, 0);
  return {
    extents: scanner.extents,
    size: bytes.length,
    readBytes: (start, end) => Promise.resolve(new Uint8Array(bytes.subarray(start, end))),
  };
};

const readAll = async (store: LineStore, maxBytes: number, maxLines: number): Promise<Map<number, string>> => {
  const seen = new Map<number, string>();
  let cursor: Cursor | undefined;
  for (;;) {
    const chunk = await readChunk(store, cursor, { maxBytes, maxLines });
    if (chunk === undefined) break;
    const lines = Buffer.from(chunk.bytes).toString().replace(/\n$/, "").split("\n");
    assert.equal(lines.length, chunk.lines);
    assert.ok(lines.length <= maxLines);
    lines.forEach((line, i) => seen.set(chunk.firstSeq + i, line));
    cursor = chunk.next;
    assert.equal(hasMore(store, cursor), (await readChunk(store, cursor, { maxBytes, maxLines })) !== undefined);
  }
  return seen;
};

describe("readChunk", () => {
  it("gives nothing where there is nothing", async () => {
    assert.equal(await readChunk(storeOf(""), undefined, { maxBytes: 10, maxLines: 10 }), undefined);
  });

  it("gives every readable line once and in order, whatever the limits and the damage", async () => {
    const line = fc.oneof(
      { weight: 8, arbitrary: fc.constant("next") },
      fc.constant("skip"),
      fc.constant("empty"),
      fc.constant("junk"),
      fc.constant("long"),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 40 }),
        fc.integer({ min: 1, max: 600 }),
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        async (kinds, maxBytes, maxLines, ended) => {
          const wanted = new Map<number, string>();
          let seq = 0;
          const lines = kinds.map((kind) => {
            if (kind === "empty") return "";
            if (kind === "junk") return "{junk";
            seq += kind === "skip" ? 3 : 1;
            const text = testEvent(seq, "x", `"pad":"${"é".repeat(kind === "long" ? 900 : seq % 5)}"`);
            wanted.set(seq, text);
            return text;
          });
          const text = lines.join("\n") + (ended && lines.length > 0 ? "\n" : "");
          assert.deepEqual(await readAll(storeOf(text), maxBytes, maxLines), wanted);
        },
      ),
    );
  });

  it("gives a buffer of its own, to be posted as it is", async () => {
    const chunk = await readChunk(storeOf(`${testEvent(1)}\n${testEvent(2)}\n`), undefined, {
      maxBytes: 1e6,
      maxLines: 1,
    });
    assert.equal(Buffer.from(chunk!.bytes).toString(), `${testEvent(1)}\n`);
  });
});
