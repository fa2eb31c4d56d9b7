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

const OPEN_MS = 1_000;
const LIMIT = 65_536;
const IN_PROGRESS = "EINPROGRESS";
/** The connect failed and the log says so: there is nothing to close. */
const FAILED = "";

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
  /** Flows that are in the log with another result than `ok`: FAILED, or for those in progress how they ended so far. */
  readonly #odd = new BoundedMap<string, string>(LIMIT);

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
    if (flow === undefined) {
      if (this.#odd.get(frame.flow) === IN_PROGRESS) this.#odd.set(frame.flow, result);
      return;
    }
    this.#open.delete(frame.flow);
    const { connect } = flow;
    const known = frame.localPort !== 0;
    const local = known
      ? { localIp: ipText(frame.local, 0, connect.family), localPort: frame.localPort }
      : { localIp: connect.localIp, localPort: connect.localPort };
    this.#write({ ...flow, connect: { ...connect, ...local } }, result);
    if (result !== "ok") this.#odd.set(frame.flow, FAILED);
  }

  close(frame: CloseFrame): void {
    const open = this.#open.get(frame.flow);
    if (open !== undefined) {
      this.#open.delete(frame.flow);
      this.#writeOpen(frame.flow, open);
    }
    const result = this.#odd.get(frame.flow);
    this.#odd.delete(frame.flow);
    if (result === FAILED) return;
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
    this.#odd.set(id, IN_PROGRESS);
    this.#write(flow, IN_PROGRESS);
  }

  #write(flow: Flow, result: string): void {
    const { process, connect } = flow;
    const name = flow.name ?? this.#names.lookup(process.id, connect.remoteIp);
    const host = name === undefined ? undefined : ({ name, source: "dns" } as const);
    this.#log.write("net.connect", connect.time, connectFields(process, { ...connect, host, result }));
  }
}
