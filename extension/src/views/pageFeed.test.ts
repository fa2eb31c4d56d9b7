import assert from "node:assert/strict";
import type { SourceState, ToPage } from "../../../webview/protocol/messages.ts";
import { LogScanner } from "../sessions/logScanner.ts";
import type { RunSession } from "../sessions/runSession.ts";
import { createSignal } from "../sessions/signal.ts";
import { testEvent, until } from "../stream/testCollector.ts";
import { PageFeed, type PageFeedOptions } from "./pageFeed.ts";

/** A session whose lines are in memory. */
class Run implements RunSession {
  readonly key = "k";
  kind: "live" | "file" = "live";
  readonly origin = "http://127.0.0.1:1";
  readonly title = "npm ci";
  readonly path = "";
  readonly failure = undefined;
  readonly summary;
  readonly store;
  state: SourceState = { kind: "live" };
  jobSteps: NonNullable<RunSession["jobSteps"]> = [];
  reads = 0;
  #bytes = Buffer.alloc(0);
  #seq = 0;
  readonly #scanner = new LogScanner();
  readonly #lines = createSignal<void>();
  readonly #changes = createSignal<void>();

  constructor() {
    this.summary = this.#scanner.summary;
    const bytes = (): Buffer => this.#bytes;
    this.store = {
      extents: this.#scanner.extents,
      get size() {
        return bytes().length;
      },
      readBytes: async (start: number, end: number) => {
        this.reads += 1;
        await new Promise((resolve) => setImmediate(resolve));
        return bytes().subarray(start, end);
      },
    };
  }
  add(count: number): void {
    let text = "";
    for (let i = 0; i < count; i += 1) text += `${testEvent((this.#seq += 1))}\n`;
    const more = Buffer.from(text);
    this.#scanner.feed(more, this.#bytes.length);
    this.#bytes = Buffer.concat([this.#bytes, more]);
    this.#lines.fire();
    this.#changes.fire();
  }
  set(state: SourceState): void {
    this.state = state;
    this.#changes.fire();
  }
  onLines(listener: () => void): () => void {
    return this.#lines.listen(listener);
  }
  onChange(listener: () => void): () => void {
    return this.#changes.listen(listener);
  }
  flush(): Promise<void> {
    return Promise.resolve();
  }
  dispose(): Promise<void> {
    return Promise.resolve();
  }
}

/** A page that keeps what it is sent, and acknowledges when told to. */
class Page {
  readonly messages: ToPage[] = [];
  seqs: number[] = [];
  unacked: number[] = [];
  mostUnacked = 0;
  hidden = false;
  autoAck = true;
  feed: PageFeed | undefined;

  post(message: ToPage): Promise<boolean> {
    if (this.hidden) return Promise.resolve(false);
    this.messages.push(message);
    if (message.kind === "init") this.seqs = [];
    if (message.kind === "lines") {
      const lines = Buffer.from(message.bytes).toString().trimEnd().split("\n");
      const got = lines.map((line) => (JSON.parse(line) as { seq: number }).seq);
      assert.equal(got[0], message.firstSeq);
      this.seqs.push(...got);
      this.unacked.push(message.chunk);
      this.mostUnacked = Math.max(this.mostUnacked, this.unacked.length);
      if (this.autoAck) setImmediate(() => this.ack());
    }
    return Promise.resolve(true);
  }
  ack(): void {
    const chunk = this.unacked.shift();
    if (chunk !== undefined) this.feed?.handle({ kind: "ack", chunk });
  }
  states(): string[] {
    return this.messages.flatMap((m) => (m.kind === "state" || m.kind === "init" ? [m.state.kind] : []));
  }
  get complete(): boolean {
    return this.seqs.every((seq, i) => seq === i + 1);
  }
}

describe("PageFeed", () => {
  let run: Run;
  let page: Page;
  let feed: PageFeed;
  let errors: unknown[];

  const start = (more: Partial<PageFeedOptions> = {}): void => {
    feed = new PageFeed({
      session: run,
      placement: "editor",
      title: () => "npm ci",
      post: (message) => page.post(message),
      onError: (error) => errors.push(error),
      ...more,
    });
    page.feed = feed;
  };

  beforeEach(() => {
    run = new Run();
    page = new Page();
    errors = [];
    start();
  });
  afterEach(() => {
    feed.dispose();
    assert.deepEqual(errors, []);
  });

  it("sends nothing before the page is ready, then all", async () => {
    run.add(2500);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(page.messages.length, 0);
    feed.handle({ kind: "ready" });
    await until("all lines", () => page.seqs.length === 2500);
    assert.ok(page.complete);
    assert.deepEqual(page.messages[0], {
      kind: "init",
      title: "npm ci",
      state: { kind: "live" },
      placement: "editor",
      source: "collector",
      session: "k",
    });
    assert.deepEqual(page.messages[1], { kind: "jobSteps", steps: [] });
  });

  it("sends what GitHub says of steps, each time that it has changed, and to a new page again", async () => {
    const steps = (): number[] => page.messages.flatMap((m) => (m.kind === "jobSteps" ? [m.steps.length] : []));
    run.jobSteps = [{ number: 1, name: "Set up job" }];
    feed.handle({ kind: "ready" });
    run.add(1);
    run.add(1);
    assert.deepEqual(steps(), [1]);
    run.jobSteps = [...run.jobSteps, { number: 2, name: "Run it" }];
    run.add(1);
    assert.deepEqual(steps(), [1, 2]);
    feed.handle({ kind: "ready" });
    assert.deepEqual(steps(), [1, 2, 2]);
  });

  it("never has more than two chunks under way, nor larger ones than a page reads at a time", async () => {
    page.autoAck = false;
    run.add(20_000);
    feed.handle({ kind: "ready" });
    await until("two chunks", () => page.unacked.length === 2);
    await new Promise((resolve) => setTimeout(resolve, 40));
    assert.equal(page.unacked.length, 2);
    page.autoAck = true;
    page.ack();
    page.ack();
    await until("all lines", () => page.seqs.length === 20_000);
    assert.equal(page.mostUnacked, 2);
    const sizes = page.messages.flatMap((message) => (message.kind === "lines" ? [message.bytes.byteLength] : []));
    assert.ok(sizes[0]! <= 256 * 1024, "the first screen waits for too much");
    assert.ok(Math.max(...sizes) <= 1024 * 1024);
  });

  it("sends a single line at once, and a trickle in batches of a frame", async () => {
    feed.handle({ kind: "ready" });
    // A busy machine can be late at any time; one that waits for a batch is late every time.
    let soonest = Infinity;
    let sent = 0;
    while (soonest >= 12 && sent < 40) {
      await new Promise((resolve) => setTimeout(resolve, 40));
      const before = performance.now();
      run.add(1);
      sent += 1;
      await until("the line", () => page.seqs.length === sent);
      soonest = Math.min(soonest, performance.now() - before);
    }
    assert.ok(soonest < 12, "waited for a batch");
    for (let i = 0; i < 100; i += 1) {
      run.add(1);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await until("all lines", () => page.seqs.length === sent + 100);
    const batches = page.messages.filter(({ kind }) => kind === "lines").length - sent;
    assert.ok(batches < 40, `${batches} messages for 100 lines`);
    assert.ok(page.complete);
  });

  it("starts over for a page that loads anew, even amid its reading", async () => {
    run.add(4000);
    feed.handle({ kind: "ready" });
    await new Promise((resolve) => setImmediate(resolve));
    page.unacked = [];
    feed.handle({ kind: "ready" });
    await until("all lines", () => page.seqs.length === 4000);
    assert.ok(page.complete);
  });

  it("sends again what a hidden page did not get", async () => {
    run.add(1500);
    feed.handle({ kind: "ready" });
    await until("the first lines", () => page.seqs.length === 1500);
    page.hidden = true;
    run.add(3000);
    await new Promise((resolve) => setTimeout(resolve, 60));
    const { reads } = run;
    run.add(1000);
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.equal(run.reads, reads, "reads for a page that is away");
    page.hidden = false;
    feed.resume();
    await until("all lines", () => page.seqs.length === 5500);
    assert.ok(page.complete);
  });

  it("says that the run ended only behind its last line", async () => {
    run.add(3000);
    run.set({ kind: "ended", complete: true });
    feed.handle({ kind: "ready" });
    await until("the end", () => page.states().at(-1) === "ended");
    assert.equal(page.seqs.length, 3000);
    assert.ok(
      page
        .states()
        .slice(0, -1)
        .every((kind) => kind === "loading"),
    );
    const lastLines = page.messages.findLastIndex(({ kind }) => kind === "lines");
    const ended = page.messages.findLastIndex((m) => m.kind === "state" && m.state.kind === "ended");
    assert.ok(ended > lastLines);
  });

  it("tells a file that is still being written as loading first, and then as live throughout", async () => {
    run.kind = "file";
    run.add(3000);
    feed.handle({ kind: "ready" });
    await until("the whole file", () => page.states().at(-1) === "live");
    assert.equal(page.seqs.length, 3000);
    for (let i = 0; i < 10; i += 1) {
      run.add(50);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    run.add(400);
    run.set({ kind: "ended", complete: true });
    await until("the end", () => page.states().at(-1) === "ended");
    assert.equal(page.seqs.length, 3900);
    assert.deepEqual(
      page.states().filter((kind) => kind !== "loading"),
      ["live", "ended"],
    );
  });

  it("says each state once", async () => {
    feed.handle({ kind: "ready" });
    run.set({ kind: "live" });
    run.set({ kind: "lost", reason: "r", retryInMs: 5 });
    run.set({ kind: "lost", reason: "r", retryInMs: 5 });
    run.set({ kind: "live" });
    assert.deepEqual(page.states(), ["live", "lost", "live"]);
    await Promise.resolve();
  });

  it("narrows a page that is still loading as soon as it is there, and once", () => {
    feed.filter("pid:1");
    feed.filter("pid:2");
    feed.handle({ kind: "ready" });
    feed.handle({ kind: "ready" });
    feed.filter("pid:3");
    const filters = page.messages.flatMap((message) => (message.kind === "filter" ? [message.text] : []));
    assert.deepEqual(filters, ["pid:2", "pid:3"]);
    assert.ok(
      page.messages.findIndex(({ kind }) => kind === "init") < page.messages.findIndex(({ kind }) => kind === "filter"),
    );
  });

  it("reports lines that can't be read, and tries no more until the page is back", async () => {
    feed.dispose();
    run.store.readBytes = () => {
      run.reads += 1;
      return Promise.reject(new Error("gone"));
    };
    start();
    run.add(10);
    feed.handle({ kind: "ready" });
    await until("the error", () => errors.length === 1);
    run.add(10);
    await new Promise((resolve) => setTimeout(resolve, 40));
    assert.equal(run.reads, 1);
    errors = [];
  });
});
