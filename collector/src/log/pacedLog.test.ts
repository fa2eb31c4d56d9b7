import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Cleanup, sleep, temporaryDirectory } from "../../test/http/support.ts";
import { LogCursor } from "./cursor.ts";
import { paceLog } from "./pacedLog.ts";
import { openRecordedLog, type OpenedLog } from "./recordedLog.ts";

const at = (seq: number, ms: number): string =>
  `{"v":1,"seq":${seq},"t":${1_790_000_000_000_000 + ms * 1000},"type":"loss","source":"ring","lost":1}\n`;

describe("a recording", () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  const open = async (text: string): Promise<OpenedLog> => {
    const path = join(await temporaryDirectory(cleanup), "a.ndjson");
    writeFileSync(path, text);
    const opened = await openRecordedLog(path);
    cleanup.add(opened.close);
    return opened;
  };

  it("reads as if its last line had a line end", async () => {
    const { log } = await open((at(1, 0) + at(2, 0)).trimEnd());
    const chunk = await new LogCursor(log, 0).read();
    assert.equal(chunk?.bytes.toString(), at(1, 0) + at(2, 0));
    assert.equal(log.published.offset, (at(1, 0) + at(2, 0)).length);
  });

  it("leaves out a cut-off last line", async () => {
    const { log, notice } = await open(at(1, 0) + at(2, 0).slice(0, 30));
    assert.equal((await new LogCursor(log, 0).read())?.bytes.toString(), at(1, 0));
    assert.match(notice ?? "", /cut off in line 2/);
  });

  it("is published again at the pace of its events", async () => {
    const { log } = await open(at(1, 0) + at(2, 0) + at(3, 2_000) + at(4, 1_000) + at(5, 4_000));
    const started = performance.now();
    const paced = paceLog(log, 10);
    const times: (readonly [number, number])[] = [];
    paced.onAppend(() => times.push([paced.published.seq, performance.now() - started]));
    await paced.done;
    assert.equal(paced.ended, true);
    const seen = (seq: number): number => times.find(([published]) => published >= seq)![1];
    // An event with an earlier time than the one before is not held back.
    for (const [seq, due] of [
      [1, 0],
      [2, 0],
      [3, 200],
      [4, 200],
      [5, 400],
    ] as const) {
      assert.ok(seen(seq) >= due - 5 && seen(seq) < due + 150, `seq ${seq} after ${seen(seq)} ms, due ${due}`);
    }
  });

  it("stops at once", async () => {
    const { log } = await open(at(1, 0) + at(2, 3_600_000));
    const paced = paceLog(log, 1);
    await sleep(30);
    assert.equal(paced.published.seq, 1);
    paced.stop();
    await paced.done;
    assert.equal(paced.ended, false);
  });

  it("waits for a seq that it has not published yet", async () => {
    const { log } = await open(at(1, 0) + at(2, 100) + at(3, 100));
    const paced = paceLog(log, 1);
    const cursor = new LogCursor(paced, 2);
    assert.equal(await cursor.read(), undefined);
    await paced.done;
    assert.equal((await cursor.read())?.bytes.toString(), at(3, 100));
  });
});
