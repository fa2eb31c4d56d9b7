import assert from "node:assert/strict";
import type { Disposable, Event } from "vscode";
import { RepositoryReads, type ReadRepositories, type ReadRepository } from "./repositoryReads.ts";

/** Fires as VS Code's do; knows who listens. */
class Emitter<T> {
  readonly listeners = new Set<(value: T) => unknown>();
  readonly event: Event<T> = (listener): Disposable => {
    this.listeners.add(listener);
    return { dispose: () => void this.listeners.delete(listener) };
  };
  fire(value: T): void {
    for (const listener of this.listeners) listener(value);
  }
}

/** Git's API with repositories that are new objects each time, as the real one's are. */
class Git implements ReadRepositories {
  readonly #roots: readonly string[];
  readonly changed = new Emitter<void>();
  readonly closed = new Emitter<ReadRepository>();
  readonly onDidCloseRepository = this.closed.event;
  constructor(...roots: readonly string[]) {
    this.#roots = roots;
  }
  get repositories(): readonly ReadRepository[] {
    return this.#roots.map((root) => ({
      rootUri: { toString: () => root },
      state: { onDidChange: this.changed.event },
    }));
  }
  get first(): ReadRepository {
    const [first] = this.repositories;
    assert.ok(first !== undefined);
    return first;
  }
}

describe("what was read of a repository", () => {
  let now: number;
  let count: number;
  let failures: unknown[];
  let reads: RepositoryReads<number>;
  const read = (): Promise<number> => Promise.resolve((count += 1));

  beforeEach(() => {
    [now, count, failures] = [1000, 0, []];
    reads = new RepositoryReads(
      (error) => failures.push(error),
      () => now,
    );
  });

  it("is kept until it changes, whatever object stands for it", async () => {
    const git = new Git("file:///src/app");
    assert.notEqual(git.first, git.first);
    assert.equal(await reads.of(git, git.first, "", read), 1);
    assert.equal(await reads.of(git, git.first, "", read), 1);
    assert.equal(git.changed.listeners.size, 1);
    git.changed.fire();
    assert.equal(await reads.of(git, git.first, "", read), 2);
    assert.equal(git.changed.listeners.size, 1);
    assert.equal(await reads.of(git, git.first, "another commit", read), 3);
  });

  it("is old once a file below its folder was written", async () => {
    const git = new Git("file:///src/app");
    await reads.of(git, git.first, "", read);
    reads.written("file:///src/application/a.ts");
    assert.equal(await reads.of(git, git.first, "", read), 1);
    reads.written("file:///src/app/a.ts");
    assert.equal(await reads.of(git, git.first, "", read), 2);
  });

  it("is old after five minutes, of which nobody may have told", async () => {
    const git = new Git("file:///src/app");
    await reads.of(git, git.first, "", read);
    now += 300_000;
    assert.equal(await reads.of(git, git.first, "", read), 2);
  });

  it("is not tried again for a minute where that failed, and said once", async () => {
    const git = new Git("file:///src/app");
    const fail = (): Promise<number> => {
      count += 1;
      return Promise.reject(new Error("git diff: too much"));
    };
    await assert.rejects(reads.of(git, git.first, "", fail), /too much/);
    git.changed.fire();
    await assert.rejects(reads.of(git, git.first, "", fail), /too much/);
    assert.deepEqual([count, failures.length], [1, 1]);
    now += 60_000;
    assert.equal(await reads.of(git, git.first, "", read), 2);
  });

  it("is forgotten when it is closed, and in the end", async () => {
    const git = new Git("file:///src/app", "file:///src/other");
    for (const one of git.repositories) await reads.of(git, one, "", read);
    git.closed.fire(git.first);
    assert.deepEqual([git.changed.listeners.size, git.closed.listeners.size], [1, 1]);
    assert.equal(await reads.of(git, git.first, "", read), 3);
    reads.dispose();
    assert.deepEqual([git.changed.listeners.size, git.closed.listeners.size], [0, 0]);
  });

  it("is of the last twenty", async () => {
    const roots = Array.from({ length: 30 }, (_, i) => `file:///src/${i}`);
    const git = new Git(...roots);
    for (const one of git.repositories) await reads.of(git, one, "", read);
    assert.equal(git.changed.listeners.size, 20);
    assert.equal(await reads.of(git, git.first, "", read), 31);
  });
});
