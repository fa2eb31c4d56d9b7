// What the egress policy has refused in the kernel: connections and datagrams as `net.connect` with the verdict `blocked`,
// sockets and packets of other kinds as findings.
import { parseNetwork } from "../../policy/addresses.ts";
import { formatRule } from "../../policy/format.ts";
import { foldHostName } from "../../policy/hostNames.ts";
import type { Protocol, Rule, Target } from "../../policy/policy.ts";
import type { DeniedFrame } from "../sensor/frame.ts";
import type { EventLog } from "./eventLog.ts";
import type { HostNames } from "./hostNames.ts";
import { connectFields, findingFields, refusalFields, type Host } from "./lines.ts";
import type { NameRefusals } from "./nameRefusals.ts";
import type { Process } from "./process.ts";
import type { ProcessTable } from "./processTable.ts";
import { nameOf } from "./verdicts.ts";

const PROTOCOLS: ReadonlyMap<number, Protocol> = new Map([
  [6, "tcp"],
  [17, "udp"],
]);

/** Names of what is neither TCP nor UDP, for a sentence. */
const OTHERS: ReadonlyMap<number, string> = new Map([
  [1, "ICMP"],
  [58, "ICMPv6"],
  [132, "SCTP"],
]);
/** Of sockets that pass by IP, by their address family. */
const FAMILIES: ReadonlyMap<number, string> = new Map([
  [17, "a packet socket (AF_PACKET)"],
  [40, "a socket to the host of this virtual machine (AF_VSOCK)"],
  [44, "an AF_XDP socket"],
]);
const otherName = (protocol: number): string => OTHERS.get(protocol) ?? `IP protocol ${protocol}`;

const targetOf = (host: Host | undefined, ip: string): Target | undefined => {
  const name = host === undefined ? undefined : foldHostName(host.name);
  if (name !== undefined) return { kind: "host", name };
  const network = parseNetwork(ip);
  return network === undefined ? undefined : { kind: "network", network };
};

/** The entry that would allow a connection. */
const allowing = (frame: DeniedFrame, protocol: Protocol, host: Host | undefined): string | undefined => {
  // A resolver is known by its address only.
  const known = frame.reason === "resolver" ? undefined : host;
  const target = ["address", "resolver"].includes(frame.reason) ? targetOf(known, frame.remoteIp) : undefined;
  if (target === undefined) return undefined;
  return formatRule({ target, port: frame.remotePort, protocol, request: undefined });
};

export class Refusals {
  readonly #log: EventLog;
  readonly #processes: ProcessTable;
  readonly #names: HostNames;
  readonly #byName: NameRefusals;
  readonly #rules: readonly Rule[];

  /** `rules`: those of the policy that is enforced, by their numbers. */
  constructor(log: EventLog, processes: ProcessTable, names: HostNames, byName: NameRefusals, rules: readonly Rule[]) {
    this.#log = log;
    this.#processes = processes;
    this.#names = names;
    this.#byName = byName;
    this.#rules = rules;
  }

  take(frame: DeniedFrame): void {
    const process = frame.pid === 0 ? undefined : this.#processes.acting(frame.pid, frame.start, frame.time);
    if (this.#byName.take(frame, process)) return;
    if (frame.reason === "left") return this.#left(frame, process);
    const protocol = PROTOCOLS.get(frame.protocol);
    if (protocol === undefined || frame.reason === "socket") this.#other(frame, process);
    else this.#connection(frame, process, protocol);
  }

  #connection(frame: DeniedFrame, process: Process | undefined, protocol: Protocol): void {
    const name = process === undefined ? undefined : this.#names.lookup(process.id, frame.remoteIp);
    const host: Host | undefined = name === undefined ? undefined : { name, source: "dns" };
    const rule = frame.rule === undefined ? undefined : this.#rules[frame.rule];
    const refusal = refusalFields({
      rule: rule === undefined ? undefined : nameOf(rule),
      reason: frame.reason,
      allowedBy: allowing(frame, protocol, host),
      count: Math.max(1, frame.count),
    });
    const toolJson = process?.toolJson ?? "";
    const fields = connectFields(process, toolJson, { ...frame, protocol }, frame, host, "EPERM", refusal);
    this.#log.write("net.connect", frame.time, fields);
  }

  /** A process is outside of what the policy holds for. */
  #left(frame: DeniedFrame, process: Process | undefined): void {
    const end = frame.notRefused
      ? "somebody else has moved it; it is killed, and the run ends"
      : "who did it was killed, and the run ends";
    const title = `a process is outside of the control group that the egress policy holds for: ${end}`;
    const finding = { rule: "egress/left-cgroup", severity: "error", title, evidence: [] };
    this.#log.write("finding", frame.time, findingFields(process, finding));
  }

  /** A socket of another address family: what it is for, and what has become of who made it. */
  #family(frame: DeniedFrame, process: Process | undefined): void {
    const what = FAMILIES.get(frame.remotePort) ?? `a socket of address family ${frame.remotePort}`;
    const [severity, end] = frame.notRefused
      ? ["error", "passes by the egress policy: on the whole machine it cannot be refused"]
      : ["warning", "passes by the egress policy, so its process was killed"];
    const title = `${what} ${end}`;
    const finding = { rule: "egress/other-family", severity, title, evidence: [] };
    this.#log.write("finding", frame.time, findingFields(process, finding));
  }

  #other(frame: DeniedFrame, process: Process | undefined): void {
    if (frame.remotePort !== 0 && frame.reason === "socket") return this.#family(frame, process);
    const what = otherName(frame.protocol);
    const title =
      frame.reason === "socket"
        ? `a socket that the egress policy cannot check was refused (raw, or ${what})`
        : `${what} to ${frame.remoteIp} was refused by the egress policy`;
    const rule = frame.reason === "socket" ? "egress/unchecked-socket" : "egress/other-protocol";
    this.#log.write("finding", frame.time, findingFields(process, { rule, severity: "warning", title, evidence: [] }));
  }
}
