// The run's HTTP requests as a HAR 1.2 document. Bodies, headers and cookies never reach the log, so they are empty here.
import { isKnownEvent } from "../protocol/decode.ts";
import type { HttpRequest, RunEvent, UnknownEvent } from "../protocol/events.ts";
import { BoundedMap } from "./boundedMap.ts";
import { reasonPhrase } from "./reasonPhrase.ts";
import { programName } from "./programs.ts";
import { isoTime } from "./tally.ts";

const MOST_OPEN = 100_000;

interface Flow {
  readonly ip: string;
  readonly port: number;
}

interface Waiting {
  readonly request: HttpRequest;
  readonly flow: Flow | undefined;
  readonly program: string | undefined;
}

/** The document's parts; entries come one at a time, as their responses do. */
export interface HarWriter {
  readonly head: string;
  take(event: RunEvent | UnknownEvent): void;
  /** Writes the requests that no response was seen for. */
  finish(): void;
  readonly foot: string;
}

const HTTP_VERSIONS: Readonly<Record<string, string>> = { "1.0": "HTTP/1.0", "1.1": "HTTP/1.1", "2": "HTTP/2.0" };

/** What stands for the host of a request that names none. */
const authorityOf = (flow: Flow | undefined, isClear: boolean): string => {
  if (flow === undefined) return "unknown.invalid";
  const host = flow.ip.includes(":") ? `[${flow.ip}]` : flow.ip;
  return flow.port === (isClear ? 80 : 443) ? host : `${host}:${flow.port}`;
};

const entryOf = (
  { request, flow, program }: Waiting,
  response?: { readonly status: number; readonly t: number },
): object => {
  const { http } = request;
  const isClear = http.tls === "none";
  const url = `${isClear ? "http" : "https"}://${http.host ?? authorityOf(flow, isClear)}${http.path}`;
  const httpVersion = HTTP_VERSIONS[http.version] ?? http.version;
  const time = response === undefined ? 0 : Math.max(0, (response.t - request.t) / 1000);
  const status = response?.status ?? 0;
  return {
    startedDateTime: isoTime(request.t) ?? new Date(0).toISOString(),
    time,
    request: {
      method: http.method,
      url,
      httpVersion,
      cookies: [],
      headers: http.host === undefined ? [] : [{ name: "Host", value: http.host }],
      queryString: [],
      headersSize: -1,
      bodySize: -1,
    },
    response: {
      status,
      statusText: reasonPhrase(status),
      httpVersion,
      cookies: [],
      headers: [],
      content: { size: 0, mimeType: "" },
      redirectURL: "",
      headersSize: -1,
      bodySize: -1,
      ...(response === undefined ? { comment: "no response was seen" } : {}),
    },
    cache: {},
    timings: { send: 0, wait: time, receive: 0 },
    ...(flow === undefined ? {} : { serverIPAddress: flow.ip, connection: String(flow.port) }),
    comment: `seq ${request.seq}${program === undefined ? "" : `, ${program}`}`,
  };
};

/** `write` takes each piece of the entries in order. */
export const harWriter = (version: string, write: (text: string) => void): HarWriter => {
  const flows = new BoundedMap<string, Flow>(MOST_OPEN);
  const programs = new BoundedMap<string, string>(MOST_OPEN);
  const waiting = new Map<number, Waiting>();
  let entries = 0;
  const put = (entry: object): void => write(`${entries++ === 0 ? "" : ",\n"}${JSON.stringify(entry)}`);
  const flush = (most: number): void => {
    for (const [seq, request] of waiting) {
      if (waiting.size <= most) return;
      waiting.delete(seq);
      put(entryOf(request));
    }
  };
  const creator = JSON.stringify({ name: "Runglass", version });
  return {
    head: `{"log":{"version":"1.2","creator":${creator},"pages":[],"entries":[\n`,
    foot: "\n]}}\n",
    take(event) {
      if (!isKnownEvent(event)) return;
      if (event.type === "net.connect") flows.set(event.flow.id, event.flow.remote);
      else if (event.type === "net.close") flows.delete(event.flow.id);
      else if (event.type === "process.exec") programs.set(event.exec.id, programName(event.exec.exe));
      else if (event.type === "http.request") {
        const flow = event.flow === undefined ? undefined : flows.get(event.flow.id);
        waiting.set(event.seq, { request: event, flow, program: programs.get(event.process ?? "") });
        flush(MOST_OPEN);
      } else if (event.type === "http.response") {
        const request = waiting.get(event.request);
        if (request === undefined) return;
        waiting.delete(event.request);
        put(entryOf(request, { status: event.status, t: event.t }));
      }
    },
    finish: () => flush(0),
  };
};
