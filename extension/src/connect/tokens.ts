// The tokens, in VS Code's secret storage, one per origin; and the addresses that were connected to, which are no secret.
import type { Memento, SecretStorage } from "vscode";
import type { Endpoint } from "../stream/endpoint.ts";

const ADDRESSES = "runglass.addresses";
const MOST_ADDRESSES = 10;

const secretKey = (origin: string): string => `runglass.token:${origin}`;

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

  /** Keeps a token that a collector has taken. */
  async keep(endpoint: Endpoint, token: string): Promise<void> {
    await this.#secrets.store(secretKey(endpoint.origin), token);
    const others = this.addresses.filter((address) => address !== endpoint.base);
    await this.#memento.update(ADDRESSES, [endpoint.base, ...others].slice(0, MOST_ADDRESSES));
  }

  /** Bases, the latest first. */
  get addresses(): readonly string[] {
    const stored = this.#memento.get<unknown>(ADDRESSES);
    return Array.isArray(stored) ? stored.filter((address) => typeof address === "string") : [];
  }

  /** Deletes the token of an origin, and its addresses. */
  async forget(origin: string): Promise<void> {
    await this.#secrets.delete(secretKey(origin));
    const others = this.addresses.filter((address) => new URL(address).origin !== origin);
    await this.#memento.update(ADDRESSES, others);
  }
}
