// What is to be said about a change before one believes what was found in it: that not all of it was looked at, or that the branch
// is no longer the one that the run worked on. Pure, so that it can be tested.
import type { ChangeSet, NoLines } from "../diff/changes.ts";

const counted = (looked: number, total: number): string =>
  `${looked.toLocaleString("en")} of ${total.toLocaleString("en")}`;

/** Whole sentences. `rewritten`: the commit that the run began at is no longer part of the branch. */
export const changeNotes = (
  { files, commits, totalFiles = files.length, totalCommits = commits.length }: ChangeSet,
  rewritten: boolean,
): string[] => [
  ...(rewritten
    ? [
        "The branch was rewritten since this run began, as by a force-push: lines and commits are those that it has now.",
      ]
    : []),
  ...(totalFiles > files.length
    ? [`${counted(files.length, totalFiles)} files were looked at: no more are listed.`]
    : []),
  ...(totalCommits > commits.length
    ? [`Only the newest commits were looked at: ${counted(commits.length, totalCommits)}.`]
    : []),
];

const NO_LINES: { readonly [K in NoLines]: string } = {
  binary: "has no lines: it is binary, or empty",
  tooLarge: "is changed in too many lines for them to be listed; the comparison is open at its beginning",
  unchanged: "is changed in no line: it is only renamed or copied, or its mode is another",
};

/** Why the comparison of a file opens at no line. */
export const whyNoLines = (path: string, why: NoLines): string =>
  `${path.slice(path.lastIndexOf("/") + 1)} ${NO_LINES[why]}.`;
