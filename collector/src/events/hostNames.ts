// Which name an address was last given by DNS, for the `host` of a flow.
//
// A name is only as good as who gave it: first what the process itself was told, then what a resolver of this machine
// told anyone, then what any server told anyone. Only answers to a query that was seen are taken.
import { readFileSync } from "node:fs";
import { BoundedMap } from "./boundedMap.ts";

const LIMIT = 16_384;
const RESOLV_CONF = ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"];

/** Addresses of the resolvers that this machine is set up to ask, by its files. */
export const configuredResolvers = (): ReadonlySet<string> => {
  const servers = new Set<string>();
  for (const file of RESOLV_CONF) {
    try {
      for (const match of readFileSync(file, "utf8").matchAll(/^\s*nameserver\s+(\S+)/gm)) servers.add(match[1] ?? "");
    } catch {
      // Not every machine has both.
    }
  }
  return servers;
};

/** Of whose answers names are taken: also systemd's own, whether a file says it or not. */
export const namingResolvers = (): ReadonlySet<string> => new Set([...configuredResolvers(), "127.0.0.53"]);

export class HostNames {
  readonly #resolvers: ReadonlySet<string>;
  readonly #own = new BoundedMap<string, string>(4 * LIMIT);
  readonly #trusted = new BoundedMap<string, string>(LIMIT);
  readonly #any = new BoundedMap<string, string>(LIMIT);
  /** All names that an address was given, as far as there is room. */
  readonly #given = new BoundedMap<string, true>(4 * LIMIT);

  constructor(resolvers: ReadonlySet<string>) {
    this.#resolvers = resolvers;
  }

  /** The process was told by `server` that `name` has these addresses. */
  learn(processId: string, server: string, name: string, addresses: readonly string[]): void {
    for (const address of addresses) {
      this.#own.set(`${processId} ${address}`, name);
      this.#given.set(`${address} ${name}`, true);
      (this.#resolvers.has(server) ? this.#trusted : this.#any).set(address, name);
    }
  }

  /** The name that the address goes by for that process, where one is known. */
  lookup(processId: string, address: string): string | undefined {
    if (this.#given.size === 0) return undefined;
    return this.#own.get(`${processId} ${address}`) ?? this.#trusted.get(address) ?? this.#any.get(address);
  }

  /** Whether DNS gave the address that name, to whomever. */
  has(address: string, name: string): boolean {
    return this.#given.get(`${address} ${name}`) === true;
  }
}
