// Which rule of a policy allows a connection, a name or a request. Built once for a policy; a question costs a few look-ups,
// however long the list is.
import { bitsOf, networkOf, parseAddress, type Address } from "./addresses.ts";
import type { Policy, Protocol, Rule } from "./policy.ts";

export interface Question {
  /** The name that the connection was made for, where it is known. */
  readonly host?: string | undefined;
  readonly ip?: string | undefined;
  readonly port: number;
  readonly protocol: Protocol;
}

export interface RequestQuestion {
  readonly host: string;
  readonly port: number;
  readonly scheme: "http" | "https";
  readonly method: string;
  /** Without its query. */
  readonly path: string;
}

/** Does a rule open this port? */
const opens = (rule: Rule, port: number, protocol: Protocol): boolean =>
  (rule.port === "any" || rule.port === port) && (rule.protocol === "any" || rule.protocol === protocol);

const admits = ({ request }: Rule, asked: RequestQuestion): boolean =>
  request === undefined ||
  (request.scheme === asked.scheme &&
    (request.methods === undefined || request.methods.includes(asked.method)) &&
    (request.prefix ? asked.path.startsWith(request.path) : asked.path === request.path));

const push = <K>(map: Map<K, Rule[]>, key: K, rule: Rule): void => {
  const rules = map.get(key);
  if (rules === undefined) map.set(key, [rule]);
  else rules.push(rule);
};

interface Networks {
  readonly length: number;
  readonly version: 4 | 6;
  readonly rules: Map<bigint, Rule[]>;
}

type Fits = (rule: Rule) => boolean;

export class Matcher {
  readonly #folds: boolean;
  readonly #hosts = new Map<string, Rule[]>();
  readonly #parents = new Map<string, Rule[]>();
  readonly #ends: Rule[] = [];
  /** The longest first: the narrowest rule decides. */
  readonly #networks: Networks[] = [];
  /** The last addresses that were read. */
  readonly #addresses = new Map<string, Address | undefined>();

  constructor(policy: Policy) {
    this.#folds = policy.dialect === "runglass";
    for (const rule of policy.rules) this.#add(rule);
    this.#networks.sort((a, b) => b.length / bitsOf(b.version) - a.length / bitsOf(a.version));
  }

  #add(rule: Rule): void {
    const { target } = rule;
    if (target.kind === "host") push(this.#hosts, target.name, rule);
    else if (target.kind === "subdomains") push(this.#parents, target.parent, rule);
    else if (target.kind === "ends") this.#ends.push(rule);
    else {
      const { version, length, value } = target.network;
      let networks = this.#networks.find((one) => one.version === version && one.length === length);
      if (networks === undefined) this.#networks.push((networks = { version, length, rules: new Map() }));
      push(networks.rules, value, rule);
    }
  }

  /** The rule that allows a connection; undefined where none does. */
  connection({ host, ip, port, protocol }: Question): Rule | undefined {
    const fits: Fits = (rule) => opens(rule, port, protocol);
    return (
      (host === undefined ? undefined : this.#named(host, fits)) ??
      (ip === undefined ? undefined : this.#addressed(ip, fits))
    );
  }

  /** The rule because of which a name may be looked up; undefined where no connection to it would be allowed. */
  name(host: string): Rule | undefined {
    return this.#named(host, (rule) => rule.port !== 0);
  }

  /** The rule that expects a request; undefined where none does, though its connection may be allowed. */
  request(asked: RequestQuestion): Rule | undefined {
    return this.#named(asked.host, (rule) => opens(rule, asked.port, "tcp") && admits(rule, asked));
  }

  #named(asked: string, fits: Fits): Rule | undefined {
    const bare = asked.endsWith(".") ? asked.slice(0, -1) : asked;
    const name = this.#folds ? bare.toLowerCase() : bare;
    const listed = this.#hosts.get(name);
    const exact = listed?.find(fits);
    // Harden-Runner opens a listed name for its own ports only, also where a wildcard fits it.
    if (exact !== undefined || (listed !== undefined && !this.#folds)) return exact;
    if (this.#parents.size > 0) {
      for (let dot = name.indexOf("."); dot >= 0; dot = name.indexOf(".", dot + 1)) {
        const rule = this.#parents.get(name.slice(dot + 1))?.find(fits);
        if (rule !== undefined) return rule;
      }
    }
    if (this.#ends.length === 0) return undefined;
    const full = `${name}.`;
    return this.#ends.find(
      (rule) =>
        rule.target.kind === "ends" &&
        full.startsWith(rule.target.prefix) &&
        full.endsWith(rule.target.suffix) &&
        fits(rule),
    );
  }

  #address(ip: string): Address | undefined {
    let address = this.#addresses.get(ip);
    if (address === undefined && !this.#addresses.has(ip)) {
      address = parseAddress(ip);
      if (this.#addresses.size >= 4096) this.#addresses.clear();
      this.#addresses.set(ip, address);
    }
    return address;
  }

  #addressed(ip: string, fits: Fits): Rule | undefined {
    const address = this.#address(ip);
    if (address === undefined) return undefined;
    for (const { version, length, rules } of this.#networks) {
      if (version !== address.version) continue;
      const rule = rules.get(networkOf(address, length).value)?.find(fits);
      if (rule !== undefined) return rule;
    }
    return undefined;
  }
}
