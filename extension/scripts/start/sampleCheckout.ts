// The workspace of the sample session: its repository, with the branch of the pull request checked out.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { REPOSITORY } from "../../test/sample/content/gitRepository.ts";
import { filesAfter, filesBefore, type Files } from "../../test/sample/content/pullRequest.ts";

export interface Checkout {
  /** Shas of the commit that the branch is made from, and of its last one. */
  readonly base: string;
  readonly head: string;
}

/** Nothing of the user's own settings gets in, and the same files make the same commits. */
const gitEnvironment = (): NodeJS.ProcessEnv => ({
  PATH: process.env["PATH"],
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "Octo Dev",
  GIT_AUTHOR_EMAIL: "dev@octo.example",
  GIT_AUTHOR_DATE: "2026-06-26T12:24:44Z",
  GIT_COMMITTER_NAME: "Octo Dev",
  GIT_COMMITTER_EMAIL: "dev@octo.example",
  GIT_COMMITTER_DATE: "2026-06-26T12:24:44Z",
});

const write = (folder: string, files: Files): void => {
  for (const [path, data] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), data);
  }
};

/** Makes the repository in `folder`; `remote` is its address on GitHub. What else is in the folder git leaves alone. */
export const makeSampleCheckout = (folder: string, remote: string): Checkout => {
  const git = (...args: readonly string[]): string =>
    execFileSync("git", ["-C", folder, ...args], { env: gitEnvironment(), encoding: "utf8" }).trim();
  const commit = (message: string): string => {
    git("add", "--all");
    git("commit", "--quiet", "--message", message);
    return git("rev-parse", "HEAD");
  };
  git("init", "--quiet", "--initial-branch=main");
  writeFileSync(join(folder, ".git/info/exclude"), ".runglass/\n");
  git("remote", "add", "origin", remote);
  write(folder, filesBefore());
  const base = commit("Say what the scans show");
  git("checkout", "--quiet", "-b", REPOSITORY.branch);
  write(folder, filesAfter());
  return { base, head: commit("Read the amounts on receipts") };
};
