// A pull request's files and commits, as GitHub's client gives them, made a change set. Names of files are text that others
// chose: only what stays within the repository is a path of it.
import type { ChangedFile as PullFile, CommitWithFiles } from "../github/model.ts";
import type { ChangedFile, ChangeSet, NoLines } from "./changes.ts";

/** Of all patches together: what a window can afford to keep. */
const MAX_PATCHES = 64_000_000;

const isRepositoryPath = (path: string): boolean =>
  path !== "" && !path.startsWith("/") && !path.includes("\0") && !path.split("/").includes("..");

/** GitHub says nothing of it but how many lines are changed, and of a binary file that is none. */
const whyNoLines = ({ status, additions, deletions, patch }: PullFile): NoLines => {
  if (patch !== undefined || additions + deletions > 0) return "tooLarge";
  return status === "added" || status === "removed" || status === "modified" ? "binary" : "unchanged";
};

/** `commits`: oldest first. */
export const pullChanges = (files: readonly PullFile[], commits: readonly CommitWithFiles[]): ChangeSet => {
  let left = MAX_PATCHES;
  const changed = (of: readonly PullFile[]): ChangedFile[] =>
    of.flatMap((file) => {
      const { filename, previousFilename, status, patch } = file;
      if (!isRepositoryPath(filename)) return [];
      const fits = patch !== undefined && patch.length <= left;
      if (fits) left -= patch.length;
      const hasPrevious = previousFilename !== undefined && isRepositoryPath(previousFilename);
      return {
        path: filename,
        status,
        ...(hasPrevious ? { previousPath: previousFilename } : {}),
        ...(fits ? { patch } : { noLines: whyNoLines(file) }),
      };
    });
  return {
    files: changed(files),
    commits: commits.map(({ sha, message, authoredAt, committedAt, files: own }) => ({
      sha,
      message,
      authoredAt,
      committedAt,
      files: changed(own),
    })),
  };
};
