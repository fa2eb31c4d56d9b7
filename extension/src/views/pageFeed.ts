// Feeds one monitor page: its lines in order, each once, and how the run stands. Knows no VS Code: `post` is the webview's.
import type { FromPage, PageCommand, RunSource, SourceState, ToPage } from "../../../webview/protocol/messages.ts";
import { hasMore, readChunk, type ChunkLimits, type Cursor } from "../sessions/lineStore.ts";
import type { RunSession } from "../sessions/runSession.ts";

export interface PageFeedOptions {
  readonly session: RunSession;
  readonly placement: "editor" | "panel";
  /** Title made safe to show. */
  readonly title: () => string;
  /** False where the page was not there to get it. */
  readonly post: (message: ToPage) => PromiseLike<boolean>;
  readonly onError: (error: unknown) => void;
  readonly batchMs?: number;
}

/** For the trickle of a live run, and for the first screen of any. */
const LIMITS: ChunkLimits = { maxBytes: 256 * 1024, maxLines: 1000 };
/** Far behind, the way there and back costs more than the reading, which the page does in slices of a frame anyway. */
const BULK_LIMITS: ChunkLimits = { maxBytes: 1024 * 1024, maxLines: 5000 };
/**
 * Nobody sees more of lines that stream by than two frames apart, and each message costs host, network and page as much as
 * some hundred of its lines do. A line after a quiet moment is sent at once.
 */
const BATCH_MS = 24;
/**
 * What came too early waits for the next that comes, and goes with it, but no longer than so much more: by a timer alone, it
 * would often go just before that.
 */
const LATE_MS = 16;
const MAX_UNACKNOWLEDGED = 2;
const SOURCES: { readonly [K in RunSession["kind"]]: RunSource } = {
  live: "collector",
  file: "file",
  hosted: "github",
};

/** Two states with the same key look the same; loading is told in steps of one percent. */
const stateKey = (state: SourceState): string =>
  state.kind === "loading"
    ? `loading ${Math.floor((100 * state.done) / Math.max(1, state.total))}`
    : JSON.stringify(state);

export class PageFeed {
  readonly #options: PageFeedOptions;
  readonly #stop: (() => void)[];
  #ready = false;
  #cursor: Cursor | undefined;
  #chunk = 0;
  /** Where reading goes on, for each chunk the page has not acknowledged, by chunk number: the place before it. */
  readonly #open = new Map<number, Cursor | undefined>();
  #sentAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #pumping = false;
  /** The page has had all there was, once. */
  #caughtUp = false;
  /** The page can't be reached, or the lines can't be read: nothing is sent until it is back. */
  #away = false;
  /** Counts the page's loads, so that what was read for an earlier page is not sent to a later one. */
  #generation = 0;
  #state = "";
  /** As the page has it. */
  #steps: RunSession["jobSteps"];
  /** To be sent when there is a page. */
  #filter: string | undefined;

  constructor(options: PageFeedOptions) {
    this.#options = options;
    const { session } = options;
    this.#stop = [
      session.onLines(() => this.#pumpSoon()),
      session.onChange(() => {
        this.#sendSteps();
        this.#sendState();
      }),
    ];
  }

  /** Takes a message of the page; the ones that are not about feeding are the caller's. */
  handle(message: FromPage): void {
    if (message.kind === "ready") this.#start();
    else if (message.kind === "ack") {
      this.#open.delete(message.chunk);
      this.#pumpSoon();
    }
  }

  command(command: PageCommand): void {
    this.#post({ kind: "command", command });
  }

  /** Narrows the page to what fits; a page that is still loading does it as soon as it can. */
  filter(text: string): void {
    this.#filter = text;
    if (this.#ready) this.#sendFilter();
  }

  /** The page can be reached again: what it did not get is sent again. */
  resume(): void {
    this.#away = false;
    this.#pumpSoon();
  }

  dispose(): void {
    this.#ready = false;
    this.#generation += 1;
    clearTimeout(this.#timer);
    for (const stop of this.#stop) stop();
  }

  /** The page is new and has no rows. */
  #start(): void {
    const { session, placement, title } = this.#options;
    this.#generation += 1;
    this.#ready = true;
    this.#pumping = false;
    this.#away = false;
    this.#cursor = undefined;
    this.#open.clear();
    this.#caughtUp = false;
    const state = this.#stateForPage() ?? session.state;
    this.#state = stateKey(state);
    const source = SOURCES[session.kind];
    this.#post({ kind: "init", title: title(), state, placement, source, session: session.key });
    this.#steps = undefined;
    this.#sendSteps();
    this.#sendFilter();
    this.#pumpSoon();
  }

  #sendFilter(): void {
    if (this.#filter !== undefined) this.#post({ kind: "filter", text: this.#filter });
    this.#filter = undefined;
  }

  #post(message: ToPage): void {
    if (this.#ready) void this.#options.post(message).then(undefined, this.#options.onError);
  }

  /**
   * A run's end, or a failure, is said when the page has all that came before it. Until a page is up to date for the first
   * time, a log is loading; undefined where there is nothing new to say yet.
   */
  #stateForPage(): SourceState | undefined {
    const { kind, state, store } = this.#options.session;
    const settled = state.kind === "ended" || state.kind === "failed";
    const atEnd = this.#open.size === 0 && !hasMore(store, this.#cursor);
    if (atEnd && state.kind !== "loading") this.#caughtUp = true;
    if (!this.#caughtUp && (settled || kind === "file")) {
      return { kind: "loading", done: this.#cursor?.offset ?? 0, total: store.size };
    }
    return settled && !atEnd ? undefined : state;
  }

  #sendSteps(): void {
    const { jobSteps } = this.#options.session;
    if (!this.#ready || jobSteps === undefined || jobSteps === this.#steps) return;
    this.#steps = jobSteps;
    this.#post({ kind: "jobSteps", steps: jobSteps });
  }

  #sendState(): void {
    const state = this.#stateForPage();
    if (state === undefined) return;
    const key = stateKey(state);
    if (key === this.#state) return;
    this.#state = key;
    this.#post({ kind: "state", state });
  }

  #pumpSoon(): void {
    if (!this.#ready || this.#away || this.#pumping) return;
    const wait = this.#sentAt + (this.#options.batchMs ?? BATCH_MS) - performance.now();
    // A full page behind is not made to wait: batching is for the trickle.
    if (wait <= 0 || this.#waiting() >= LIMITS.maxBytes) this.#pumpNow();
    else this.#timer ??= setTimeout(() => this.#pumpNow(), wait + LATE_MS);
  }

  #pumpNow(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    void this.#pump();
  }

  /** Bytes that the page does not have yet. */
  #waiting(): number {
    const end = this.#options.session.store.extents.at(-1)?.end ?? 0;
    return end - (this.#cursor?.offset ?? 0);
  }

  async #pump(): Promise<void> {
    const { session, post, onError } = this.#options;
    const generation = this.#generation;
    this.#pumping = true;
    try {
      while (this.#ready && !this.#away && this.#open.size < MAX_UNACKNOWLEDGED) {
        const before = this.#cursor;
        const bulk = before !== undefined && this.#waiting() >= BULK_LIMITS.maxBytes;
        const chunk = await readChunk(session.store, before, bulk ? BULK_LIMITS : LIMITS);
        if (generation !== this.#generation) return;
        if (chunk === undefined) break;
        this.#cursor = chunk.next;
        this.#chunk += 1;
        const number = this.#chunk;
        this.#open.set(number, before);
        this.#sentAt = performance.now();
        void post({ kind: "lines", bytes: chunk.bytes, firstSeq: chunk.firstSeq, chunk: number }).then((delivered) => {
          if (!delivered && generation === this.#generation) this.#takeBack(number);
        }, onError);
        if (this.#waiting() < LIMITS.maxBytes) break;
      }
    } catch (error) {
      this.#away = true;
      onError(error);
    } finally {
      if (generation === this.#generation) {
        this.#pumping = false;
        this.#sendState();
        if (hasMore(session.store, this.#cursor) && this.#open.size < MAX_UNACKNOWLEDGED) this.#pumpSoon();
      }
    }
  }

  /** A hidden page gets nothing; reading goes back to before the oldest chunk it missed, until `resume`. */
  #takeBack(number: number): void {
    if (!this.#open.has(number)) return;
    const missed = [...this.#open.keys()].filter((open) => open >= number);
    this.#cursor = this.#open.get(number);
    for (const open of missed) this.#open.delete(open);
    this.#away = true;
    this.#generation += 1;
    this.#pumping = false;
  }
}
