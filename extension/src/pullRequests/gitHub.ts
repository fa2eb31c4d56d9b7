// What works with GitHub, as the rest of the extension sees it: types alone, as it is a bundle of its own.
import type { Disposable, EventEmitter, Memento, SecretStorage, TreeDataProvider, TreeView } from "vscode";
import type { Context } from "../context.ts";
import type { GitHubAccount, GivenAccount } from "../github/account.ts";
import type { gitHubCommands } from "../ids.ts";
import type { RunSession } from "../sessions/runSession.ts";
import type { PullRequests } from "./pullRequests.ts";
import type { SessionFollower } from "./sessionFollower.ts";

/** What its commands work with. */
export interface GitHubContext {
  readonly context: Context;
  readonly account: GitHubAccount;
  readonly pullRequests: PullRequests;
  readonly follower: SessionFollower;
}

export type GitHubCommand = (typeof gitHubCommands)[keyof typeof gitHubCommands];

export interface GitHub extends Disposable {
  readonly account: GitHubAccount;
  readonly pullRequests: PullRequests;
  /** What the Sessions view shows. */
  readonly tree: TreeDataProvider<unknown>;
  run(command: GitHubCommand, argument: unknown): Promise<void>;
  /** The run of a row of the Sessions view, followed where it was not yet. Throws a `UserError`. */
  runOfRow(row: unknown): Promise<RunSession | undefined>;
  /** Watches a run again by its key; undefined for one that is of no session. Throws a `UserError`. */
  bringBack(key: string): Promise<RunSession | undefined>;
}

export interface GitHubOptions {
  readonly context: Context;
  readonly secrets: SecretStorage;
  readonly memento: Memento;
  /** Of the runs' local copies. */
  readonly folder: string;
  /** Of the extension. */
  readonly version: string;
  readonly given: Promise<GivenAccount | undefined>;
  readonly view: TreeView<unknown>;
  /** Fired when the view is to be drawn anew. */
  readonly changed: EventEmitter<unknown>;
}
