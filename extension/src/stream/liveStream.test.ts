import assert from "node:assert/strict";
import { parseEndpoint } from "./endpoint.ts";
import { LiveStream, type LiveStreamOptions, type StreamState } from "./liveStream.ts";
import { problem, startTestCollector, testEvent, testToken, until, type TestCollector } from "./testCollector.ts";

class Sink {
  readonly got: string[] = [];
  get lastSeq(): number {
    return this.got.length;
  }
  get lastLine(): string | undefined {
    return this.got.at(-1);
  }
  push(line: string): void {
    this.got.push(line);
  }
  room(): Promise<void> {
    return Promise.resolve();
  }
}

describe("LiveStream", () => {
  let collector: TestCollector;
  let sink: Sink;
  let states: StreamState[];
  let stream: LiveStream;

  const makeStream = (more: Partial<LiveStreamOptions> = {}): LiveStream => {
    const parsed = parseEndpoint(collector.url);
    assert.ok(parsed.ok);
    return new LiveStream({
      endpoint: parsed.endpoint,
      run: "r1",
      token: testToken,
      sink,
      policy: () => ({ firstMs: 5, maxMs: 20 }),
      silenceMs: 5000,
      random: () => 0.5,
      onState: (state) => states.push(state),
      ...more,
    });
  };
  const add = (count: number): void => {
    for (let i = 0; i < count; i += 1) collector.lines.push(testEvent(collector.lines.length + 1));
    collector.grown();
  };
  const kinds = (): string[] => states.map((state) => state.kind);
  const failedWith = (): string => {
    const last = states.at(-1);
    return last?.kind === "failed" ? last.failure.code : `not failed: ${last?.kind}`;
  };

  beforeEach(async () => {
    collector = await startTestCollector();
    sink = new Sink();
    states = [];
    stream = makeStream();
  });
  afterEach(async () => {
    stream.stop();
    await collector.close();
  });

  it("replays and then follows", async () => {
    add(100);
    stream.start();
    await until("the replay", () => sink.got.length === 100);
    add(50);
    await until("what followed", () => sink.got.length === 150);
    assert.deepEqual(sink.got, collector.lines);
    assert.deepEqual(kinds(), ["connecting", "live"]);
  });

  it("takes events of types that it does not know", async () => {
    collector.lines.push(
      testEvent(1, "gpu.load", '"x":1'),
      testEvent(2, "error", '"x":1'),
      testEvent(3, "open", '"x":1'),
    );
    stream.start();
    await until("all of them", () => sink.got.length === 3);
  });

  it("resumes after each of many cuts without a gap or a repeat", async () => {
    stream.start();
    for (let round = 0; round < 20; round += 1) {
      add(7);
      await until("some events", () => sink.got.length > round * 7);
      collector.cut();
      add(3);
      await until("the events of before and after the cut", () => sink.got.length === collector.lines.length);
    }
    assert.deepEqual(sink.got, collector.lines);
    assert.ok(collector.resumes.length >= 21);
    assert.equal(collector.resumes[0], "");
    assert.ok(collector.resumes.slice(1).every((id) => /^\d+$/.test(id)));
  });

  it("has one connection at a time, also where the server says when to come back", async () => {
    collector.message = (seq, line) => `retry: 1\nid: ${seq}\ndata: ${line}\n\n`;
    stream = makeStream({ policy: () => ({ firstMs: 40, maxMs: 40 }) });
    add(1);
    stream.start();
    await until("the first event", () => sink.got.length === 1);
    collector.cut();
    await until("the loss", () => states.at(-1)?.kind === "lost");
    await until("the next connection", () => states.at(-1)?.kind === "live");
    add(1);
    await until("the next event", () => sink.got.length === 2);
    assert.equal(collector.resumes.length, 2);
    assert.equal(collector.streamCount(), 1);
  });

  it("comes back when the collector was away, and says so meanwhile", async () => {
    add(5);
    stream.start();
    await until("the first events", () => sink.got.length === 5);
    const { port, lines } = collector;
    await collector.close();
    await until("a lost connection", () => states.filter((state) => state.kind === "lost").length >= 2);
    const lost = states.find((state) => state.kind === "lost");
    assert.ok(lost?.kind === "lost" && lost.retryInMs > 0 && lost.failure.retry);
    collector = await startTestCollector(port);
    collector.lines.push(...lines, testEvent(6));
    await until("the next event", () => sink.got.length === 6);
    assert.equal(states.at(-1)?.kind, "live");
  });

  it("waits longer and longer, and retries at once when told to", async () => {
    await collector.close();
    stream = makeStream({ policy: () => ({ firstMs: 40, maxMs: 60_000 }) });
    stream.start();
    await until("three losses", () => states.filter((state) => state.kind === "lost").length === 3);
    const waits = states.flatMap((state) => (state.kind === "lost" ? [state.retryInMs] : []));
    assert.deepEqual(waits, [30, 60, 120]);
    const { port } = collector;
    stream.stop();
    stream = makeStream({ policy: () => ({ firstMs: 60_000, maxMs: 60_000 }) });
    stream.start();
    await until("a long wait", () => states.at(-1)?.kind === "lost");
    collector = await startTestCollector(port);
    stream.retryNow();
    await until("the connection", () => states.at(-1)?.kind === "live");
  });

  it("asks again at a gap, and fails when the gap stays", async () => {
    add(4);
    collector.message = (seq, line) => (seq === 3 ? "" : `id: ${seq}\ndata: ${line}\n\n`);
    stream.start();
    await until("the failure", () => states.at(-1)?.kind === "failed");
    assert.equal(failedWith(), "gapInStream");
    assert.equal(sink.got.length, 2);
    assert.deepEqual(collector.resumes, ["", "1"]);
  });

  it("gets over a gap that the connection made", async () => {
    add(4);
    let first = true;
    collector.message = (seq, line) => {
      const skip = seq === 3 && first;
      if (skip) first = false;
      return skip ? "" : `id: ${seq}\ndata: ${line}\n\n`;
    };
    stream.start();
    await until("all events", () => sink.got.length === 4);
    assert.deepEqual(sink.got, collector.lines);
  });

  it("refuses repeats and messages without a number", async () => {
    add(2);
    for (const bad of ["id: 1\n", "id: x\n", "id: 02\n"]) {
      sink.got.length = 0;
      collector.message = (seq, line) => `${seq === 2 ? bad : `id: ${seq}\n`}data: ${line}\n\n`;
      stream.start();
      await until("the failure", () => states.at(-1)?.kind === "failed");
      assert.equal(failedWith(), "gapInStream");
      assert.equal(sink.got.length, 1);
    }
  });

  it("stops on a refused token, a run that is gone, and another collector", async () => {
    const cases: readonly (readonly [string, TestCollector["fault"]])[] = [
      ["wrongToken", (_q, r) => problem(r, 401, "wrong-token", "no")],
      ["runGone", (_q, r) => problem(r, 404, "not-found", "no")],
      ["runGone", (_q, r) => problem(r, 400, "resume-point-past-end", "no")],
      ["notACollector", (_q, r) => (r.writeHead(200, { "Content-Type": "text/html" }).end("<html>"), true)],
      ["redirected", (_q, r) => (r.writeHead(301, { Location: "https://evil.example/" }).end(), true)],
    ];
    for (const [code, fault] of cases) {
      collector.fault = fault;
      states = [];
      stream.start();
      await until(code, () => states.at(-1)?.kind === "failed");
      assert.equal(failedWith(), code);
    }
  });

  it("goes on trying through a tunnel's 404 and a server's 503", async () => {
    add(1);
    for (const status of [404, 503]) {
      let left = 3;
      collector.fault = (_request, response) => {
        left -= 1;
        if (left < 0) return false;
        response.writeHead(status, { "Content-Type": "text/html" }).end("tunnel");
        return true;
      };
      states = [];
      sink.got.length = 0;
      stream.start();
      await until("the event", () => sink.got.length === 1);
      assert.equal(states.filter((state) => state.kind === "lost").length, 3);
    }
  });

  it("ends when the run is over, also without its last event", async () => {
    add(3);
    stream.start();
    await until("the events", () => sink.got.length === 3);
    collector.ended = true;
    collector.grown();
    await until("the end", () => states.at(-1)?.kind === "ended");
  });

  it("takes nothing of another run under the same name", async () => {
    add(5);
    stream.start();
    await until("the first events", () => sink.got.length === 5);
    const before = [...sink.got];
    collector.lines.splice(
      0,
      5,
      ...[1, 2, 3, 4, 5, 6, 7].map((seq) => testEvent(seq, "file.read", '"file":{"path":"/x"}')),
    );
    collector.cut();
    await until("the failure", () => states.at(-1)?.kind === "failed");
    assert.equal(failedWith(), "runChanged");
    assert.deepEqual(sink.got, before);
  });

  it("takes nothing of another run also where a connection before brought the last event alone", async () => {
    add(2);
    stream.start();
    await until("the first events", () => sink.got.length === 2);
    const before = [...sink.got];
    collector.cut();
    await until("the last event once more", () => collector.resumes.length === 2 && collector.streamCount() === 1);
    collector.lines.splice(0, 2, ...[1, 2, 3, 4].map((seq) => testEvent(seq, "file.read", '"file":{"path":"/x"}')));
    collector.cut();
    await until("the failure", () => states.at(-1)?.kind === "failed");
    assert.equal(failedWith(), "runChanged");
    assert.deepEqual(sink.got, before);
  });

  it("goes on with the same run where a connection before brought the last event alone", async () => {
    add(2);
    stream.start();
    await until("the first events", () => sink.got.length === 2);
    for (const resumes of [2, 3]) {
      collector.cut();
      await until("a connection", () => collector.resumes.length === resumes && collector.streamCount() === 1);
    }
    add(2);
    collector.grown();
    await until("the events", () => sink.got.length === 4);
    assert.deepEqual(sink.got, collector.lines);
  });

  it("takes silence for a loss", async () => {
    stream = makeStream({ silenceMs: 60 });
    stream.start();
    await until("the loss", () => states.some((state) => state.kind === "lost"));
    const lost = states.find((state) => state.kind === "lost");
    assert.ok(lost?.kind === "lost");
    assert.equal(lost.failure.code, "silent");
  });

  it("does not wait for ever for an answer, nor for the rest of one", async () => {
    stream = makeStream({ silenceMs: 60 });
    const faults: readonly (readonly [string, TestCollector["fault"]])[] = [
      ["silent", () => true],
      [
        "serverFailed",
        (_q, r) => {
          r.writeHead(500, { "Content-Type": "application/problem+json" });
          r.write("{");
          return true;
        },
      ],
    ];
    for (const [code, fault] of faults) {
      collector.fault = fault;
      states = [];
      stream.start();
      // On a busy machine the first of its tries can be too slow for what it is to see.
      await until(code, () => states.some((state) => state.kind === "lost" && state.failure.code === code));
      stream.stop();
    }
  });

  it("stops at an event without an end, and takes one of some megabytes", async () => {
    const event = (seq: number, size: number): string =>
      testEvent(seq, "file.read", `"file":{"path":"/${"x".repeat(size)}"}`);
    collector.lines.push(event(1, 5e6), event(2, 9e6));
    stream.start();
    await until("the failure", () => states.at(-1)?.kind === "failed");
    assert.equal(failedWith(), "eventTooLong");
    assert.equal(sink.got.length, 1);
    assert.equal(collector.resumes.length, 1);
  });

  it("asks for another token where this one can't be sent", async () => {
    stream = makeStream({ token: `${testToken}\nX` });
    stream.start();
    await until("the failure", () => states.at(-1)?.kind === "failed");
    assert.equal(failedWith(), "wrongToken");
    assert.doesNotMatch(JSON.stringify(states), new RegExp(testToken));
  });

  it("reads no faster than the sink has room", async () => {
    const line = testEvent(1, "file.read", `"file":{"path":"/${"x".repeat(100_000)}"}`);
    for (let i = 1; i <= 400; i += 1) collector.lines.push(line.replace('"seq":1', `"seq":${i}`));
    const gate = new AbortController();
    const opened = new Promise<void>((resolve) => gate.signal.addEventListener("abort", () => resolve()));
    let reads = 0;
    sink.room = () => {
      reads += 1;
      return reads > 3 ? opened : Promise.resolve();
    };
    stream.start();
    await until("a full sink", () => reads > 3);
    const then = sink.got.length;
    await new Promise((resolve) => setTimeout(resolve, 150));
    assert.equal(sink.got.length, then);
    assert.ok(then < 100, `${then} lines of 100 kB came before the sink was full`);
    gate.abort();
    await until("the rest", () => sink.got.length === 400);
  });

  it("says nothing more once stopped", async () => {
    add(1);
    stream.start();
    await until("the event", () => sink.got.length === 1);
    stream.stop();
    const count = states.length;
    await until("the end of the connection", () => collector.streamCount() === 0);
    add(5);
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.equal(sink.got.length, 1);
    assert.equal(states.length, count);
  });
});
