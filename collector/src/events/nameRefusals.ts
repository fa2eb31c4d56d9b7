// What the egress policy has refused because of a name: questions to DNS, and connections that ask for another server than
// their address was opened for.
import { formatRule } from "../../policy/format.ts";
import { foldHostName } from "../../policy/hostNames.ts";
import type { DeniedFrame } from "../sensor/frame.ts";
import { parseDnsQuestion } from "./dnsMessage.ts";
import type { EventLog } from "./eventLog.ts";
import type { Flows } from "./flows.ts";
import { isHostName } from "./hostName.ts";
import { dnsFields, findingFields, refusalFields, type Host } from "./lines.ts";
import type { Process } from "./process.ts";
import { redactText } from "./redactText.ts";

/** The entry that allows connections to a name; undefined for what can be no host's. */
const entryFor = (text: string, port: number): string | undefined => {
  const name = foldHostName(text);
  if (name === undefined) return undefined;
  return formatRule({ target: { kind: "host", name }, port, protocol: "tcp", request: undefined });
};

/** The name in a ClientHello, where it is one. */
const serverName = (bytes: Uint8Array): string | undefined => {
  const name = Buffer.from(bytes).toString("latin1").toLowerCase().replace(/\.$/, "");
  return isHostName(name) ? name : undefined;
};

export class NameRefusals {
  readonly #log: EventLog;
  readonly #flows: Flows;

  constructor(log: EventLog, flows: Flows) {
    this.#log = log;
    this.#flows = flows;
  }

  /** Writes what the frame tells, or leaves it to the flow that it is about; false where it is not about a name. */
  take(frame: DeniedFrame, process: Process | undefined): boolean {
    if (frame.reason === "question") return this.#question(frame, process);
    if (frame.reason === "answer") return this.#answer(frame, process);
    return frame.reason === "name" && this.#flow(frame);
  }

  #question(frame: DeniedFrame, process: Process | undefined): boolean {
    const question = parseDnsQuestion(frame.name);
    if (question === undefined) return false;
    const { name, qtype } = question;
    const fields = {
      name: redactText(name),
      qtype,
      transport: frame.protocol === 6 ? ("tcp" as const) : ("udp" as const),
      serverIp: frame.remoteIp,
      serverPort: frame.remotePort,
      rcode: undefined,
      answers: [],
    };
    const allowedBy = entryFor(name, 443);
    const refusal = refusalFields({ rule: undefined, reason: frame.reason, allowedBy, count: 1 });
    this.#log.write("dns.query", frame.time, dnsFields(process, fields, refusal));
    return true;
  }

  #answer(frame: DeniedFrame, process: Process | undefined): boolean {
    const name = redactText(parseDnsQuestion(frame.name)?.name ?? "a name");
    const title = `the answer about ${name} has an address of one's own networks, which it does not open`;
    const finding = { rule: "egress/rebinding", severity: "warning", title, evidence: [] } as const;
    this.#log.write("finding", frame.time, findingFields(process, finding));
    return true;
  }

  #flow(frame: DeniedFrame): boolean {
    const name = serverName(frame.name);
    const host: Host | undefined = name === undefined ? undefined : { name: redactText(name), source: "sni" };
    const allowedBy = name === undefined ? undefined : entryFor(name, frame.remotePort);
    const refusal = refusalFields({ rule: undefined, reason: frame.reason, allowedBy, count: 1 });
    return this.#flows.refused(frame.flow, host, refusal);
  }
}
