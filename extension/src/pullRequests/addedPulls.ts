// The pull requests that the user has added by hand: kept for this workspace, as names only.
import type { Memento } from "vscode";
import type { PullName } from "../github/model.ts";
import { repositoryName } from "../github/names.ts";
import { isSamePull } from "./watched.ts";

const KEY = "runglass.addedPullRequests";
const MOST = 50;

/** What is stored may be of another version, or of somebody else's making. */
const decode = (value: unknown): PullName | undefined => {
  const { owner, name, number } = (typeof value === "object" && value !== null ? value : {}) as Readonly<
    Record<string, unknown>
  >;
  if (typeof owner !== "string" || typeof name !== "string") return undefined;
  const repository = repositoryName(owner, name);
  if (repository === undefined || typeof number !== "number" || !Number.isSafeInteger(number) || number < 1)
    return undefined;
  return { ...repository, number };
};

export class AddedPulls {
  readonly #memento: Memento;

  constructor(memento: Memento) {
    this.#memento = memento;
  }

  get names(): readonly PullName[] {
    const stored = this.#memento.get<unknown>(KEY);
    return Array.isArray(stored) ? stored.map(decode).filter((name) => name !== undefined) : [];
  }

  /** The latest stands first; the oldest is let go where there are too many. */
  async add({ owner, name, number }: PullName): Promise<void> {
    const pull = { owner, name, number };
    await this.#memento.update(KEY, [pull, ...this.names.filter((known) => !isSamePull(known, pull))].slice(0, MOST));
  }

  async remove(pull: PullName): Promise<void> {
    await this.#memento.update(
      KEY,
      this.names.filter((known) => !isSamePull(known, pull)),
    );
  }
}
