import assert from "node:assert/strict";
import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCountingReader } from "./runCounts.ts";

const line = (seq: number, type: string, more = ""): string => `{"v":1,"seq":${seq},"t":1,"type":"${type}"${more}}\n`;

describe("createCountingReader", () => {
  let dir = "";
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "runglass-counts-"));
  });
  afterEach(() => rm(dir, { recursive: true }));

  it("counts nothing while there is no log", async () => {
    const reader = createCountingReader(join(dir, "run.ndjson"));
    assert.equal(await reader.update(), false);
    assert.deepEqual(reader.counts, { processes: 0, connections: 0, files: 0, lost: 0 });
    await reader.close();
  });

  it("counts lines once, also when they arrive in pieces", async () => {
    const path = join(dir, "run.ndjson");
    const reader = createCountingReader(path);
    const text = [
      line(1, "run.start"),
      line(2, "process.exec", ',"exec":{"argv":["ä","type\\":\\"net.connect"]}'),
      line(3, "net.connect"),
      line(4, "file.write"),
      line(5, "file.write"),
      line(6, "loss", ',"source":"file","lost":42'),
    ].join("");
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += 37) {
      await appendFile(path, bytes.subarray(at, at + 37));
      await reader.update();
    }
    assert.deepEqual(reader.counts, { processes: 1, connections: 1, files: 2, lost: 42 });
    await reader.close();
  });
});
