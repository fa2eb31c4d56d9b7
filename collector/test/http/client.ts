// Clients as users have them: the `eventsource` package, and plain node:http for what must be looked at byte by byte.
import { Agent, request, type IncomingMessage } from "node:http";
import { EventSource, type ErrorEvent } from "eventsource";
import { AUTHORISED, type Cleanup } from "./support.ts";

export interface Received {
  readonly id: string;
  readonly data: string;
}

export interface Follower {
  readonly source: EventSource;
  readonly received: Received[];
  /** Resolves when the stream was ended by the server for good. */
  readonly ended: Promise<void>;
  readonly opened: number;
}

/** Follows a run with the `eventsource` package. */
export const follow = (cleanup: Cleanup, url: string, types: readonly string[]): Follower => {
  const received: Received[] = [];
  let opened = 0;
  const source = new EventSource(url, {
    fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, ...AUTHORISED } }),
  });
  cleanup.add(() => source.close());
  for (const type of types) {
    source.addEventListener(type, (event) => {
      received.push({ id: event.lastEventId, data: String(event.data) });
    });
  }
  source.addEventListener("open", () => opened++);
  const ended = new Promise<void>((resolve, reject) => {
    source.addEventListener("error", (event: ErrorEvent) => {
      if (event.code === 204) resolve();
      else if (event.code !== undefined && event.code >= 400) reject(new Error(`HTTP ${event.code}`));
    });
  });
  ended.catch(() => undefined);
  return {
    source,
    received,
    ended,
    get opened() {
      return opened;
    },
  };
};

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Leave out the token. */
  readonly anonymous?: boolean;
}

/** One request with node:http, which sends Host and other headers just as they are told. */
export const ask = (url: string, { method = "GET", headers, body, anonymous }: Ask = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const agent = new Agent({ keepAlive: false });
    const all = { ...(anonymous === true ? {} : AUTHORISED), ...headers };
    const outgoing = request(url, { method, headers: all, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });

/** Opens an event stream and gives the response; the caller reads it, or does not. */
export const openStream = (
  cleanup: Cleanup,
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const agent = new Agent({ keepAlive: false });
    const outgoing = request(url, { headers: { ...AUTHORISED, ...headers }, agent }, resolve);
    outgoing.on("error", reject);
    cleanup.add(() => outgoing.destroy());
    outgoing.end();
  });
