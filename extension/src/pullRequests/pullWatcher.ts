// Watches the pull requests that are wished for: asks GitHub what is due, one question after the other, and tells when something
// was heard. It has no timer of its own; see pollLoop.ts.
import { UserError } from "../errors.ts";
import type { GitHubFailure } from "../github/failures.ts";
import type { GitHubClient } from "../github/gitHubClient.ts";
import type { PullName, RepositoryName, WorkflowRun } from "../github/model.ts";
import type { SessionGlance } from "../hosted/sessionGlance.ts";
import { repositoryKey } from "../github/names.ts";
import { createSignal } from "../sessions/signal.ts";
import { isLive } from "./agentRuns.ts";
import { failureDelay, stretch } from "./pollPlan.ts";
import { RepositoryWatch, REST_MS } from "./repositoryWatch.ts";
import type { PullEntry, Watched, Wishes } from "./watched.ts";

export interface PullWatcherOptions {
  /** Throws a `UserError` where nobody is signed in. */
  readonly client: () => Promise<GitHubClient>;
  readonly wishes: () => Wishes;
  readonly now: () => number;
  /** Asks what the log of a session says that is not open here; nobody does where absent. */
  readonly glance?: (client: GitHubClient, run: WorkflowRun, signal: AbortSignal) => Promise<SessionGlance>;
  /** Whether the log of a session is open in this window. */
  readonly isOpen?: (run: WorkflowRun) => boolean;
}

/** Failures of one repository alone. */
const ownFailures: ReadonlySet<string> = new Set(["notThere", "permissionMissing", "ssoAsked"]);
/** Two questions about anything are never closer. */
const SHORTEST_WAIT_MS = 1000;

const latest = ({ pull, sessions }: PullEntry): number => Math.max(pull.updatedAt, sessions[0]?.run.createdAt ?? 0);

const rank = ({ sessions, isCheckedOut }: PullEntry): number =>
  (sessions.some(({ run }) => isLive(run)) ? 2 : 0) + (isCheckedOut ? 1 : 0);

/** What goes on first, then what is checked out, then the latest. */
const byInterest = (a: PullEntry, b: PullEntry): number =>
  rank(b) - rank(a) || latest(b) - latest(a) || b.pull.number - a.pull.number;

export class PullWatcher {
  readonly #options: PullWatcherOptions;
  readonly #changes = createSignal<void>();
  readonly #repositories = new Map<string, RepositoryWatch>();
  #failure: GitHubFailure | undefined;
  #failures = 0;
  #restsUntil = 0;

  constructor(options: PullWatcherOptions) {
    this.#options = options;
  }

  get watched(): Watched {
    const repositories = [...this.#repositories.values()];
    return {
      pulls: repositories.flatMap((repository) => repository.entries()).sort(byInterest),
      repositories: repositories.map(({ name, open, hasMonitor, failure, missing }) => ({
        name,
        // Of one that is not open here there is no file to put the step into.
        hasMonitor: open === undefined ? undefined : hasMonitor,
        failure,
        missing: failure === undefined ? missing : [],
      })),
      failure: this.#failure,
      isKnown: repositories.every(({ isKnown, failure }) => isKnown || failure !== undefined),
    };
  }

  /** Called when something may have changed. */
  onChange(listener: () => void): () => void {
    return this.#changes.listen(listener);
  }

  /** Everything is due again, also what has failed. */
  refresh(): void {
    this.#restsUntil = 0;
    for (const repository of this.#repositories.values()) repository.refresh();
  }

  /** Somebody looks at this session's steps. Gives whether they are to be asked for, which they were not before. */
  look(run: WorkflowRun): boolean {
    return this.#repositories.get(repositoryKey(run))?.look(run) ?? false;
  }

  /** Somebody sees the rows of a pull request's sessions. Gives whether there is something to ask that there was not before. */
  see(pull: PullName): boolean {
    return this.#repositories.get(repositoryKey(pull))?.see(pull.number) ?? false;
  }

  /** Asks all that is due; gives the milliseconds until something is due again, `Infinity` where only the user can help. */
  async poll(signal: AbortSignal): Promise<number> {
    const { client, now } = this.#options;
    this.#takeWishes();
    if (this.#repositories.size === 0) {
      this.#failure = undefined;
      this.#changes.fire();
      return Number.POSITIVE_INFINITY;
    }
    if (now() < this.#restsUntil) return this.#restsUntil - now();
    try {
      const asked = await client();
      for (const repository of this.#repositories.values()) {
        if (now() < repository.nextDue()) continue;
        await this.#askOne(repository, asked, signal);
      }
      this.#failure = undefined;
      this.#failures = 0;
    } catch (error) {
      if (signal.aborted) return SHORTEST_WAIT_MS;
      if (!(error instanceof UserError)) throw error;
      this.#fail(error.failure);
    }
    this.#changes.fire();
    return this.#wait();
  }

  async #askOne(repository: RepositoryWatch, client: GitHubClient, signal: AbortSignal): Promise<void> {
    const { now, glance } = this.#options;
    try {
      await repository.ask({
        client,
        signal,
        now,
        stretch: () => stretch(client.billedLastHour),
        glance: glance === undefined ? undefined : (run) => glance(client, run, signal),
      });
    } catch (error) {
      if (!(error instanceof UserError) || !ownFailures.has(error.failure.code)) throw error;
      repository.failure = error.failure;
      repository.restsUntil = now() + REST_MS;
    }
  }

  /** It can't be known what to watch: nothing is asked before `refresh`. */
  refuse(failure: GitHubFailure): void {
    this.#repositories.clear();
    this.#fail(failure);
    this.#changes.fire();
  }

  #fail(failure: GitHubFailure): void {
    // What was told to who is signed in no more is not for whoever looks now.
    if (failure.code === "signedOut") this.#repositories.clear();
    const now = this.#options.now();
    this.#failure = failure;
    this.#failures += 1;
    const until = failure.retry ? (failure.retryAt ?? now + failureDelay(this.#failures)) : Number.POSITIVE_INFINITY;
    this.#restsUntil = until;
  }

  #wait(): number {
    const now = this.#options.now();
    const due = Math.min(...[...this.#repositories.values()].map((repository) => repository.nextDue()));
    return Math.max(SHORTEST_WAIT_MS, Math.max(due, this.#failure === undefined ? 0 : this.#restsUntil) - now);
  }

  /** Brings the repositories in line with what is wished for now. */
  #takeWishes(): void {
    const { repositories, added } = this.#options.wishes();
    const { glance, isOpen = (): boolean => false } = this.#options;
    const isSettled = glance === undefined ? (): boolean => true : isOpen;
    const wanted = new Set<string>();
    const watchOf = (name: RepositoryName): RepositoryWatch => {
      const key = repositoryKey(name);
      wanted.add(key);
      const known =
        this.#repositories.get(key) ?? new RepositoryWatch({ owner: name.owner, name: name.name }, isSettled);
      this.#repositories.set(key, known);
      return known;
    };
    for (const open of repositories) watchOf(open.name).open = open;
    const byRepository = new Map<string, PullName[]>();
    for (const name of added) {
      const key = repositoryKey(name);
      byRepository.set(key, [...(byRepository.get(key) ?? []), name]);
    }
    for (const names of byRepository.values()) if (names[0] !== undefined) watchOf(names[0]).added = names;
    const openKeys = new Set(repositories.map(({ name }) => repositoryKey(name)));
    for (const [key, repository] of this.#repositories) {
      if (!wanted.has(key)) this.#repositories.delete(key);
      if (!openKeys.has(key)) repository.open = undefined;
      if (!byRepository.has(key)) repository.added = [];
    }
  }
}
