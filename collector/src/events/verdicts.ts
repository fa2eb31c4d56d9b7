// What an egress policy says of connections, questions to DNS and requests, as the fields `verdict` and `rule`. It only
// judges what has happened; nothing here holds anything up.
import { Matcher } from "../../policy/matcher.ts";
import type { Policy, Rule } from "../../policy/policy.ts";
import { BoundedMap } from "./boundedMap.ts";
import { quote } from "./json.ts";
import type { Host, RequestFields } from "./lines.ts";

const MOST_FLOWS = 65_536;

export interface JudgedConnect {
  readonly flow: string;
  readonly protocol: "tcp" | "udp";
  readonly remoteIp: string;
  readonly remotePort: number;
}

/** A rule as events name it: as it is written, a default one by its set too. */
export const nameOf = ({ set, text }: Rule): string => (set === undefined ? text : `default:${set} ${text}`);

const fieldsOf = (rule: Rule | undefined): string =>
  rule === undefined ? ',"verdict":"would-block"' : `,"verdict":"allowed","rule":${quote(nameOf(rule))}`;

/** Host and port of a request's `Host`. */
const split = (host: string, tls: boolean): { name: string; port: number } => {
  const [, name = host, port] = /^(.*?)(?::(\d{1,5}))?$/.exec(host) ?? [];
  return { name, port: port === undefined ? (tls ? 443 : 80) : Number(port) };
};

export class Verdicts {
  readonly #matcher: Matcher | undefined;
  /** The rules that have let flows through, by flow. */
  readonly #rules = new BoundedMap<string, Rule>(MOST_FLOWS);

  /** Without a policy all fields are empty. */
  constructor(policy: Policy | undefined) {
    this.#matcher = policy === undefined ? undefined : new Matcher(policy);
  }

  /** Of a connection to what is, by all that is known now, `host`. */
  connection(connect: JudgedConnect, host: Host | undefined): string {
    if (this.#matcher === undefined) return "";
    const { protocol, remoteIp: ip, remotePort: port } = connect;
    const rule = this.#matcher.connection({ host: host?.name, ip, port, protocol });
    if (rule === undefined) this.#rules.delete(connect.flow);
    else this.#rules.set(connect.flow, rule);
    return fieldsOf(rule);
  }

  closed(flow: string): void {
    this.#rules.delete(flow);
  }

  /** Of a question to DNS about `name`. */
  question(name: string): string {
    return this.#matcher === undefined ? "" : fieldsOf(this.#matcher.name(name));
  }

  /** Of a request; empty where nobody knows to whom it goes. */
  request(http: RequestFields, flow: string | undefined): string {
    if (this.#matcher === undefined || http.host === undefined) return "";
    const tls = http.tls !== "none";
    const { name: host, port } = split(http.host, tls);
    const path = http.path.replace(/\?.*/s, "");
    const asked = { host, port, scheme: tls ? "https" : "http", method: http.method, path } as const;
    const through = flow === undefined ? undefined : this.#rules.get(flow);
    // What may go to an address may ask there what it likes.
    const byAddress = through?.target.kind === "network" && through.request === undefined ? through : undefined;
    return fieldsOf(this.#matcher.request(asked) ?? byAddress);
  }
}
