// Which branch a repository has checked out, and which is its default one: by git's own files, so that no program is started for
// it and nothing asks the network.
import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { isCopilotPath } from "../rules/copilot/support.ts";

export interface Branches {
  readonly current: string;
  readonly main: string;
}

/** What git writes there is short. */
const MOST_BYTES = 4096;

/** The text of a small file; undefined where there is none, or something else in its place. */
const read = (path: string): string | undefined => {
  try {
    const found = statSync(path);
    return found.isFile() && found.size <= MOST_BYTES ? readFileSync(path, "utf8").trimEnd() : undefined;
  } catch {
    return undefined;
  }
};

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Such a path is of another computer on Windows, which is asked for it, with the user's name: a repository must not bring that about. */
const isOnNetwork = (path: string): boolean => /^[\\/]{2}/.test(path);

/** Git's folder for the working tree that a folder is in; that of a worktree is named in a file. */
const gitFolderOf = (folder: string): string | undefined => {
  for (let at = folder; ; at = dirname(at)) {
    const git = join(at, ".git");
    if (isFolder(git)) return git;
    const [, named] = /^gitdir: (.+)$/.exec(read(git) ?? "") ?? [];
    if (named !== undefined) return isOnNetwork(named) ? undefined : resolve(at, named);
    if (dirname(at) === at) return undefined;
  }
};

/** The same for the files that Copilot reads from the default branch; nobody asks of others. */
export const branchesFor = (path: string): Branches | undefined => (isCopilotPath(path) ? branchesOf(path) : undefined);

/** For the file at `path`; undefined where no branch is checked out, or nothing says which is the default one. */
export const branchesOf = (path: string): Branches | undefined => {
  const git = gitFolderOf(dirname(resolve(path)));
  if (git === undefined) return undefined;
  const [, current] = /^ref: refs\/heads\/(.+)$/.exec(read(join(git, "HEAD")) ?? "") ?? [];
  const shared = read(join(git, "commondir")) ?? ".";
  if (isOnNetwork(shared)) return undefined;
  const common = resolve(git, shared);
  const [, main] =
    /^ref: refs\/remotes\/origin\/(.+)$/.exec(read(join(common, "refs/remotes/origin/HEAD")) ?? "") ?? [];
  return current === undefined || main === undefined ? undefined : { current, main };
};
