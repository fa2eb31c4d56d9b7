// What a local repository has changed, as git tells it: a few calls for all of it. Only in folders that the user trusts, as git
// runs what a repository's configuration names; what can be kept from it is.
import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { ChangeCommit, ChangedFile, ChangeSet, FileStatus } from "../diff/changes.ts";

/** Commits do not change: what was read of them is kept, by their names. */
export type KnownCommits = Map<string, ChangeCommit>;

export interface GitOptions {
  /** The program. */
  readonly git: string;
  /** The repository's working tree. */
  readonly root: string;
  readonly known?: KnownCommits;
}

const MAX_OUTPUT = 64_000_000;
const TIMEOUT_MS = 30_000;
const MAX_COMMITS = 30;
const MAX_FILES = 3000;
const MAX_UNTRACKED = 300;
const MAX_UNTRACKED_BYTES = 256 * 1024;
const AT_ONCE = 4;
/** The log of a run names everything that the run has to do with: it is no change of the run's. */
const RUN_LOG = ".ndjson";

const PLAIN = [
  "-c",
  "core.fsmonitor=false",
  "-c",
  "core.quotePath=false",
  "-c",
  "color.ui=false",
  "-c",
  "log.showSignature=false",
  "-c",
  "diff.submodule=short",
  "--no-pager",
];
const DIFF = ["-M", "--no-ext-diff", "--no-textconv", "--no-color", "--src-prefix=a/", "--dst-prefix=b/"];

/** What git prints. Throws what it says where it fails. */
const run = ({ git, root }: GitOptions, args: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const env = { ...process.env, GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C", GIT_TERMINAL_PROMPT: "0" };
    const options = { cwd: root, env, maxBuffer: MAX_OUTPUT, timeout: TIMEOUT_MS, windowsHide: true };
    execFile(git, [...PLAIN, ...args], options, (error, output) => {
      if (error === null) resolve(output);
      else reject(new Error(`git ${args[0] ?? ""}: ${error.message.slice(0, 500)}`));
    });
  });

const STATUSES: Readonly<Record<string, FileStatus>> = {
  A: "added",
  D: "removed",
  M: "modified",
  R: "renamed",
  C: "copied",
  T: "changed",
};

/** Of `--name-status -z`: status, path, and behind a rename's old path its new one. */
export const parseNames = (output: string): ChangedFile[] => {
  const files: ChangedFile[] = [];
  const words = output.split("\0");
  for (let i = 0; i + 1 < words.length; i += 2) {
    const letter = words[i]?.[0] ?? "";
    const status = STATUSES[letter];
    const isPair = letter === "R" || letter === "C";
    const previousPath = isPair ? words[i + 1] : undefined;
    if (isPair) i += 1;
    const path = words[i + 1] ?? "";
    if (status === undefined || path === "") continue;
    files.push({ path, status, ...(previousPath === undefined ? {} : { previousPath }) });
  }
  return files;
};

/** Gives each file its part of the whole diff; they stand in the same order. */
export const withPatches = (files: readonly ChangedFile[], diff: string): ChangedFile[] => {
  // A line of a file has a mark in front; only git's own begin so.
  const parts = diff.split(/^(?=diff --git )/m).filter((part) => part.startsWith("diff --git "));
  if (parts.length !== files.length) return [...files];
  return files.map((file, i) => {
    const part = parts[i] ?? "";
    const at = part.indexOf("\n@@ ");
    if (at >= 0) return { ...file, patch: part.slice(at + 1) };
    return { ...file, noLines: /^(?:Binary files |GIT binary patch)/m.test(part) ? "binary" : "unchanged" };
  });
};

/** At most 3,000 of them, and how many there are. */
const changedFiles = async (
  options: GitOptions,
  args: readonly string[],
): Promise<{ readonly files: readonly ChangedFile[]; readonly total: number }> => {
  const [command = "diff", ...rest] = args;
  const [names, diff] = await Promise.all([
    run(options, [command, ...DIFF, "--name-status", "-z", ...rest, "--"]),
    run(options, [command, ...DIFF, "-U3", ...rest, "--"]),
  ]);
  const files = withPatches(parseNames(names), diff);
  return { files: files.slice(0, MAX_FILES), total: files.length };
};

/** A file that git does not have yet, as if it had been added; undefined where it is no text, or too large. */
const untrackedFile = async (root: string, path: string): Promise<ChangedFile | undefined> => {
  try {
    // What is no plain file, or only became none just now, keeps nobody waiting.
    const file = await open(join(root, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = await file.stat();
      if (!stat.isFile()) return undefined;
      if (stat.size > MAX_UNTRACKED_BYTES) return { path, status: "added", noLines: "tooLarge" };
      const text = await file.readFile("utf8");
      if (text.includes("\0")) return { path, status: "added", noLines: "binary" };
      if (text === "") return { path, status: "added", noLines: "unchanged" };
      const lines = text.replace(/\n$/, "").split("\n");
      return {
        path,
        status: "added",
        patch: [`@@ -0,0 +1,${lines.length} @@`, ...lines.map((line) => `+${line}`)].join("\n"),
      };
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
};

/** Asks a few at a time. */
const eachOf = async <T, R>(items: readonly T[], ask: (item: T) => Promise<R>): Promise<R[]> => {
  const results: R[] = [];
  for (let i = 0; i < items.length; i += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(i, i + AT_ONCE).map(ask))));
  }
  return results;
};

/** The newest, oldest first, and how many there are. */
const commitsSince = async (
  options: GitOptions,
  base: string,
): Promise<{ readonly commits: readonly ChangeCommit[]; readonly total: number }> => {
  const output = await run(options, [
    "log",
    "-z",
    `-n${MAX_COMMITS}`,
    "--format=%H%x01%at%x01%ct%x01%B",
    `${base}..HEAD`,
    "--",
  ]);
  const entries = output
    .split("\0")
    .filter((entry) => entry.trim() !== "")
    .toReversed();
  const total =
    entries.length < MAX_COMMITS
      ? entries.length
      : Number((await run(options, ["rev-list", "--count", `${base}..HEAD`, "--"])).trim());
  const commits = await eachOf(entries, async (entry) => {
    const [sha = "", authored, committed, message = ""] = entry.trimStart().split("\u0001");
    const known = options.known?.get(sha);
    if (known !== undefined) return known;
    const { files } = await changedFiles(options, ["show", "--format=", "--first-parent", "-m", sha]);
    const commit = { sha, message, authoredAt: Number(authored) * 1000, committedAt: Number(committed) * 1000, files };
    options.known?.set(sha, commit);
    return commit;
  });
  return { commits, total };
};

/** All that the working tree has changed since `base`, with the commits on the way and files that git does not know yet. */
export const changesSince = async (options: GitOptions, base: string): Promise<ChangeSet> => {
  const [tracked, others, commits] = await Promise.all([
    changedFiles(options, ["diff", base]),
    run(options, ["ls-files", "--others", "--exclude-standard", "-z"]),
    commitsSince(options, base),
  ]);
  const paths = others.split("\0").filter((path) => path !== "" && !path.endsWith(RUN_LOG));
  const untracked = await eachOf(paths.slice(0, MAX_UNTRACKED), (path) => untrackedFile(options.root, path));
  const left = Math.max(0, paths.length - MAX_UNTRACKED) + tracked.total - tracked.files.length;
  const files = [...tracked.files, ...untracked.filter((file) => file !== undefined)];
  return { files, commits: commits.commits, totalFiles: files.length + left, totalCommits: commits.total };
};

const sha = /^[0-9a-f]{40,64}$/;

/** Whether `commit` is part of what HEAD is made of; undefined where the repository does not have it. */
export const isBelowHead = async (options: GitOptions, commit: string): Promise<boolean | undefined> => {
  if ((await commitOf(options, commit)) === undefined) return undefined;
  return (await mergeBase(options, commit)) === commit;
};

/** Where the branch began: the commit that it has in common with `upstream`; undefined where there is none. */
export const mergeBase = async (options: GitOptions, upstream: string): Promise<string | undefined> => {
  try {
    const output = (await run(options, ["merge-base", upstream, "HEAD"])).trim();
    return sha.test(output) ? output : undefined;
  } catch {
    return undefined;
  }
};

/** The full name of a commit; undefined where there is none. */
export const commitOf = async (options: GitOptions, name: string): Promise<string | undefined> => {
  try {
    const output = (
      await run(options, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`])
    ).trim();
    return sha.test(output) ? output : undefined;
  } catch {
    return undefined;
  }
};
