// What recorded runs needed of an egress policy: endpoints, and who used them for what.
import type { HttpRequest, NetConnect, RunEvent, Verdict } from "../protocol/events.ts";
import { foldHostName } from "./hostNames.ts";
import type { Protocol } from "./policy.ts";
import { isPublicAddress } from "./publicAddress.ts";

export interface Need {
  /** The name, folded; undefined where only the address is known. */
  readonly host: string | undefined;
  /** An address that it was reached at. */
  readonly ip: string;
  readonly port: number;
  readonly protocol: Protocol;
  connections: number;
  /** How many of them a policy refused. */
  blocked: number;
  /** Indexes of the runs, in the order in which they were begun. */
  readonly runs: Set<number>;
  /** When it was last used, in microseconds since the epoch. */
  last: number;
  /** Names of executables, of steps, and requests as `METHOD /path`: a few of each, as they came. */
  readonly programs: Set<string>;
  readonly steps: Set<string>;
  readonly requests: Set<string>;
}

/** What a log may hold more of than is remembered. */
const MOST_NEEDS = 20_000;
const MOST_FLOWS = 50_000;
const MOST_PROGRAMS = 200_000;
const MOST_NAMES = 8;

const addFew = (names: Set<string>, name: string | undefined): void => {
  if (name !== undefined && names.size < MOST_NAMES) names.add(name);
};

interface OpenFlow {
  readonly event: NetConnect;
  readonly program: string | undefined;
  readonly step: string | undefined;
  readonly requests: Set<string>;
}

/**
 * Adds up the events of runs, one run after the other. Counted is what was asked for, whatever became of it: TCP and UDP
 * to public addresses, but no DNS.
 */
export class NeedTally {
  readonly #needs = new Map<string, Need>();
  readonly #open = new Map<string, OpenFlow>();
  readonly #programs = new Map<string, string>();
  readonly #steps = new Map<string, string>();
  #run = -1;
  /** Endpoints that there was no room for. */
  omitted = 0;

  /** How many runs were begun. */
  get runs(): number {
    return this.#run + 1;
  }

  beginRun(): void {
    this.#settleAll();
    this.#programs.clear();
    this.#steps.clear();
    this.#run += 1;
  }

  take(event: RunEvent): void {
    switch (event.type) {
      case "process.exec": {
        const { id, exe } = event.exec;
        if (this.#programs.size < MOST_PROGRAMS || this.#programs.has(id)) {
          this.#programs.set(id, exe.slice(exe.lastIndexOf("/") + 1));
        }
        return;
      }
      case "step.start":
      case "step.end":
        return void this.#steps.set(event.stepInfo.id, event.stepInfo.name ?? event.stepInfo.id);
      case "net.connect":
        return this.#connect(event);
      case "http.request":
        return this.#request(event);
      case "net.close": {
        const flow = this.#open.get(event.flow.id);
        this.#open.delete(event.flow.id);
        if (flow !== undefined) this.#settle(flow, event.host?.name, event.verdict);
        return;
      }
      default:
    }
  }

  /** All that was needed, by host, address and port. */
  finish(): readonly Need[] {
    this.#settleAll();
    const key = ({ host, ip }: Need): string =>
      host === undefined ? `~${ip}` : host.split(".").toReversed().join(".");
    return [...this.#needs.values()].toSorted(
      (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.port - b.port) || (a.protocol < b.protocol ? -1 : 1),
    );
  }

  #connect(event: NetConnect): void {
    const { flow } = event;
    if (!isPublicAddress(flow.remote.ip) || flow.remote.port === 0) return;
    if (flow.protocol === "udp" && flow.remote.port === 53) return;
    const before = this.#open.get(flow.id);
    if (before !== undefined) this.#settle(before);
    if (this.#open.size >= MOST_FLOWS) {
      for (const [id, oldest] of this.#open) {
        this.#open.delete(id);
        this.#settle(oldest);
        break;
      }
    }
    this.#open.set(flow.id, { event, ...this.whose(event), requests: new Set() });
  }

  /** The names of the program and of the step that an event belongs to, where they are known by now. */
  whose({ process = "", step }: Pick<NetConnect, "process" | "step">): {
    readonly program: string | undefined;
    readonly step: string | undefined;
  } {
    return {
      program: this.#programs.get(process),
      step: step === undefined ? undefined : (this.#steps.get(step) ?? step),
    };
  }

  #request({ flow, http }: HttpRequest): void {
    const open = this.#open.get(flow?.id ?? "");
    if (open !== undefined) addFew(open.requests, `${http.method} ${http.path.replace(/\?.*/, "")}`);
  }

  #settleAll(): void {
    for (const flow of this.#open.values()) this.#settle(flow);
    this.#open.clear();
  }

  /** `laterName` is what the client said only after it had connected, `laterVerdict` what a policy said of that. */
  #settle({ event, program, step, requests }: OpenFlow, laterName?: string, laterVerdict?: Verdict): void {
    const { protocol, remote } = event.flow;
    const name = laterName ?? event.host?.name;
    const host = name === undefined ? undefined : foldHostName(name);
    const key = `${protocol} ${host ?? remote.ip} ${remote.port}`;
    let need = this.#needs.get(key);
    if (need === undefined) {
      if (this.#needs.size >= MOST_NEEDS) {
        this.omitted += 1;
        return;
      }
      const nobody = { programs: new Set<string>(), steps: new Set<string>(), requests: new Set<string>() };
      const none = { connections: 0, blocked: 0, last: 0 };
      need = { host, ip: remote.ip, port: remote.port, protocol, ...none, runs: new Set(), ...nobody };
      this.#needs.set(key, need);
    }
    need.connections += 1;
    if ((laterVerdict ?? event.verdict) === "blocked") need.blocked += 1;
    need.runs.add(Math.max(0, this.#run));
    need.last = Math.max(need.last, event.t);
    addFew(need.programs, program);
    addFew(need.steps, step);
    for (const request of requests) addFew(need.requests, request);
  }
}
