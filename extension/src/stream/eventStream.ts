// One connection to a run's event stream. The `eventsource` package parses it; every other decision (when to come back, from
// where, what a failure means) is taken outside, because the package gives up for good on any status but 200.
import { EventSource, type FetchLike } from "eventsource";
import { closedByServer, eventTooLong, notACollector, silent, wrongToken, type Failure } from "../errors.ts";
import { failureOfAnswer, failureOfError } from "./classify.ts";
import type { Endpoint } from "./endpoint.ts";
import { guardedBody } from "./guardedBody.ts";
import { isToken } from "./token.ts";

/** A longer line is no event of ours: no log with one can be read either. In characters. */
const LONGEST_EVENT = 8 << 20;

export interface EventStreamOptions {
  readonly endpoint: Endpoint;
  readonly run: string;
  readonly token: string;
  /** The last seq that is already here; 0 for none. */
  readonly after: number;
  /** Silence longer than this, also before the answer, ends the connection: the collector sends a keep-alive well within it. */
  readonly silenceMs: number;
  /** Waited for before each read; so a slow disk here slows the reading and not the memory. */
  readonly room: () => Promise<void>;
  readonly onOpen: () => void;
  /** `id` and `data` of one message, as sent. */
  readonly onMessage: (id: string, data: string) => void;
  /** The collector says (204) that the run has ended and all of it was sent. */
  readonly onEnd: () => void;
  /** The connection is over; like `onEnd`, called once, and not after `close`. */
  readonly onFailure: (failure: Failure) => void;
}

export interface EventStream {
  close(): void;
}

/**
 * The package delivers a message only to listeners of its type, and an event type of a newer collector would pass unseen;
 * here every message is taken, whatever its type, before it is dispatched.
 */
class EveryMessageSource extends EventSource {
  take: (event: Event) => void = () => undefined;
  override dispatchEvent(event: Event): boolean {
    this.take(event);
    return true;
  }
}

export const openEventStream = (options: EventStreamOptions): EventStream => {
  const { endpoint, run, token, after } = options;
  const { origin } = endpoint;
  let over = false;
  /** What the fetch below learned, which the package's error event no longer says. */
  let failure: Failure | undefined;
  let ended = false;
  const wasSilent = (): Failure => silent(origin, Math.round(options.silenceMs / 1000));

  const fetchStream: FetchLike = async (input, init) => {
    if (!isToken(token)) {
      failure = wrongToken(origin);
      throw new Error(failure.code);
    }
    let response: Response;
    const patience = new AbortController();
    // The package takes an abort of another kind for its own, and says nothing of it.
    const timer = setTimeout(() => patience.abort(new Error("silence")), options.silenceMs);
    const closing = init.signal as AbortSignal | undefined;
    try {
      response = await fetch(input, {
        signal: AbortSignal.any(closing === undefined ? [patience.signal] : [patience.signal, closing]),
        redirect: "manual",
        cache: "no-store",
        headers: {
          Accept: "text/event-stream",
          Authorization: `Bearer ${token}`,
          ...(after > 0 ? { "Last-Event-ID": String(after) } : {}),
        },
      });
    } catch (error) {
      failure = patience.signal.aborted ? wasSilent() : failureOfError(origin, error);
      clearTimeout(timer);
      throw error;
    }
    if (response.status === 204) ended = true;
    else if (response.status !== 200) failure = await failureOfAnswer(origin, response, run);
    else if (!/^text\/event-stream\b/i.test(response.headers.get("content-type") ?? "")) {
      failure = notACollector(origin, "no event stream");
    }
    clearTimeout(timer);
    const { status, headers, url, redirected } = response;
    const body =
      failure === undefined && response.body !== null
        ? guardedBody(response.body, options.room, options.silenceMs, () => {
            failure = wasSilent();
          })
        : null;
    if (failure !== undefined) void response.body?.cancel().catch(() => undefined);
    return { status, headers, url, redirected, body };
  };

  const source = new EveryMessageSource(`${endpoint.base}/v1/runs/${encodeURIComponent(run)}/events`, {
    fetch: fetchStream,
    maxBufferSize: LONGEST_EVENT,
  });
  source.take = (event) => {
    if (over) return;
    if (event instanceof MessageEvent) options.onMessage(event.lastEventId, event.data as string);
    else if (event.type === "open") options.onOpen();
    else if (event.type === "error") {
      over = true;
      source.close();
      if (ended) {
        options.onEnd();
        return;
      }
      const message = (event as { message?: unknown }).message;
      // The package's own words for it.
      if (typeof message === "string" && message.includes("max buffer size")) {
        failure ??= eventTooLong(origin, LONGEST_EVENT >> 20);
      }
      options.onFailure(
        failure ??
          (typeof message === "string" && message !== ""
            ? failureOfError(origin, new Error(message))
            : closedByServer(origin)),
      );
    }
  };
  return {
    close: () => {
      over = true;
      source.close();
    },
  };
};
