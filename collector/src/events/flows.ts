// TCP connections and UDP flows. A `net.connect` is written when its result is known, or as EINPROGRESS when that takes
// long; the bytes follow in `net.close`.
import type { CloseFrame, ConnectFrame, ResultFrame } from "../sensor/frame.ts";
import { ipText } from "../net/ip.ts";
import { BoundedMap } from "./boundedMap.ts";
import { resultName } from "./errno.ts";
import type { EventLog } from "./eventLog.ts";
import type { HostNames } from "./hostNames.ts";
import { closeFields, connectFields } from "./lines.ts";
import type { Process } from "./process.ts";
import type { ProcessTable } from "./processTable.ts";

/**
 * How long a `net.connect` waits for its result, in ms: a neighbour that does not answer, and a single SYN that is not
 * answered, are errors after a bit more than three seconds, and that belongs into the event.
 */
const OPEN_MS = 4_000;
const LIMIT = 65_536;
const IN_PROGRESS = "EINPROGRESS";

/** A flow whose `net.connect` could only say EINPROGRESS. */
interface SlowFlow {
  readonly process: Process;
  readonly began: number;
  /** How the connect went since. */
  result: string;
}
interface Flow {
  readonly process: Process;
  readonly connect: ConnectFrame;
  readonly at: number;
  /** A name that the process had been told when it connected. */
  readonly name: string | undefined;
}

export class Flows {
  readonly #log: EventLog;
  readonly #processes: ProcessTable;
  readonly #names: HostNames;
  readonly #clock: () => number;
  /** Connects whose result is open and that are not in the log yet. */
  readonly #open: BoundedMap<string, Flow>;
  readonly #slow = new BoundedMap<string, SlowFlow>(LIMIT);

  constructor(log: EventLog, processes: ProcessTable, names: HostNames, clock: () => number) {
    this.#log = log;
    this.#processes = processes;
    this.#names = names;
    this.#clock = clock;
    this.#open = new BoundedMap(LIMIT, (id, flow) => this.#writeOpen(id, flow));
  }

  connect(connect: ConnectFrame): void {
    const process = this.#processes.acting(connect.pid, connect.start, connect.time);
    const flow = { process, connect, at: this.#clock(), name: this.#names.lookup(process.id, connect.remoteIp) };
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
    this.#write({ ...flow, connect: { ...connect, localIp, localPort } }, result);
  }

  close(frame: CloseFrame): void {
    const open = this.#open.get(frame.flow);
    if (open !== undefined) {
      this.#open.delete(frame.flow);
      this.#writeOpen(frame.flow, open);
    }
    const result = this.#slow.get(frame.flow)?.result;
    this.#slow.delete(frame.flow);
    const process = this.#processes.acting(frame.pid, frame.start, frame.time);
    this.#log.write("net.close", frame.time, closeFields(process, frame, result));
  }

  /** Writes the connects that have been open for a while, or all of them. */
  tick(all = false): void {
    const until = all ? Infinity : this.#clock() - OPEN_MS;
    for (const [id, flow] of this.#open.entries()) {
      if (flow.at > until) break;
      this.#open.delete(id);
      this.#writeOpen(id, flow);
    }
  }

  #writeOpen(id: string, flow: Flow): void {
    this.#slow.set(id, { process: flow.process, began: flow.connect.time, result: IN_PROGRESS });
    this.#write(flow, IN_PROGRESS);
  }

  /** A slow connect that failed has nothing more to say: its end is here. */
  #slowResult(frame: ResultFrame, result: string): void {
    const slow = this.#slow.get(frame.flow);
    if (slow === undefined) return;
    slow.result = result;
    if (result === "ok") return;
    this.#slow.delete(frame.flow);
    const durationUs = Math.max(0, frame.time - slow.began);
    const close = { flow: frame.flow, sent: 0, received: 0, durationUs };
    this.#log.write("net.close", frame.time, closeFields(slow.process, close, result));
  }

  #write(flow: Flow, result: string): void {
    const { process, connect } = flow;
    const name = flow.name ?? this.#names.lookup(process.id, connect.remoteIp);
    const host = name === undefined ? undefined : ({ name, source: "dns" } as const);
    this.#log.write("net.connect", connect.time, connectFields(process, { ...connect, host, result }));
  }
}
