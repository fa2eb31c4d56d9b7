// The tokens, in VS Code's secret storage, one per origin; and the addresses that were connected to, which are no secret.
import type { Memento, SecretStorage } from "vscode";
import { parseEndpoint, type Endpoint } from "../stream/endpoint.ts";

const ADDRESSES = "runglass.addresses";
const MOST_ADDRESSES = 10;

const secretKey = (origin: string): string => `runglass.token:${origin}`;

const originOf = (address: string): string | undefined => {
  const parsed = parseEndpoint(address);
  return parsed.ok ? parsed.endpoint.origin : undefined;
};

export class Tokens {
  readonly #secrets: SecretStorage;
  readonly #memento: Memento;

  constructor(secrets: SecretStorage, memento: Memento) {
    this.#secrets = secrets;
    this.#memento = memento;
  }

  get(origin: string): Thenable<string | undefined> {
    return this.#secrets.get(secretKey(origin));
  }

  /** Keeps a token that a collector has taken. One whose address is too long ago to be offered is not kept where nobody sees it. */
  async keep(endpoint: Endpoint, token: string): Promise<void> {
    await this.#secrets.store(secretKey(endpoint.origin), token);
    const others = this.addresses.filter((address) => address !== endpoint.base);
    const offered = [endpoint.base, ...others].slice(0, MOST_ADDRESSES);
    await this.#memento.update(ADDRESSES, offered);
    const origins = new Set(offered.map(originOf));
    for (const address of others.slice(MOST_ADDRESSES - 1)) {
      const origin = originOf(address);
      if (origin !== undefined && !origins.has(origin)) await this.#secrets.delete(secretKey(origin));
    }
  }

  /** Bases, the latest first. */
  get addresses(): readonly string[] {
    const stored = this.#memento.get<unknown>(ADDRESSES);
    return Array.isArray(stored) ? stored.filter((address) => typeof address === "string") : [];
  }

  /** What a token is stored for. */
  get origins(): readonly string[] {
    return [...new Set(this.addresses.map(originOf))].filter((origin) => origin !== undefined);
  }

  /** Deletes the token of an origin, and its addresses. */
  async forget(origin: string): Promise<void> {
    await this.#secrets.delete(secretKey(origin));
    const others = this.addresses.filter((address) => originOf(address) !== origin);
    await this.#memento.update(ADDRESSES, others);
  }
}
