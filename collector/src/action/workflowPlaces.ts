// Where in the repository's workflow file this step stands, and its list of endpoints: the line that an annotation is about.
// The file is only looked through, not understood: it is a place to show, and nothing else depends on it.
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import type { FilePlace } from "./runnerCommands.ts";

const MOST_BYTES = 1 << 20;

type Environment = Readonly<Record<string, string | undefined>>;

/** What the job's steps may have put there: only a regular file is read, and only its beginning. */
const readFileOf = (path: string): string | undefined => {
  let fd: number | undefined;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    if (!fstatSync(fd).isFile()) return undefined;
    const buffer = Buffer.alloc(MOST_BYTES);
    return buffer.toString("utf8", 0, readSync(fd, buffer, 0, MOST_BYTES, 0));
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
};

/** `owner/name/.github/workflows/ci.yml@refs/heads/main`, as GITHUB_WORKFLOW_REF has it. An agent's session has no file. */
const workflowFiles = (environment: Environment): readonly string[] => {
  const reference = environment["GITHUB_WORKFLOW_REF"] ?? "";
  const path = /^[^/]+\/[^/]+\/(\.github\/workflows\/[\w.-]+\.ya?ml)@/.exec(reference)?.[1];
  return path === undefined
    ? [".github/workflows/copilot-setup-steps.yml", ".github/workflows/copilot-setup-steps.yaml"]
    : [path];
};

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** The lines of the job named `job`; all of them where it is not found. */
const jobLines = (lines: readonly string[], job: string): readonly [number, number] => {
  const start = lines.findIndex((line) => /^\s+/.test(line) && line.trim().replace(/\s*#.*$/, "") === `${job}:`);
  if (start < 0) return [0, lines.length];
  const indent = indentOf(lines[start] ?? "");
  const end = lines.findIndex((line, at) => at > start && line.trim() !== "" && indentOf(line) <= indent);
  return [start, end < 0 ? lines.length : end];
};

/** A line that begins an item of a list. */
const isStart = (line: string): boolean => /^\s*-\s/.test(line);

/** The line (from 1) of the list of endpoints in the step of `job` that uses us, or of another part of that step. */
export const placeInWorkflow = (text: string, job: string): number | undefined => {
  const lines = text.split("\n");
  const [from, to] = jobLines(lines, job);
  const uses = lines.findIndex(
    (line, at) =>
      at >= from && at < to && /^\s*(?:-\s+)?uses:\s*["']?\S*(?:runglass\S*\/collector|\.\/collector)\b/.test(line),
  );
  if (uses < 0) return undefined;
  let first = uses;
  while (first > from && !isStart(lines[first] ?? "")) first -= 1;
  const indent = indentOf(lines[first] ?? "");
  let last = uses + 1;
  const isInside = (line: string): boolean => line.trim() === "" || indentOf(line) > indent;
  while (last < to && isInside(lines[last] ?? "")) last += 1;
  const lineOf = (key: string): number =>
    lines.findIndex((line, at) => at >= first && at < last && line.trimStart().startsWith(`${key}:`));
  const list = lineOf("allowed-endpoints");
  const policy = list >= 0 ? list : lineOf("egress-policy");
  return (policy >= 0 ? policy : uses) + 1;
};

/** Where annotations about the policy of this step belong; undefined where its file is not here. */
export const policyPlace = (environment: Environment): FilePlace | undefined => {
  const workspace = environment["GITHUB_WORKSPACE"] ?? "";
  if (workspace === "") return undefined;
  for (const file of workflowFiles(environment)) {
    const text = readFileOf(join(workspace, file));
    if (text === undefined) continue;
    const line = placeInWorkflow(text, environment["GITHUB_JOB"] ?? "");
    if (line !== undefined) return { file, line };
  }
  return undefined;
};
