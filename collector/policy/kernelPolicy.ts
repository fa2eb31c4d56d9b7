// A policy as the kernel enforces it: the tables that the sensor's guard reads (sensor/bpf/guardPolicy.h), as bytes.
import { formatNetwork, type Network } from "./addresses.ts";
import type { Policy, Rule } from "./policy.ts";

/** What `sensor/bpf/guardPolicy.h` calls so; a test compares. */
export const KERNEL_LIMITS = { networks: 262_144, names: 65_536, ports: 1_048_576, spanPorts: 64, name: 252 } as const;

const MAGIC = 0x31_50_47_52;
const NETWORK_HEAD_BITS = 32;
const HEAD_SIZE = 16;
const NETWORK_SIZE = 28;
const NAME_SIZE = 264;
const PORT_SIZE = 8;

const PROTOCOLS = { any: 0, tcp: 6, udp: 17 } as const;

export interface KernelPolicy {
  /** For the sensor. */
  readonly bytes: Uint8Array;
  /** The rules by their numbers in there. */
  readonly rules: readonly Rule[];
  /** Whether any rule of it is about a name. */
  readonly names: boolean;
  /** Rules that say more than the kernel can hold somebody to: their requests are only judged. */
  readonly auditOnly: readonly Rule[];
}

/** Why a policy cannot be enforced: one sentence each. */
export interface NotEnforceable {
  readonly reasons: readonly string[];
}

interface Opening {
  readonly port: number;
  readonly protocol: number;
  readonly rule: number;
}

/** A name that rules are about; `below`: it stands for all names that end like this. */
interface Name {
  readonly text: string;
  readonly below: boolean;
  readonly openings: Opening[];
}

const portOf = ({ port }: Rule): number => (port === "any" ? 0 : port);

/** What rules with two ends mean, where that can be said by an end alone. */
const nameOf = ({ target }: Rule): { text: string; below: boolean } | undefined => {
  switch (target.kind) {
    case "host":
      return { text: target.name, below: false };
    case "subdomains":
      return { text: `.${target.parent}`, below: true };
    case "ends":
      return target.prefix === "" ? { text: target.suffix.replace(/\.$/, ""), below: true } : undefined;
    case "network":
      return undefined;
  }
};

const bytesOf = ({ version, value }: Network): Uint8Array => {
  const length = version === 4 ? 4 : 16;
  return Uint8Array.from({ length }, (_, index) => Number((value >> BigInt(8 * (length - 1 - index))) & 0xffn));
};

class Tables {
  readonly networks = new Map<string, { network: Network; opening: Opening }>();
  readonly names = new Map<string, Name>();
  readonly reasons: string[] = [];
  readonly folds: boolean;

  constructor(folds: boolean) {
    this.folds = folds;
  }

  add(rule: Rule, number: number): void {
    const port = portOf(rule);
    // Harden-Runner's port 0 opens nothing.
    if (rule.port === 0) return;
    const opening = { port, protocol: PROTOCOLS[rule.protocol], rule: number };
    if (rule.target.kind === "network") {
      const { network } = rule.target;
      const key = `${network.version} ${formatNetwork(network)} ${opening.protocol} ${port}`;
      // The first of equal rules is the one that decides, as for the matcher.
      if (!this.networks.has(key)) this.networks.set(key, { network, opening });
      return;
    }
    const name = nameOf(rule);
    if (name === undefined) {
      this.reasons.push(`"${rule.text}": a * inside a name cannot be enforced in the kernel`);
      return;
    }
    if (name.text.length >= KERNEL_LIMITS.name || /[^\x21-\x7e]/.test(name.text)) {
      this.reasons.push(
        `"${rule.text.slice(0, 80)}": the kernel takes names of up to ${KERNEL_LIMITS.name - 1} letters`,
      );
      return;
    }
    const key = `${name.below ? "*" : "="}${name.text}`;
    const known = this.names.get(key);
    if (known === undefined) this.names.set(key, { ...name, openings: [opening] });
    else known.openings.push(opening);
  }

  /** What a name opens, with what the wider names do that it is one of: the narrowest entry answers alone. */
  openingsOf(name: Name, wide: ReadonlyMap<string, Name>): readonly Opening[] {
    const all = [...name.openings];
    // Harden-Runner opens a listed name for its own ports only.
    if (!this.folds && !name.below) return all;
    for (let at = name.below ? 1 : 0; at < name.text.length; at++) {
      const wider = wide.get(name.text.slice(at));
      if (wider !== undefined && wider !== name) all.push(...wider.openings);
    }
    const seen = new Set<string>();
    return all.filter(({ port, protocol }) => {
      const key = `${port} ${protocol}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
  }
}

const writeNetwork = (view: DataView, at: number, network: Network, { port, protocol, rule }: Opening): void => {
  view.setUint32(at, NETWORK_HEAD_BITS + network.length, true);
  view.setUint8(at + 4, network.version);
  view.setUint8(at + 5, protocol);
  view.setUint16(at + 6, port, false);
  for (const [index, byte] of bytesOf(network).entries()) view.setUint8(at + 8 + index, byte);
  view.setUint32(at + 24, rule, true);
};

const writeName = (view: DataView, at: number, { text, below }: Name, first: number, count: number): void => {
  const length = text.length + (below ? 0 : 1);
  view.setUint32(at, 8 * length, true);
  for (let index = 0; index < text.length; index++) {
    view.setUint8(at + 4 + index, text.charCodeAt(text.length - 1 - index));
  }
  view.setUint32(at + 256, first, true);
  view.setUint32(at + 260, count, true);
};

const countedReason = (count: number, most: number, what: string): string[] =>
  count > most ? [`it has ${count} ${what}, and the kernel takes ${most}`] : [];

/** Makes the tables of a policy without problems, or says why it has none. */
export const kernelPolicy = (policy: Policy): KernelPolicy | NotEnforceable => {
  const tables = new Tables(policy.dialect === "runglass");
  for (const [number, rule] of policy.rules.entries()) tables.add(rule, number);
  const wide = new Map([...tables.names.values()].filter(({ below }) => below).map((name) => [name.text, name]));
  const ports: Opening[] = [];
  const names: { name: Name; first: number; count: number }[] = [];
  for (const name of tables.names.values()) {
    const openings = tables.openingsOf(name, wide);
    if (openings.length > KERNEL_LIMITS.spanPorts) {
      tables.reasons.push(
        `"${name.text}" has ${openings.length} ports with those of its wildcards, and the kernel takes ${KERNEL_LIMITS.spanPorts}`,
      );
    }
    names.push({ name, first: ports.length, count: openings.length });
    ports.push(...openings);
  }
  const reasons = [
    ...tables.reasons,
    ...countedReason(tables.networks.size, KERNEL_LIMITS.networks, "networks"),
    ...countedReason(names.length, KERNEL_LIMITS.names, "names"),
    ...countedReason(ports.length, KERNEL_LIMITS.ports, "ports of names"),
  ];
  if (reasons.length > 0) return { reasons };
  const size = HEAD_SIZE + tables.networks.size * NETWORK_SIZE + names.length * NAME_SIZE + ports.length * PORT_SIZE;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, tables.networks.size, true);
  view.setUint32(8, names.length, true);
  view.setUint32(12, ports.length, true);
  let at = HEAD_SIZE;
  for (const { network, opening } of tables.networks.values()) {
    writeNetwork(view, at, network, opening);
    at += NETWORK_SIZE;
  }
  for (const { name, first, count } of names) {
    writeName(view, at, name, first, count);
    at += NAME_SIZE;
  }
  for (const { port, protocol, rule } of ports) {
    view.setUint16(at, port, true);
    view.setUint8(at + 2, protocol);
    view.setUint32(at + 4, rule, true);
    at += PORT_SIZE;
  }
  const auditOnly = policy.rules.filter(({ request }) => request !== undefined);
  return { bytes, rules: policy.rules, names: names.length > 0, auditOnly };
};
