// TCP connections and UDP flows. A `net.connect` is written when its result is known, or as EINPROGRESS when that takes
// long; one that is established waits a moment for what names its host best. The bytes follow in `net.close`.
import type { CloseFrame, ConnectFrame, ExitFrame, ResultFrame, StreamFrame } from "../sensor/frame.ts";
import { ipText } from "../net/ip.ts";
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
  readonly at: number;
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
const ownerOf = (frame: { readonly pid: number; readonly start: number }): string => `${frame.pid} ${frame.start}`;

export class Flows {
  readonly #log: EventLog;
  readonly #processes: ProcessTable;
  readonly #names: HostNames;
  readonly #verdicts: Verdicts;
  readonly #clock: () => number;
  readonly #calls: RecentCalls;
  /** Connects whose result is open. */
  readonly #open: BoundedMap<string, Flow>;
  /** Established ones whose client has not sent anything yet that is told, or has not said all of its hello. */
  readonly #nameless: BoundedMap<string, Flow>;
  /** Their ids, by process. */
  readonly #namelessOf = new Map<string, Set<string>>();
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
    this.#open = new BoundedMap(LIMIT, (id, flow) => this.#writeOpen(id, flow));
    this.#nameless = new BoundedMap(LIMIT, (id, flow) => this.#name(id, flow));
  }

  connect(connect: ConnectFrame): void {
    const process = this.#processes.acting(connect.pid, connect.start, connect.time);
    const told = this.#names.lookup(process.id, connect.remoteIp);
    const { toolJson } = process;
    const yet = { hello: undefined, host: undefined, written: undefined, refusal: undefined };
    const flow: Flow = { process, connect, at: this.#clock(), toolJson, told, ...yet };
    if (connect.protocol === "udp") this.#write(flow, "ok");
    else this.#open.set(connect.flow, flow);
  }

  result(frame: ResultFrame): void {
    const flow = this.#open.get(frame.flow);
    const result = resultName(frame.error);
    if (flow === undefined) return this.#slowResult(frame, result);
    this.#open.delete(frame.flow);
    const { connect } = flow;
    // A connect that failed may have given its local end back by now; then what is known of it before stands.
    const localIp = frame.local.some((byte) => byte !== 0) ? ipText(frame.local, 0, connect.family) : connect.localIp;
    const localPort = frame.localPort === 0 ? connect.localPort : frame.localPort;
    const ended = { ...flow, connect: { ...connect, localIp, localPort }, at: this.#clock() };
    if (result !== "ok" || flow.host !== undefined) return this.#write(ended, result);
    this.#nameless.set(frame.flow, ended);
    const owner = ownerOf(connect);
    const ids = this.#namelessOf.get(owner);
    if (ids === undefined) this.#namelessOf.set(owner, new Set([frame.flow]));
    else ids.add(frame.flow);
  }

  /** Bytes of what the client sends first: a ClientHello. */
  hello(frame: StreamFrame): void {
    const nameless = this.#nameless.get(frame.flow);
    const flow = nameless ?? this.#open.get(frame.flow) ?? this.#late.get(frame.flow);
    if (flow === undefined || flow.host !== undefined) return;
    flow.hello ??= new ClientHelloReader();
    const hello = flow.hello.add(frame.offset, frame.bytes);
    if (hello.kind === "more") return;
    if (hello.kind === "name") {
      flow.host = { name: redactText(hello.name), source: "sni" };
      this.#serverNames.set(frame.flow, flow.host.name);
    }
    if (nameless !== undefined) this.#name(frame.flow, nameless);
  }

  /**
   * The egress policy has refused what the client of a flow sent first; `refusal` is the JSON of what it says. False where
   * the flow is not known, or has said what it had to say.
   */
  refused(id: string, host: Host | undefined, refusal: string): boolean {
    const nameless = this.#nameless.get(id);
    const flow = nameless ?? this.#open.get(id) ?? this.#late.get(id);
    if (flow === undefined || flow.refusal !== undefined) return false;
    flow.host = host ?? flow.host;
    flow.refusal = refusal;
    if (nameless !== undefined) this.#name(id, nameless);
    return true;
  }

  /** The name that the flow's ClientHello had. */
  serverName(id: string): string | undefined {
    return this.#serverNames.get(id);
  }

  /** The client's first request over HTTP in clear text, if it can be read. */
  named(id: string, request: RequestHead | undefined): void {
    const nameless = this.#nameless.get(id);
    const flow = nameless ?? this.#open.get(id) ?? this.#late.get(id);
    if (flow === undefined || flow.host !== undefined) return;
    const name = hostNameOf(request?.host);
    if (request !== undefined && name !== undefined) flow.host = this.#hostByRequest(flow, request.form, name);
    if (nameless !== undefined) this.#name(id, nameless);
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
    for (const id of this.#namelessOf.get(ownerOf(frame)) ?? []) this.#nameOf(id);
  }

  close(frame: CloseFrame): void {
    const open = this.#open.get(frame.flow);
    if (open !== undefined) {
      this.#open.delete(frame.flow);
      this.#writeOpen(frame.flow, open);
    }
    this.#nameOf(frame.flow);
    this.#serverNames.delete(frame.flow);
    const result = this.#slow.get(frame.flow)?.result;
    const late = this.#late.get(frame.flow);
    this.#slow.delete(frame.flow);
    this.#late.delete(frame.flow);
    const host = late?.host?.name === late?.written ? undefined : late?.host;
    const process = this.#processes.acting(frame.pid, frame.start, frame.time);
    // Whom it went to can be known better by now, and then what the policy says of it too.
    const judged = late === undefined || host === undefined ? "" : this.#verdicts.connection(late.connect, host);
    const verdict = late?.refusal ?? judged;
    this.#verdicts.closed(frame.flow);
    this.#log.write("net.close", frame.time, closeFields(process, frame, result, host, verdict));
  }

  /** Writes the connects that have been open for a while, or all of them. */
  tick(all = false): void {
    const now = this.#clock();
    for (const [id, flow] of this.#open.entries()) {
      if (!all && flow.at > now - OPEN_MS) break;
      this.#open.delete(id);
      this.#writeOpen(id, flow);
    }
    for (const [id, flow] of this.#nameless.entries()) {
      if (!all && flow.at > now - NAMELESS_MS) break;
      this.#name(id, flow);
    }
  }

  #nameOf(id: string): void {
    const flow = this.#nameless.get(id);
    if (flow !== undefined) this.#name(id, flow);
  }

  /** Writes an established connect with the best name that is known by now. */
  #name(id: string, flow: Flow): void {
    this.#nameless.delete(id);
    const owner = ownerOf(flow.connect);
    const ids = this.#namelessOf.get(owner);
    ids?.delete(id);
    if (ids?.size === 0) this.#namelessOf.delete(owner);
    this.#write(flow, "ok");
    if (flow.host === undefined && flow.refusal === undefined) this.#late.set(id, flow);
  }

  #writeOpen(id: string, flow: Flow): void {
    this.#slow.set(id, { process: flow.process, began: flow.connect.time, result: IN_PROGRESS });
    this.#write(flow, IN_PROGRESS);
    if (flow.host === undefined) this.#late.set(id, flow);
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
    const fields = connectFields(
      process,
      toolJson,
      { ...connect, host, result: flow.refusal === undefined || result !== "ok" ? result : CUT },
      flow.refusal ?? this.#verdicts.connection(connect, host),
    );
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
