// TCP connections and UDP flows. A `net.connect` is written when its result is known, or as EINPROGRESS when that takes
// long; one that is established waits a moment for what names its host best. The bytes follow in `net.close`.
import type { CloseFrame, ConnectFrame, ExitFrame, ResultFrame, StreamFrame } from "../sensor/frame.ts";
import { BoundedMap } from "./boundedMap.ts";
import { ClientHelloReader } from "./clientHello.ts";
import { isHostName } from "./hostName.ts";
import { resultName } from "./errno.ts";
import type { EventLog } from "./eventLog.ts";
import type { HostNames } from "./hostNames.ts";
import type { RequestHead } from "./http1.ts";
import { closeFields, connectFields, type Host } from "./lines.ts";
import type { Process } from "./process.ts";
import type { ProcessTable } from "./processTable.ts";
import { RecentCalls } from "./recentCalls.ts";
import { redactText } from "./redactText.ts";
import type { Verdicts } from "./verdicts.ts";

/**
 * How long a `net.connect` waits for its result, in ms: a neighbour that does not answer, and a single SYN that is not
 * answered, are errors after a bit more than three seconds, and that belongs into the event.
 */
const OPEN_MS = 4_000;
/** How long one that is established waits for the client's first bytes, in ms: with a tick, people do not notice it. */
const NAMELESS_MS = 100;
const LIMIT = 65_536;
/** Pids whose empty set is kept for their next flow, which a process that connects often has soon. */
const IDLE_PIDS = 64;
const IN_PROGRESS = "EINPROGRESS";
/** What the client of a connection is told that is ended from outside. */
const CUT = "ECONNABORTED";

/** A flow whose `net.connect` could only say EINPROGRESS. */
interface SlowFlow {
  readonly process: Process;
  readonly began: number;
  /** How the connect went since. */
  result: string;
}
/** A flow whose host may still become known. */
interface Flow {
  readonly process: Process;
  readonly connect: ConnectFrame;
  localIp: string;
  localPort: number;
  readonly beganAt: number;
  /** Since when it is established, and waits for a name only; undefined before. */
  establishedAt: number | undefined;
  /** Whose doing it was when it began. */
  readonly toolJson: string;
  /** A name that the process had been told when it connected. */
  readonly told: string | undefined;
  hello: ClientHelloReader | undefined;
  /** Who the client itself says it speaks to. */
  host: Host | undefined;
  /** The name in its `net.connect`, once that is written. */
  written: string | undefined;
  /** That the egress policy has refused what the client says it speaks to, as JSON. */
  refusal: string | undefined;
}

/** The name in an authority, without its port; an address is none. */
const hostNameOf = (authority: string | undefined): string | undefined => {
  const name = authority?.replace(/:\d+$/, "").replace(/\.$/, "") ?? "";
  return isHostName(name) ? redactText(name) : undefined;
};

export class Flows {
  readonly #log: EventLog;
  readonly #processes: ProcessTable;
  readonly #names: HostNames;
  readonly #verdicts: Verdicts;
  readonly #clock: () => number;
  readonly #calls: RecentCalls;
  /**
   * Those whose `net.connect` is not written, in the order in which they began: connects whose result is open, and
   * established ones whose client has not sent anything yet that is told, or has not said all of its hello.
   */
  readonly #waiting: BoundedMap<string, Flow>;
  /** The ids of the established ones, by the pid of their process. */
  readonly #namelessOf = new Map<number, Set<string>>();
  /** Those whose `net.connect` could not wait for a name any longer: it is said in their `net.close`. */
  readonly #late = new BoundedMap<string, Flow>(LIMIT);
  readonly #serverNames = new BoundedMap<string, string>(LIMIT);
  readonly #slow = new BoundedMap<string, SlowFlow>(LIMIT);

  constructor(
    log: EventLog,
    processes: ProcessTable,
    names: HostNames,
    verdicts: Verdicts,
    clock: () => number,
    calls = new RecentCalls(),
  ) {
    this.#log = log;
    this.#calls = calls;
    this.#processes = processes;
    this.#names = names;
    this.#verdicts = verdicts;
    this.#clock = clock;
    this.#waiting = new BoundedMap(LIMIT, (id, flow) => this.#writeAsIs(id, flow));
  }

  connect(connect: ConnectFrame): void {
    const process = this.#processes.acting(connect.pid, connect.start, connect.time);
    const told = this.#names.lookup(process.id, connect.remoteIp);
    const { toolJson } = process;
    const { localIp, localPort } = connect;
    const flow: Flow = {
      process,
      connect,
      localIp,
      localPort,
      beganAt: this.#clock(),
      establishedAt: undefined,
      toolJson,
      told,
      hello: undefined,
      host: undefined,
      written: undefined,
      refusal: undefined,
    };
    if (connect.protocol === "udp") this.#write(flow, "ok");
    else this.#waiting.set(connect.flow, flow);
  }

  result(frame: ResultFrame): void {
    const flow = this.#waiting.get(frame.flow);
    const result = resultName(frame.error);
    if (flow === undefined) return this.#slowResult(frame, result);
    // Of one that is established the kernel tells no other result.
    if (flow.establishedAt !== undefined) return;
    // A connect that failed may have given its local end back by now; then what is known of it before stands.
    if (frame.localIp !== undefined) flow.localIp = frame.localIp;
    if (frame.localPort !== 0) flow.localPort = frame.localPort;
    if (result !== "ok" || flow.host !== undefined) {
      this.#waiting.delete(frame.flow);
      return this.#write(flow, result);
    }
    flow.establishedAt = this.#clock();
    const ids = this.#namelessOf.get(flow.connect.pid);
    if (ids === undefined) this.#namelessOf.set(flow.connect.pid, new Set([frame.flow]));
    else ids.add(frame.flow);
  }

  /** Bytes of what the client sends first: a ClientHello. */
  hello(frame: StreamFrame): void {
    const flow = this.#waiting.get(frame.flow) ?? this.#late.get(frame.flow);
    if (flow === undefined || flow.host !== undefined) return;
    flow.hello ??= new ClientHelloReader();
    const hello = flow.hello.add(frame.offset, frame.bytes);
    if (hello.kind === "more") return;
    if (hello.kind === "name") {
      flow.host = { name: redactText(hello.name), source: "sni" };
      this.#serverNames.set(frame.flow, flow.host.name);
    }
    this.#nameIfWaiting(frame.flow, flow);
  }

  /**
   * The egress policy has refused what the client of a flow sent first; `refusal` is the JSON of what it says. False where
   * the flow is not known, or has said what it had to say.
   */
  refused(id: string, host: Host | undefined, refusal: string): boolean {
    const flow = this.#waiting.get(id) ?? this.#late.get(id);
    if (flow === undefined || flow.refusal !== undefined) return false;
    flow.host = host ?? flow.host;
    flow.refusal = refusal;
    this.#nameIfWaiting(id, flow);
    return true;
  }

  /** The name that the flow's ClientHello had. */
  serverName(id: string): string | undefined {
    return this.#serverNames.get(id);
  }

  /** The client's first request over HTTP in clear text, if it can be read. */
  named(id: string, request: RequestHead | undefined): void {
    const flow = this.#waiting.get(id) ?? this.#late.get(id);
    if (flow === undefined || flow.host !== undefined) return;
    const name = hostNameOf(request?.host);
    if (request !== undefined && name !== undefined) flow.host = this.#hostByRequest(flow, request.form, name);
    this.#nameIfWaiting(id, flow);
  }

  /**
   * A client can write into `Host` what it likes, so DNS comes before it; but where DNS gave the address several names,
   * it tells which of them is meant.
   */
  #hostByRequest(flow: Flow, form: RequestHead["form"], name: string): Host | undefined {
    if (form === "tunnel") return { name, source: "proxy" };
    if (form === "absolute") return undefined;
    if (this.#names.has(flow.connect.remoteIp, name)) return { name, source: "dns" };
    return this.#hostOf(flow) ?? { name, source: "http" };
  }

  /** A process ends: what it connected to is said before that. */
  exit(frame: ExitFrame): void {
    const ids = this.#namelessOf.get(frame.pid);
    if (ids === undefined) return;
    for (const id of ids) {
      const flow = this.#waiting.get(id);
      // A pid can have been another process's before.
      if (flow?.connect.start === frame.start) this.#name(id, flow);
    }
    if (ids.size === 0) this.#namelessOf.delete(frame.pid);
  }

  close(frame: CloseFrame): void {
    const id = frame.flow;
    const flow = this.#waiting.get(id);
    if (flow?.establishedAt !== undefined) this.#writeEstablished(id, flow);
    else if (flow !== undefined) this.#writeAsIs(id, flow);
    this.#serverNames.delete(id);
    const result = this.#slow.get(id)?.result;
    const late = this.#late.get(id);
    this.#slow.delete(id);
    this.#late.delete(id);
    const host = late?.host?.name === late?.written ? undefined : late?.host;
    const process = this.#processes.acting(frame.pid, frame.start, frame.time);
    // Whom it went to can be known better by now, and then what the policy says of it too.
    const judged = late === undefined || host === undefined ? "" : this.#verdicts.connection(late.connect, host);
    const verdict = late?.refusal ?? judged;
    this.#verdicts.closed(id);
    this.#log.write("net.close", frame.time, closeFields(process, frame, result, host, verdict));
  }

  /** Writes the connects that have been open for a while, or all of them. */
  tick(all = false): void {
    const now = this.#clock();
    for (const [id, flow] of this.#waiting.entries()) {
      if (!all && flow.beganAt > now - NAMELESS_MS) break;
      const since = flow.establishedAt === undefined ? flow.beganAt + OPEN_MS : flow.establishedAt + NAMELESS_MS;
      if (all || since <= now) this.#writeAsIs(id, flow);
    }
  }

  /** Writes the connect of a flow that waits with what is known by now. */
  #writeAsIs(id: string, flow: Flow): void {
    if (flow.establishedAt !== undefined) return this.#name(id, flow);
    this.#waiting.delete(id);
    this.#slow.set(id, { process: flow.process, began: flow.connect.time, result: IN_PROGRESS });
    this.#write(flow, IN_PROGRESS);
    if (flow.host === undefined) this.#late.set(id, flow);
  }

  /** More is known of the flow; one that is open still is written with its result. */
  #nameIfWaiting(id: string, flow: Flow): void {
    if (flow.establishedAt !== undefined && this.#waiting.get(id) === flow) this.#name(id, flow);
  }

  /** Writes an established connect with the best name that is known by now; a better one is said at its end. */
  #name(id: string, flow: Flow): void {
    this.#writeEstablished(id, flow);
    if (flow.host === undefined && flow.refusal === undefined) this.#late.set(id, flow);
  }

  #writeEstablished(id: string, flow: Flow): void {
    this.#waiting.delete(id);
    const { pid } = flow.connect;
    const ids = this.#namelessOf.get(pid);
    ids?.delete(id);
    if (ids?.size === 0 && this.#namelessOf.size > IDLE_PIDS) this.#namelessOf.delete(pid);
    this.#write(flow, "ok");
  }

  /** A slow connect that failed has nothing more to say: its end is here. */
  #slowResult(frame: ResultFrame, result: string): void {
    const slow = this.#slow.get(frame.flow);
    if (slow === undefined) return;
    slow.result = result;
    if (result === "ok") return;
    this.#slow.delete(frame.flow);
    this.#late.delete(frame.flow);
    const durationUs = Math.max(0, frame.time - slow.began);
    const close = { flow: frame.flow, sent: 0, received: 0, durationUs };
    this.#log.write("net.close", frame.time, closeFields(slow.process, close, result));
  }

  #hostOf(flow: Flow): Host | undefined {
    if (flow.host !== undefined) return flow.host;
    const name = flow.told ?? this.#names.lookup(flow.process.id, flow.connect.remoteIp);
    return name === undefined ? undefined : { name, source: "dns" };
  }

  #write(flow: Flow, result: string): void {
    const { process, connect, toolJson } = flow;
    const host = this.#hostOf(flow);
    flow.written = host?.name;
    const told = flow.refusal === undefined || result !== "ok" ? result : CUT;
    const verdict = flow.refusal ?? this.#verdicts.connection(connect, host);
    const fields = connectFields(process, toolJson, connect, flow, host, told, verdict);
    const seq = this.#log.write("net.connect", connect.time, fields);
    this.#calls.add(() => ({
      kind: "connect",
      process,
      toolJson,
      t: connect.time,
      seq,
      refusals: this.#log.refusals,
      flow: connect.flow,
      name: host?.name ?? "",
      ip: connect.remoteIp,
      port: connect.remotePort,
    }));
  }
}
