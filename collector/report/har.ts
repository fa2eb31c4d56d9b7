// The run's HTTP requests as a HAR 1.2 document. Bodies, headers and cookies never reach the log, so they are empty here, and
// sizes are -1. What HAR has no field for (who asked, in which step, what the policy says) is in fields that begin with "_".
import { isKnownEvent } from "../protocol/decode.ts";
import type {
  EventBase,
  ExecInfo,
  HttpRequest,
  NetConnect,
  RunEvent,
  StepInfo,
  ToolInfo,
  UnknownEvent,
  Verdict,
} from "../protocol/events.ts";
import { BoundedMap } from "./boundedMap.ts";
import { programName } from "./programs.ts";
import { reasonPhrase } from "./reasonPhrase.ts";
import { isoTime } from "./tally.ts";
import { wellFormedUrl } from "./wellFormed.ts";

const MOST_OPEN = 100_000;
const MOST_PROCESSES = 50_000;
const MOST_NAMES = 5_000;
const LONGEST_COMMAND = 300;
/** Nobody's requests have longer ones. A line of the log may be a thousand times as long, and very many are remembered. */
const LONGEST_PATH = 8_192;
const LONGEST_WORD = 1_024;
/** Entries that are written at the end before whoever takes them is waited for. */
const AT_ONCE = 100;

interface Flow {
  readonly id: string;
  readonly ip: string;
  readonly port: number;
}

/** Who asked, as far as it is known. */
interface Asker {
  readonly id: string;
  readonly pid?: number;
  readonly program?: string;
  readonly commandLine?: string;
}

interface Named {
  readonly id: string;
  readonly name?: string;
  readonly number?: number;
}

/** What of a request its entry needs. */
interface Request {
  readonly seq: number;
  readonly t: number;
  readonly http: HttpRequest["http"];
  readonly verdict: Verdict | undefined;
  readonly rule: string | undefined;
}

interface Waiting {
  readonly request: Request;
  readonly flow: Flow | undefined;
  readonly process: Asker | undefined;
  readonly step: Named | undefined;
  readonly tool: Named | undefined;
}

/** The document's parts; entries come one at a time, as their responses do. */
export interface HarWriter {
  readonly head: string;
  take(event: RunEvent | UnknownEvent): void;
  /** Writes the requests that no response was seen for. `drained` resolves when what was written so far has been taken. */
  finish(drained: () => void | Promise<void>): Promise<void>;
  readonly foot: string;
}

const HTTP_VERSIONS: Readonly<Record<string, string>> = { "1.0": "HTTP/1.0", "1.1": "HTTP/1.1", "2": "HTTP/2.0" };

/** What stands for the host of a request that names none. */
const authorityOf = (flow: Flow | undefined, isClear: boolean): string => {
  if (flow === undefined) return "unknown.invalid";
  const host = flow.ip.includes(":") ? `[${flow.ip}]` : flow.ip;
  return flow.port === (isClear ? 80 : 443) ? host : `${host}:${flow.port}`;
};

const timeBetween = (from: number, to: number): number => Math.max(0, (to - from) / 1000);

const entryOf = (
  { request, flow, process, step, tool }: Waiting,
  response?: { readonly status: number; readonly t: number },
): object => {
  const { http } = request;
  const isClear = http.tls === "none";
  const scheme = isClear ? "http" : "https";
  const httpVersion = HTTP_VERSIONS[http.version] ?? "unknown";
  const time = response === undefined ? 0 : timeBetween(request.t, response.t);
  const status = response?.status ?? 0;
  const by = process?.program === undefined ? "" : `, ${process.program}`;
  return {
    startedDateTime: isoTime(request.t) ?? new Date(0).toISOString(),
    time,
    request: {
      method: http.method,
      url: wellFormedUrl(scheme, http.host, http.path, authorityOf(flow, isClear)),
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
      content: { size: -1, mimeType: "" },
      redirectURL: "",
      headersSize: -1,
      bodySize: -1,
      ...(response === undefined ? { comment: "no response was seen" } : {}),
    },
    cache: {},
    // How much of it was sending and receiving is not known, and HAR has no word for that here.
    timings: { send: 0, wait: time, receive: 0 },
    ...(flow === undefined ? {} : { serverIPAddress: flow.ip, connection: flow.id }),
    comment: `seq ${request.seq}${by}`,
    _seq: request.seq,
    ...(process === undefined ? {} : { _process: process }),
    ...(step === undefined ? {} : { _step: step }),
    ...(tool === undefined ? {} : { _tool: tool }),
    ...(request.verdict === undefined ? {} : { _verdict: request.verdict }),
    ...(request.rule === undefined ? {} : { _rule: request.rule }),
  };
};

/** The front of a text. A slice alone would keep the whole text in memory; what is written and read again does not. */
const cut = (text: string, most = LONGEST_WORD): string =>
  text.length > most ? (JSON.parse(JSON.stringify(`${text.slice(0, most - 1)}…`)) as string) : text;

const cutIfAny = (text: string | undefined): string | undefined => (text === undefined ? undefined : cut(text));

const requestOf = ({ seq, t, http, verdict, rule }: HttpRequest): Request => ({
  seq,
  t,
  http: {
    method: cut(http.method),
    ...(http.host === undefined ? {} : { host: cut(http.host) }),
    path: cut(http.path, LONGEST_PATH),
    version: cut(http.version),
    tls: cut(http.tls),
  },
  verdict,
  rule: cutIfAny(rule),
});

const askerOf = ({ id, pid, exe, argv }: ExecInfo): Asker => ({
  id: cut(id),
  pid,
  program: cut(programName(exe)),
  commandLine: cut(argv.join(" "), LONGEST_COMMAND),
});

const flowOf = ({ flow: { id, remote } }: NetConnect): Flow => ({ id: cut(id), ip: cut(remote.ip), port: remote.port });

const stepOf = ({ id, name, number }: StepInfo): Named => ({
  id: cut(id),
  ...(name === undefined ? {} : { name: cut(name) }),
  ...(number === undefined ? {} : { number }),
});

const toolOf = ({ id, name }: ToolInfo): Named => ({ id: cut(id), name: cut(name) });

/** What is known under an id; the id alone where nothing is. */
const named = <T>(known: BoundedMap<string, T>, whole: string | undefined): T | { readonly id: string } | undefined => {
  const id = cutIfAny(whole);
  return id === undefined ? undefined : (known.get(id) ?? { id });
};

/** `write` takes each piece of the entries in order. */
export const harWriter = (version: string, write: (text: string) => void): HarWriter => {
  const flows = new BoundedMap<string, Flow>(MOST_OPEN);
  const processes = new BoundedMap<string, Asker>(MOST_PROCESSES);
  const steps = new BoundedMap<string, Named>(MOST_NAMES);
  const tools = new BoundedMap<string, Named>(MOST_NAMES);
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
  const around = ({ process, step, tool }: EventBase): Pick<Waiting, "process" | "step" | "tool"> => ({
    process: named(processes, process),
    step: named(steps, step),
    tool: named(tools, tool),
  });
  const creator = JSON.stringify({ name: "Runglass", version });
  return {
    head: `{"log":{"version":"1.2","creator":${creator},"pages":[],"entries":[\n`,
    foot: "\n]}}\n",
    take(event) {
      if (!isKnownEvent(event)) return;
      if (event.type === "net.connect") flows.set(cut(event.flow.id), flowOf(event));
      else if (event.type === "net.close") flows.delete(cut(event.flow.id));
      else if (event.type === "process.exec") processes.set(cut(event.exec.id), askerOf(event.exec));
      else if (event.type === "step.start" || event.type === "step.end")
        steps.set(cut(event.stepInfo.id), stepOf(event.stepInfo));
      else if (event.type === "tool.start") tools.set(cut(event.toolInfo.id), toolOf(event.toolInfo));
      else if (event.type === "http.request") {
        const flow = event.flow === undefined ? undefined : flows.get(cut(event.flow.id));
        waiting.set(event.seq, { request: requestOf(event), flow, ...around(event) });
        flush(MOST_OPEN);
      } else if (event.type === "http.response") {
        const request = waiting.get(event.request);
        if (request === undefined) return;
        waiting.delete(event.request);
        put(entryOf(request, { status: event.status, t: event.t }));
      }
    },
    async finish(drained) {
      for (let most = waiting.size - AT_ONCE; waiting.size > 0; most -= AT_ONCE) {
        flush(Math.max(0, most));
        await drained();
      }
    },
  };
};
