// Joins DNS queries with their answers: one `dns.query` event for each pair, or for a query that stays unanswered.
import type { DnsFrame } from "../sensor/frame.ts";
import { BoundedMap } from "./boundedMap.ts";
import { parseDnsMessage, type DnsMessage } from "./dnsMessage.ts";
import type { EventLog } from "./eventLog.ts";
import type { HostNames } from "./hostNames.ts";
import { dnsFields } from "./lines.ts";
import type { Process } from "./process.ts";
import type { ProcessTable } from "./processTable.ts";
import { RecentCalls } from "./recentCalls.ts";
import { redactText } from "./redactText.ts";
import type { Verdicts } from "./verdicts.ts";

const PATIENCE_MS = 5_000;
const LIMIT = 16_384;

interface Pending {
  readonly process: Process;
  readonly time: number;
  readonly at: number;
  readonly query: DnsMessage;
  readonly transport: "udp" | "tcp";
  readonly serverIp: string;
  readonly serverPort: number;
}

export class DnsQueries {
  readonly #log: EventLog;
  readonly #processes: ProcessTable;
  readonly #names: HostNames;
  readonly #verdicts: Verdicts;
  readonly #clock: () => number;
  readonly #calls: RecentCalls;
  readonly #pending: BoundedMap<string, Pending>;

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
    this.#pending = new BoundedMap(LIMIT, (_, pending) => this.#write(pending, undefined));
  }

  message(frame: DnsFrame): void {
    const message = parseDnsMessage(frame.message);
    if (message === undefined || message.response !== frame.answer) return;
    const process = this.#processes.acting(frame.pid, frame.start, frame.time);
    const { name, qtype } = message.question;
    const key = `${process.id} ${frame.transport} ${frame.socket} ${frame.serverIp} ${message.id} ${qtype} ${name}`;
    const pending = this.#pending.get(key);
    const { time, transport, serverIp, serverPort } = frame;
    if (!frame.answer) {
      // A query that is sent again, as nobody answered, is still the same one.
      if (pending === undefined) {
        this.#pending.set(key, { process, time, at: this.#clock(), query: message, transport, serverIp, serverPort });
      }
      return;
    }
    if (pending === undefined) {
      this.#write({ process, time, at: 0, query: message, transport, serverIp, serverPort }, message);
      return;
    }
    this.#pending.delete(key);
    this.#names.learn(process.id, serverIp, redactText(name), message.addresses);
    this.#write(pending, message);
  }

  /** Writes the queries that nobody answered in time, or all that wait. */
  tick(all = false): void {
    const until = all ? Infinity : this.#clock() - PATIENCE_MS;
    for (const [key, pending] of this.#pending.entries()) {
      if (pending.at > until) break;
      this.#pending.delete(key);
      this.#write(pending, undefined);
    }
  }

  #write(pending: Pending, answer: DnsMessage | undefined): void {
    const { process, time, query, transport, serverIp, serverPort } = pending;
    const fields = {
      name: redactText(query.question.name),
      qtype: query.question.qtype,
      transport,
      serverIp,
      serverPort,
      rcode: answer?.rcode,
      answers: answer?.answers.map(redactText) ?? [],
    };
    const { toolJson } = process;
    const seq = this.#log.write("dns.query", time, dnsFields(process, fields, this.#verdicts.question(fields.name)));
    const { refusals } = this.#log;
    this.#calls.add(() => ({
      kind: "query",
      process,
      toolJson,
      t: time,
      seq,
      refusals,
      name: fields.name.toLowerCase(),
    }));
  }
}
