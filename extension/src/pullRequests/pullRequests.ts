// The pull requests of this window, watched while somebody looks: what the Sessions view shows and the commands work with.
import { commands as vscodeCommands, window, type Disposable } from "vscode";
import { UserError } from "../errors.ts";
import type { GitHubAccount } from "../github/account.ts";
import type { PullName, WorkflowRun } from "../github/model.ts";
import { contextKeys } from "../ids.ts";
import { logDefect, logFailure, type Log } from "../log.ts";
import type { AddedPulls } from "./addedPulls.ts";
import { PollLoop } from "./pollLoop.ts";
import { PullWatcher, type PullWatcherOptions } from "./pullWatcher.ts";
import { findPull, type OpenRepository, type PullEntry, type Watched } from "./watched.ts";
import { welcomeOf, type Welcome } from "./welcome.ts";
import type { WorkspaceRepositories } from "./workspaceRepositories.ts";

export interface PullRequestsOptions {
  readonly account: GitHubAccount;
  readonly repositories: WorkspaceRepositories;
  readonly added: AddedPulls;
  readonly log: Log;
  /** What the log of a session says that is not open here. */
  readonly glance: NonNullable<PullWatcherOptions["glance"]>;
  readonly isOpen: (run: WorkflowRun) => boolean;
}

export class PullRequests implements Disposable {
  readonly account: GitHubAccount;
  readonly added: AddedPulls;
  readonly #log: Log;
  readonly #watcher: PullWatcher;
  readonly #loop: PollLoop;
  readonly #repositories: WorkspaceRepositories;
  readonly #subscriptions: Disposable[];
  #open: readonly OpenRepository[] = [];
  /** The view is on the screen. */
  #isSeen = false;
  #loggedFailure = "";
  #welcome: Welcome | undefined;

  constructor({ account, repositories, added, log, glance, isOpen }: PullRequestsOptions) {
    this.account = account;
    this.added = added;
    this.#log = log;
    this.#repositories = repositories;
    this.#watcher = new PullWatcher({
      client: () => account.client(),
      wishes: () => ({ repositories: this.#open, added: added.names }),
      now: Date.now,
      glance,
      isOpen,
    });
    this.#loop = new PollLoop({
      poll: (signal) => this.#poll(signal),
      isWanted: () => this.#isSeen && window.state.focused,
      onError: (error) => logDefect(log, "watch pull requests", error),
    });
    const again = (): void => this.refresh();
    this.#subscriptions = [
      window.onDidChangeWindowState(({ focused }) => {
        if (focused) this.#loop.wake();
      }),
      repositories.onDidChange(() => this.#loop.wake()),
      { dispose: account.onChange(again) },
      { dispose: this.#watcher.onChange(() => this.#told()) },
      this.#loop,
    ];
  }

  get watched(): Watched {
    return this.#watcher.watched;
  }

  /** Called when something may have changed. */
  onChange(listener: () => void): () => void {
    return this.#watcher.onChange(listener);
  }

  /** The view came to be seen, or is no longer. */
  setSeen(isSeen: boolean): void {
    this.#isSeen = isSeen;
    if (isSeen) this.#loop.wake();
  }

  /** Asks for everything anew. */
  refresh(): void {
    this.#watcher.refresh();
    this.#loop.wake();
  }

  /** Somebody looks at a session's steps. */
  look(session: PullEntry["sessions"][number]): void {
    if (this.#watcher.look(session.run)) this.#loop.wake();
  }

  /** Somebody sees the rows of a pull request's sessions. */
  see({ pull }: PullEntry): void {
    if (this.#watcher.see(pull)) this.#loop.wake();
  }

  /** Watches a pull request by itself, and gives what is known of it. Throws a `UserError`. */
  async watch(name: PullName): Promise<PullEntry> {
    const client = await this.account.client();
    // Throws where it is not there.
    await client.pull(name);
    if (findPull(this.watched, name) === undefined) await this.added.add(name);
    return this.#askFor(name);
  }

  async unwatch(name: PullName): Promise<void> {
    await this.added.remove(name);
    this.refresh();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** Polls, whether or not the view is seen, until the pull request is known. */
  async #askFor(name: PullName): Promise<PullEntry> {
    const known = findPull(this.watched, name);
    if (known !== undefined) return known;
    this.#watcher.refresh();
    await this.#poll(new AbortController().signal);
    this.#loop.wake();
    const entry = findPull(this.watched, name);
    if (entry !== undefined) return entry;
    const client = await this.account.client();
    return { pull: await client.pull(name), isAdded: true, isCheckedOut: false, sessions: [] };
  }

  async #poll(signal: AbortSignal): Promise<number> {
    try {
      this.#open = await this.#repositories.find(this.account.site);
    } catch (error) {
      // Where the setting can't be used; another one wakes the loop.
      if (!(error instanceof UserError)) throw error;
      this.#open = [];
      this.#watcher.refuse(error.failure);
      return Number.POSITIVE_INFINITY;
    }
    return this.#watcher.poll(signal);
  }

  #told(): void {
    const { watched } = this;
    const { failure } = watched;
    const code = failure?.code ?? "";
    if (failure !== undefined && code !== this.#loggedFailure) logFailure(this.#log, "watch pull requests", failure);
    this.#loggedFailure = code;
    const welcome = welcomeOf(watched);
    if (welcome === this.#welcome) return;
    this.#welcome = welcome;
    void vscodeCommands.executeCommand("setContext", contextKeys.gitHub, welcome);
  }
}
