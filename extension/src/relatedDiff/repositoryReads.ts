// What was read of the repositories of this window, until they change. Kept by their folders: VS Code's git API makes new objects
// of the same repositories each time that they are asked for.
import type { Disposable, Event } from "vscode";

export interface ReadRepository {
  readonly rootUri: { toString(): string };
  readonly state: { readonly onDidChange: Event<void> };
}

export interface ReadRepositories {
  readonly onDidCloseRepository: Event<ReadRepository>;
}

interface Read<T> {
  readonly root: string;
  readonly result: Promise<T>;
  readonly listeners: readonly Disposable[];
  hasFailed: boolean;
  /** Milliseconds since the epoch. */
  until: number;
}

const MAX_READS = 20;
/** Of a change nobody may be told, as where VS Code is not to look for changes by itself. */
const MAX_AGE_MS = 300_000;
/** What git needs half a minute to fail at is not tried again at each look. */
const FAILED_MS = 60_000;

export class RepositoryReads<T> implements Disposable {
  readonly #onFailure: (error: unknown) => void;
  readonly #now: () => number;
  /** The oldest first. */
  readonly #reads = new Map<string, Read<T>>();

  /** `onFailure`: is told once of each read that fails. */
  constructor(onFailure: (error: unknown) => void, now: () => number = Date.now) {
    this.#onFailure = onFailure;
    this.#now = now;
  }

  /** What `read` gives, or gave since the repository has changed. Rejects as it does; so, too, for a minute behind that. */
  of(git: ReadRepositories, repository: ReadRepository, about: string, read: () => Promise<T>): Promise<T> {
    const root = repository.rootUri.toString();
    const key = `${root} ${about}`;
    const known = this.#reads.get(key);
    if (known !== undefined && this.#now() < known.until) return known.result;
    this.#forget(key);
    const listeners = [
      repository.state.onDidChange(() => void changed(made)),
      git.onDidCloseRepository(({ rootUri }) => {
        if (rootUri.toString() === root && this.#reads.get(key) === made) this.#forget(key);
      }),
    ];
    const made: Read<T> = { root, result: read(), listeners, hasFailed: false, until: this.#now() + MAX_AGE_MS };
    made.result.catch((error: unknown) => {
      made.hasFailed = true;
      made.until = this.#now() + FAILED_MS;
      this.#onFailure(error);
    });
    for (const oldest of this.#reads.keys()) {
      if (this.#reads.size < MAX_READS) break;
      this.#forget(oldest);
    }
    this.#reads.set(key, made);
    return made.result;
  }

  /** A file was written: what was read of the repository around it is old. */
  written(file: { toString(): string }): void {
    const path = file.toString();
    for (const read of this.#reads.values()) if (path.startsWith(`${read.root}/`)) changed(read);
  }

  dispose(): void {
    for (const key of this.#reads.keys()) this.#forget(key);
  }

  #forget(key: string): void {
    for (const listener of this.#reads.get(key)?.listeners ?? []) listener.dispose();
    this.#reads.delete(key);
  }
}

const changed = (read: Pick<Read<unknown>, "hasFailed" | "until">): void => {
  if (!read.hasFailed) read.until = 0;
};
