// Where on the runner the repository was: paths of events are absolute, those of a diff are not.
import { posix } from "node:path";
import type { RunFacts } from "./runFacts.ts";

/** Where GitHub's runners, its containers and its agent have it. */
const usualRoots = (name: string): string[] => [
  `/home/runner/work/${name}/${name}`,
  `/__w/${name}/${name}`,
  `/github/workspace`,
  `/workspaces/${name}`,
  `/workspace`,
];

const byCount = (counts: ReadonlyMap<string, number>): string[] =>
  [...counts].sort(([, a], [, b]) => b - a).map(([folder]) => folder);

export class RepositoryRoots {
  readonly #roots: readonly string[];

  /** `local`: folders of this machine that are open, for runs of this machine. */
  constructor(facts: RunFacts, local: readonly string[] = []) {
    const name = facts.repository?.split("/")[1] ?? "";
    const git = byCount(facts.gitFolders);
    const used = [...git, ...facts.workFolders.keys()];
    const known = name === "" ? [] : usualRoots(name);
    // Other repositories may have been cloned beside it: one of this name is it.
    const sure = [
      ...known.filter((root) => used.some((folder) => folder === root || folder.startsWith(`${root}/`))),
      ...(name === "" ? [] : git.filter((folder) => posix.basename(folder) === name)),
      ...local.filter((root) => used.some((folder) => folder === root || folder.startsWith(`${root}/`))),
    ];
    const guessed = git.length > 0 ? git.slice(0, 1) : byCount(facts.workFolders).slice(0, 1);
    // Of a session that nobody watched no process is known: only where GitHub has repositories.
    this.#roots = sure.length > 0 ? [...new Set(sure)] : guessed.length > 0 ? guessed : known;
  }

  /** Where the agent's shell begins, as far as nothing says otherwise. */
  get first(): string | undefined {
    return this.#roots[0];
  }

  /** `path` relative to the repository; undefined for what is elsewhere. */
  relative(path: string): string | undefined {
    for (const root of this.#roots) {
      if (path === root) return "";
      if (path.startsWith(`${root}/`)) return path.slice(root.length + 1);
    }
    return undefined;
  }

  /** A word of a command line, read as a path where the command runs. */
  resolve(word: string, cwd: string): string | undefined {
    if (word === "" || word.length > 1024 || word.includes("\0")) return undefined;
    return this.relative(posix.resolve(cwd.startsWith("/") ? cwd : "/", word));
  }
}
