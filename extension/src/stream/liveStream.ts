// Keeps on reading a run's event stream until the run ends: resumes after each loss, exactly where it stood, and says how
// it stands. It holds no events itself; the sink does.
import { badEvent, gapInStream, runChanged, wrongToken, type Failure } from "../errors.ts";
import type { Endpoint } from "./endpoint.ts";
import { openEventStream, type EventStream } from "./eventStream.ts";
import { reconnectDelay, type ReconnectPolicy } from "./reconnectPolicy.ts";

/** Where the events go. `push` may throw a `UserError`-like failure through `LiveStream.fail`. */
export interface LineSink {
  /** seq of the last event taken; the next must be one more. */
  readonly lastSeq: number;
  /** That event as it was taken: what the collector must still have, for what follows to be of the same run. */
  readonly lastLine: string | undefined;
  push(line: string): void;
  /** Resolves when more may be read. */
  room(): Promise<void>;
}

export type StreamState =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  | { readonly kind: "lost"; readonly failure: Failure; readonly retryInMs: number }
  | { readonly kind: "failed"; readonly failure: Failure }
  /** The collector has sent all and the run is over, with or without its `run.end`. */
  | { readonly kind: "ended" }
  | { readonly kind: "stopped" };

export interface LiveStreamOptions {
  readonly endpoint: Endpoint;
  readonly run: string;
  readonly token: string;
  readonly sink: LineSink;
  readonly policy: () => ReconnectPolicy;
  readonly silenceMs: number;
  readonly onState: (state: StreamState) => void;
  readonly random: () => number;
}

/** The collector sends a keep-alive every 15 s at most; three in a row missing is a dead connection. */
export const SILENCE_MS = 50_000;

export class LiveStream {
  readonly #options: LiveStreamOptions;
  #stream: EventStream | undefined;
  #timer: NodeJS.Timeout | undefined;
  #attempt = 0;
  /** The expected seq at which the collector last sent another one. */
  #gapAt = 0;
  /** How this connection stands: whether the last event is to come once more, has come, and was followed by others. */
  #repeat: "none" | "awaited" | "came" | "passed" = "none";
  #stopped = true;

  constructor(options: LiveStreamOptions) {
    this.#options = options;
  }

  /** Starts, or starts again after a stop or a failure, after the sink's last event. */
  start(): void {
    this.#halt();
    this.#stopped = false;
    this.#attempt = 0;
    this.#gapAt = 0;
    this.#repeat = "none";
    this.#options.onState({ kind: "connecting" });
    this.#connect();
  }

  /** Does not wait for the rest of the present delay. */
  retryNow(): void {
    if (this.#timer !== undefined) this.start();
  }

  /** Ends for good until `start`. */
  stop(): void {
    if (this.#stopped) return;
    this.#halt();
    this.#options.onState({ kind: "stopped" });
  }

  /** Ends because what came can't be taken. */
  fail(failure: Failure): void {
    if (this.#stopped) return;
    this.#halt();
    this.#options.onState({ kind: "failed", failure });
  }

  #halt(): void {
    this.#stopped = true;
    this.#stream?.close();
    this.#stream = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #connect(): void {
    const { endpoint, run, token, sink, silenceMs, onState } = this.#options;
    // Whoever answers now may have another run under the same name, so the last event is asked for once more. Where it came and
    // nothing else did, the run may be over: that is said only to who has all.
    const isAnyMore = this.#repeat === "came";
    this.#repeat = isAnyMore || sink.lastLine === undefined ? "none" : "awaited";
    this.#stream = openEventStream({
      endpoint,
      run,
      token,
      after: this.#repeat === "awaited" ? sink.lastSeq - 1 : sink.lastSeq,
      silenceMs,
      room: () => sink.room(),
      onOpen: () => onState({ kind: "live" }),
      onMessage: (id, data) => this.#take(id, data),
      onEnd: () => {
        this.#halt();
        onState({ kind: "ended" });
      },
      onFailure: (failure) => this.#lost(failure),
    });
  }

  #take(id: string, data: string): void {
    const { endpoint, run, sink } = this.#options;
    if (this.#repeat === "none" && sink.lastLine !== undefined) {
      // The run goes on after all, and nothing has said yet that it is the same one.
      this.#stream?.close();
      this.#repeat = "passed";
      this.#connect();
      return;
    }
    const isRepeat = this.#repeat === "awaited";
    const expected = isRepeat ? sink.lastSeq : sink.lastSeq + 1;
    if (id !== String(expected)) {
      const failure = gapInStream(endpoint.origin, expected, /^\d{1,16}$/.test(id) ? id : "without a number");
      // A proxy that lost a part is cured by asking again; a collector that has not got the event is not.
      if (this.#gapAt === expected) this.fail(failure);
      else {
        this.#gapAt = expected;
        this.#stream?.close();
        this.#lost({ ...failure, retry: true });
      }
      return;
    }
    if (isRepeat) {
      this.#repeat = "came";
      if (data !== sink.lastLine) this.fail(runChanged(endpoint.origin, run));
      return;
    }
    // The copy has one event a line, and JSON needs no line end within.
    if (data.includes("\n")) {
      this.fail(badEvent(endpoint.origin, expected, "it has more than one line"));
      return;
    }
    this.#attempt = 0;
    this.#repeat = "passed";
    sink.push(data);
  }

  #lost(failure: Failure): void {
    this.#stream = undefined;
    if (this.#stopped) return;
    if (!failure.retry) {
      this.fail(failure);
      return;
    }
    this.#attempt += 1;
    const { policy, random, onState } = this.#options;
    const retryInMs = reconnectDelay(policy(), this.#attempt, random());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#connect();
    }, retryInMs);
    onState({ kind: "lost", failure, retryInMs });
  }
}

/** Whether a failure is cured by another token, so that the user is asked for one. */
export const needsToken = (failure: Failure): boolean => failure.code === wrongToken("").code;
