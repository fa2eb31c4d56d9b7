import assert from "node:assert/strict";
import { appendFile, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEndpoint } from "../stream/endpoint.ts";
import {
  startLine,
  startTestCollector,
  testEvent,
  testToken,
  until,
  type TestCollector,
} from "../stream/testCollector.ts";
import { LiveRun } from "./liveRun.ts";
import { readChunk, type Cursor } from "./lineStore.ts";

const linesOf = async (run: LiveRun): Promise<string[]> => {
  const lines: string[] = [];
  for (let cursor: Cursor | undefined; ;) {
    const chunk = await readChunk(run.store, cursor, { maxBytes: 1000, maxLines: 50 });
    if (chunk === undefined) return lines;
    lines.push(...Buffer.from(chunk.bytes).toString().trimEnd().split("\n"));
    cursor = chunk.next;
  }
};

describe("LiveRun", () => {
  let folder: string;
  let collector: TestCollector;
  let run: LiveRun;
  let count = 0;

  const open = async (name: string, maxBytes = 1e9, token = testToken): Promise<LiveRun> => {
    const parsed = parseEndpoint(collector.url);
    assert.ok(parsed.ok);
    return await LiveRun.open({
      endpoint: parsed.endpoint,
      run: "r1",
      title: "until known",
      token,
      spoolPath: join(folder, name),
      maxSpoolBytes: () => maxBytes,
      policy: () => ({ firstMs: 5, maxMs: 20 }),
    });
  };
  const add = (...lines: readonly string[]): void => {
    collector.lines.push(...lines);
    collector.grown();
  };
  const addEvents = (n: number): void => {
    for (let i = 0; i < n; i += 1) collector.lines.push(testEvent(collector.lines.length + 1));
    collector.grown();
  };
  const endLine = (): string => testEvent(collector.lines.length + 1, "run.end", '"counts":{},"lost":3');

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "runglass-live-"));
  });
  beforeEach(async () => {
    collector = await startTestCollector();
    count += 1;
    run = await open(`${count}.ndjson`);
  });
  afterEach(async () => {
    await run.dispose(true);
    await collector.close();
  });
  after(() => rm(folder, { recursive: true }));

  it("follows a run to its end, and stores all of it", async () => {
    add(startLine("npm ci"));
    assert.equal(run.title, "until known");
    run.connect();
    await until("the title", () => run.title === "npm ci");
    addEvents(500);
    collector.cut();
    addEvents(500);
    add(endLine());
    await until("the end", () => run.state.kind === "ended");
    assert.deepEqual(run.state, { kind: "ended", complete: true });
    assert.equal(run.summary.lost, 3);
    assert.deepEqual(await linesOf(run), collector.lines);
    await run.flush();
    assert.equal(await readFile(run.path, "utf8"), collector.lines.map((line) => `${line}\n`).join(""));
  });

  it("goes on after a reload from its copy, also when that was cut within a line", async () => {
    add(startLine(), testEvent(2), testEvent(3));
    run.connect();
    await until("three events", () => run.summary.events === 3);
    await run.dispose(true);
    await appendFile(run.path, '{"v":1,"seq":4,"t":1,"ty');
    addEvents(2);
    run = await open(`${count}.ndjson`);
    assert.equal(run.summary.events, 3);
    assert.deepEqual(await linesOf(run), collector.lines.slice(0, 3));
    run.connect();
    await until("all five", () => run.summary.events === 5);
    assert.deepEqual(await linesOf(run), collector.lines);
    assert.equal(collector.resumes.at(-1), "2");
  });

  it("leaves the copy whole where a second window on the same folder opens it too", async () => {
    add(startLine(), testEvent(2));
    run.connect();
    await until("two events", () => run.summary.events === 2);
    await run.flush();
    // As the other window comes to it: within a line that is being written.
    await appendFile(run.path, testEvent(3).slice(0, 20));
    const second = await open(`${count}.ndjson`);
    assert.match(await readFile(run.path, "utf8"), /"seq":3[^\n]*$/);
    addEvents(50);
    await until("all of it", () => run.summary.events === 52);
    assert.equal(second.summary.events, 2);
    second.connect();
    await until("all of it, there too", () => second.summary.events === 52);
    await second.dispose(true);
    assert.deepEqual(await linesOf(run), collector.lines);
    await run.flush();
    assert.equal(await readFile(run.path, "utf8"), collector.lines.map((line) => `${line}\n`).join(""));
  });

  it("fetches again what a damaged copy does not have", async () => {
    add(startLine(), testEvent(2), testEvent(3), testEvent(4));
    run.connect();
    await until("four events", () => run.summary.events === 4);
    await run.dispose(true);
    const text = await readFile(run.path, "utf8");
    await rm(run.path);
    await appendFile(run.path, text.replace('"seq":3', '"seq":8'));
    run = await open(`${count}.ndjson`);
    assert.equal(run.summary.events, 2);
    run.connect();
    await until("all four", () => run.summary.events === 4);
    assert.deepEqual(await linesOf(run), collector.lines);
  });

  it("does not mix another run under the same name into its copy, also after a reload", async () => {
    // The newest line may be longer than what is read of the copy at once.
    const long = testEvent(3, "file.read", `"file":{"path":"/${"x".repeat(9000)}"}`);
    add(startLine(), testEvent(2), long);
    run.connect();
    await until("three events", () => run.summary.events === 3);
    await run.dispose(true);
    const kept = [...collector.lines];
    collector.lines.splice(0, 3, startLine("another"), testEvent(2), testEvent(3), testEvent(4));
    run = await open(`${count}.ndjson`);
    run.connect();
    await until("the failure", () => run.state.kind === "failed");
    assert.equal(run.failure?.code, "runChanged");
    assert.deepEqual(await linesOf(run), kept);
    collector.lines.splice(0, 4, ...kept, testEvent(4));
    run.connect();
    await until("the next event of the same run", () => run.summary.events === 4);
  });

  it("knows after a reload that the run had ended", async () => {
    add(startLine());
    add(endLine());
    run.connect();
    await until("the end", () => run.state.kind === "ended");
    await run.dispose(true);
    await collector.close();
    run = await open(`${count}.ndjson`);
    assert.deepEqual(run.state, { kind: "ended", complete: true });
  });

  it("takes a new token after the old one was refused", async () => {
    await run.dispose(false);
    run = await open(`${count}.ndjson`, 1e9, "old");
    add(startLine());
    run.connect();
    await until("the refusal", () => run.state.kind === "failed");
    assert.equal(run.failure?.code, "wrongToken");
    run.connect(testToken);
    await until("the event", () => run.summary.events === 1);
    assert.equal(run.state.kind, "live");
  });

  it("disconnects at the user's wish, keeps what came, and goes on when asked", async () => {
    add(startLine(), testEvent(2));
    run.connect();
    await until("two events", () => run.summary.events === 2);
    run.disconnect();
    assert.equal(run.failure?.code, "disconnected");
    addEvents(3);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(run.summary.events, 2);
    run.connect();
    await until("all five", () => run.summary.events === 5);
    assert.deepEqual(await linesOf(run), collector.lines);
  });

  it("stops, and loses nothing, when its copy is full", async () => {
    await run.dispose(false);
    run = await open(`${count}.ndjson`, 1000);
    addEvents(100);
    run.connect();
    await until("the failure", () => run.state.kind === "failed");
    assert.equal(run.failure?.code, "copyFull");
    assert.ok((await stat(run.path)).size <= 1000);
    const kept = await linesOf(run);
    assert.deepEqual(kept, collector.lines.slice(0, kept.length));
  });

  it("refuses what is no event, and what claims another number", async () => {
    for (const bad of [
      "{}",
      testEvent(7),
      '{"v":2,"seq":2,"t":1,"type":"x"}',
      '{"v":1,"seq":2,"t":1,"type":"x"}\ndata: forged',
    ]) {
      collector.message = (seq, line) => `id: ${seq}\ndata: ${seq === 2 ? bad : line}\n\n`;
      collector.lines.length = 0;
      add(startLine(), testEvent(2), testEvent(3));
      await run.dispose(false);
      run = await open(`${count}.ndjson`);
      run.connect();
      await until(`a failure for ${bad}`, () => run.state.kind === "failed");
      assert.match(run.failure?.code ?? "", /^(badEvent|newerVersion)$/);
      assert.deepEqual(await linesOf(run), [startLine()]);
    }
  });

  it("goes on without a gap once a broken collector is mended", async () => {
    collector.message = (seq, line) => `id: ${seq}\ndata: ${seq === 2 ? "{}" : line}\n\n`;
    add(startLine(), testEvent(2), testEvent(3));
    run.connect();
    await until("the failure", () => run.state.kind === "failed");
    collector.message = (seq, line) => `id: ${seq}\ndata: ${line}\n\n`;
    run.connect();
    await until("all of it", () => run.summary.events === 3);
    assert.deepEqual(await linesOf(run), collector.lines);
    await run.dispose(true);
    run = await open(`${count}.ndjson`);
    run.connect();
    await until("the same after a reload", () => run.summary.events === 3);
    assert.deepEqual(await linesOf(run), collector.lines);
  });

  it("removes its copy unless it is to be kept", async () => {
    await run.dispose(false);
    await assert.rejects(stat(run.path));
    run = await open(`${count}.ndjson`);
  });
});
