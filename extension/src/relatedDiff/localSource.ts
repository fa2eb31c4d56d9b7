// The change that a repository of this window holds: its working tree against where its branch began.
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { commands, Uri, workspace, type Disposable } from "vscode";
import type { Candidate } from "../diff/changes.ts";
import { ChangeIndex } from "../diff/changeIndex.ts";
import type { RunFacts } from "../diff/runFacts.ts";
import { gitFailed, UserError } from "../errors.ts";
import { plainText } from "../views/plainText.ts";
import type { ChangeSource, Sides } from "./changeSource.ts";
import { changeNotes } from "./changeNotes.ts";
import { changesSince, commitOf, isBelowHead, mergeBase, type GitOptions, type KnownCommits } from "./gitDiff.ts";
import type { GitApi, GitRepository } from "./gitExtension.ts";
import { emptyDocument } from "./pullDocuments.ts";
import { RepositoryReads } from "./repositoryReads.ts";
import { isRemoteOf } from "./runRepository.ts";
import { localPlace } from "./shownFile.ts";

const foldersOf = ({ rootUri }: GitRepository): string[] => {
  const folder = rootUri.fsPath;
  try {
    return [...new Set([folder, realpathSync(folder)])];
  } catch {
    return [folder];
  }
};

/** The repository that a run worked on, of those that are open; undefined where none is known to be it. */
export const repositoryOfRun = (repositories: readonly GitRepository[], facts: RunFacts): GitRepository | undefined => {
  const local = repositories.filter(({ rootUri }) => rootUri.scheme === "file");
  const { repository } = facts;
  if (repository !== undefined) {
    const same = local.find(({ state }) => isRemoteOf(state.remotes, repository));
    if (same !== undefined) return same;
  }
  const used = [...facts.gitFolders.keys(), ...facts.workFolders.keys()];
  const worked = local.find((one) =>
    foldersOf(one).some((root) => used.some((folder) => folder === root || folder.startsWith(`${root}/`))),
  );
  // A run that says of no repository whose it is may be of the only one that is open.
  return worked ?? (repository === undefined && local.length === 1 ? local[0] : undefined);
};

/** Where the branch began; where that is HEAD itself and nothing is changed, the commit before. */
const baseOf = async (options: GitOptions, repository: GitRepository): Promise<string | undefined> => {
  const { HEAD } = repository.state;
  const named =
    HEAD?.name === undefined ? undefined : await repository.getBranchBase?.(HEAD.name).catch(() => undefined);
  const upstream =
    named?.name === undefined ? undefined : named.remote === undefined ? named.name : `${named.remote}/${named.name}`;
  for (const name of [upstream, "origin/HEAD", "origin/main", "origin/master", "main", "master"]) {
    if (name === undefined || name.startsWith("-") || name === HEAD?.name) continue;
    const base = await mergeBase(options, name);
    if (base !== undefined) return base;
  }
  return commitOf(options, "HEAD");
};

const MAX_COMMITS = 1000;

export class LocalSources implements Disposable {
  readonly #reads: RepositoryReads<ChangeSource | undefined>;
  readonly #commits: KnownCommits = new Map();
  readonly #saves: Disposable;

  /** `onFailure`: is told once what git says where it fails. */
  constructor(onFailure: (error: unknown) => void) {
    this.#reads = new RepositoryReads(onFailure);
    // Git tells of it only some seconds later.
    this.#saves = workspace.onDidSaveTextDocument(({ uri }) => this.#reads.written(uri));
  }

  dispose(): void {
    this.#saves.dispose();
    this.#reads.dispose();
  }

  /**
   * The change of a repository, read anew when it has changed; undefined where it has none yet. `sha`: the commit that the run
   * began at. Throws a `UserError` where git fails.
   */
  async of(git: GitApi, repository: GitRepository, sha: string | undefined): Promise<ChangeSource | undefined> {
    if (this.#commits.size > MAX_COMMITS) this.#commits.clear();
    try {
      return await this.#reads.of(git, repository, sha ?? "", () => readChange(git, repository, sha, this.#commits));
    } catch {
      throw new UserError(gitFailed(plainText(repository.rootUri.fsPath)));
    }
  }
}

const readChange = async (
  git: GitApi,
  repository: GitRepository,
  sha: string | undefined,
  known: KnownCommits,
): Promise<ChangeSource | undefined> => {
  const options = { git: git.git.path, root: repository.rootUri.fsPath, known };
  let base = await baseOf(options, repository);
  if (base === undefined) return undefined;
  let changes = await changesSince(options, base);
  if (changes.files.length === 0) {
    base = await commitOf(options, "HEAD~1");
    if (base === undefined) return undefined;
    changes = await changesSince(options, base);
  }
  const from = base;
  const index = new ChangeIndex(changes);
  const comparison = {
    root: repository.rootUri.path.replace(/\/$/, ""),
    base: from,
    head: repository.state.HEAD?.commit,
    branch: repository.state.HEAD?.name,
  };
  return {
    name: `${repository.state.HEAD?.name ?? "the working tree"} since ${from.slice(0, 7)}`,
    changes: index,
    folders: foldersOf(repository),
    notes: changeNotes(changes, sha === undefined ? false : (await isBelowHead(options, sha)) === false),
    showAll: async () => {
      await commands.executeCommand("workbench.view.scm");
    },
    sides: (candidate) => sidesOf(git, repository, index, from, candidate),
    placeOf: (document) => localPlace(document, comparison),
  };
};

const sidesOf = (
  git: GitApi,
  repository: GitRepository,
  changes: ChangeIndex,
  base: string,
  { path, commit }: Candidate,
): Sides => {
  const at = (relative: string): Uri => Uri.file(join(repository.rootUri.fsPath, relative));
  const files =
    commit === undefined ? changes.files : changes.commits.find((one) => one.commit.sha === commit)?.commit.files;
  const file = files?.find((one) => one.path === path);
  const [from, to] = commit === undefined ? [base, undefined] : [`${commit}~1`, commit];
  const empty = emptyDocument(path);
  return {
    left: file?.status === "added" ? empty : git.toGitUri(at(file?.previousPath ?? path), from),
    right: file?.status === "removed" ? empty : to === undefined ? at(path) : git.toGitUri(at(path), to),
  };
};
