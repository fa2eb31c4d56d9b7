import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { run } from "../world/commands.ts";
import { type SampleCommit, repositoryCommits } from "./repositoryFiles.ts";

/** Owner and name of the repository that the agent works on, and the branch it works on. */
export const REPOSITORY = { owner: "octo-org", name: "receipt-ocr", branch: "copilot/read-receipts" } as const;

const text = (value: string): Buffer => Buffer.from(value);
const data = (bytes: Buffer): Buffer => Buffer.concat([text(`data ${bytes.length}\n`), bytes, text("\n")]);

const commitStream = (commit: SampleCommit, index: number, time: number): Buffer =>
  Buffer.concat([
    text(`commit refs/heads/main\nmark :${index + 1}\n`),
    text(`committer Octo Dev <dev@octo.example> ${time} +0000\n`),
    data(text(`${commit.message}\n`)),
    ...(index > 0 ? [text(`from :${index}\n`)] : []),
    ...commit.files.flatMap((file) => [text(`M 100644 inline ${file.path}\n`), data(file.data)]),
  ]);

/** Makes the bare repository below `root`, with its history and the agent's empty branch. `now` in seconds since the epoch. */
export const makeGitRepository = (root: string, now: number): void => {
  const bare = join(root, REPOSITORY.owner, `${REPOSITORY.name}.git`);
  mkdirSync(bare, { recursive: true });
  const env = { PATH: process.env["PATH"], HOME: root, GIT_CONFIG_NOSYSTEM: "1" };
  run("git", ["init", "--quiet", "--bare", "--initial-branch=main", bare], { env });
  const commits = repositoryCommits();
  const stream = commits.map((commit, index) => commitStream(commit, index, now - (commits.length - index) * 3600));
  const branch = text(`reset refs/heads/${REPOSITORY.branch}\nfrom :${commits.length}\n`);
  run("git", ["-C", bare, "fast-import", "--quiet"], { input: Buffer.concat([...stream, branch]), env });
};
