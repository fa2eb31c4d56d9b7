// GET /v1/runs/{run}/events: the run's events as Server-Sent Events, from the resume point on, then followed live.
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { KEEP_ALIVE } from "../../protocol/sse.ts";
import { LogCursor } from "../log/cursor.ts";
import type { ReadableLog } from "../log/readableLog.ts";
import { frameChunk } from "./frameChunk.ts";
import { COMMON_HEADERS } from "./problem.ts";
import { finish, send } from "./sending.ts";
import type { Streams } from "./streams.ts";
import type { Turns } from "./turns.ts";

/**
 * The first event after a quiet moment is sent at once; what follows within a frame of a screen is sent together. Pieces of
 * a few events cost the collector, and each client, more than the events do.
 */
const GATHER_MS = 16;

export interface EventStreamOptions {
  readonly log: ReadableLog;
  readonly after: number;
  readonly streams: Streams;
  readonly turns: Turns;
  readonly keepAliveMs: number;
  /** How soon a client that lost its connection is to come back. */
  readonly retryMs: number;
}

/** Waits for growth of the log; resolves "idle" after `ms` without any. */
const wokenUp = (options: EventStreamOptions, response: ServerResponse, ms: number): Promise<"woken" | "idle"> =>
  new Promise((resolve) => {
    const settle = (why: "woken" | "idle"): void => {
      clearTimeout(timer);
      removeListener();
      response.off("close", wake);
      removeCloseListener();
      resolve(why);
    };
    const wake = (): void => settle("woken");
    const timer = setTimeout(() => settle("idle"), ms);
    const removeListener = options.log.onAppend(wake);
    response.once("close", wake);
    const removeCloseListener = options.streams.onClosing(wake);
  });

export const eventStreamHeaders = {
  ...COMMON_HEADERS,
  "Content-Type": "text/event-stream",
  // Proxies in between must pass each event on at once.
  "X-Accel-Buffering": "no",
} as const;

/** A chunk of at least so many bytes is part of a replay, and waits for its turn. */
const LARGE_BYTES = 32 * 1024;

/**
 * Sends the events after `after`, follows the log, and ends the response after the last event of an ended log. A client
 * that then reconnects is answered 204 by the route, on which a conforming EventSource stops: so an end is not taken for
 * a lost connection. Resolves true where the client was sent all there was, and false where it may come back for more.
 */
export const streamEvents = async (response: ServerResponse, options: EventStreamOptions): Promise<boolean> => {
  const { socket } = response;
  let lastType = "";
  // Clients hang up when they have read the run's end; one whose connection broke has perhaps not read it.
  const hungUp = (): boolean => lastType === "run.end" && socket?.errored === null;

  response.writeHead(200, eventStreamHeaders);
  const cursor = new LogCursor(options.log, options.after);
  let sentAt = 0;
  if (!(await send(response, `retry: ${options.retryMs}\n\n`))) return false;
  for (;;) {
    const chunk = await cursor.read();
    if (chunk !== undefined) {
      if (chunk.bytes.length >= LARGE_BYTES) await options.turns.next();
      const framed = frameChunk(chunk);
      lastType = framed.lastType;
      if (!(await send(response, framed.text, true))) return hungUp();
      sentAt = performance.now();
      continue;
    }
    if (response.destroyed) return hungUp();
    if (cursor.behind) continue;
    if (options.log.ended || options.streams.closing) return (await finish(response)) || hungUp();
    if ((await wokenUp(options, response, options.keepAliveMs)) === "idle") {
      if (!(await send(response, KEEP_ALIVE))) return hungUp();
    } else {
      const gather = sentAt + GATHER_MS - performance.now();
      if (gather > 0 && !options.streams.closing && !options.log.ended) await sleep(gather);
    }
  }
};
