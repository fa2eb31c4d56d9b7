// `runglass lint`: the language server's engine on files.
import { parseArgs } from "node:util";
import { nearestName } from "../../../collector/policy/nearestName.ts";
import { branchesFor } from "../lint/branches.ts";
import { Configs } from "../lint/findConfig.ts";
import { Positions } from "../lint/positions.ts";
import type { ObservedRun } from "../observed/observedRun.ts";
import { distinctRuns, readRun } from "../observed/readRun.ts";
import type { Severity } from "../rules/rule.ts";
import { findFiles } from "./findFiles.ts";
import { FORMATS, outputOf, type Format } from "./formats.ts";
import { judgeFile, messageOf, saidOf, SEVERITIES } from "./judgeFile.ts";
import { judgeFiles, type FileToJudge } from "./judgeFiles.ts";

export interface LintOutput {
  readonly write: (text: string) => void;
  /** One message for the user. */
  readonly say: (message: string) => void;
  readonly version: string;
}

export const lintUsage = `Usage: runglass lint [PATH …] [OPTION …]

Checks the egress policies in workflow files: in a folder (the working one where no PATH is given) those of
.github/workflows and action.yml files, or the files that are named.

  --format text|json|sarif|github   for people (the default), for programs, for code scanning, as annotations of a job
  --observed FILE                   a run log, to compare policies with what ran; may be repeated
  --fix                             applies the safe fixes, and reports what is left
  --fail-on error|warning|info|hint the least severity that makes the exit code 1 (hint: any finding)

Exit codes: 0 nothing found, 1 findings (or more of them than are told, or fixes left, however severe), 2 bad usage, or a
path or log that cannot be read (the others are judged all the same).

.github/runglass.yml turns rules on and off, and says how severe they are:  lint: {rules: {endpoint/unsorted: hint}}`;

class UsageError extends Error {}

interface Arguments {
  readonly paths: readonly string[];
  readonly format: Format;
  readonly observed: readonly string[];
  readonly fix: boolean;
  readonly failOn: Severity;
}

const choose = <T extends string>(option: string, value: string, known: readonly T[]): T => {
  const found = known.find((one) => one === value);
  if (found === undefined) throw new UsageError(`lint: --${option} ${value}: use one of ${known.join(", ")}`);
  return found;
};

const OPTIONS = {
  format: { type: "string" },
  observed: { type: "string", multiple: true },
  fix: { type: "boolean" },
  "fail-on": { type: "string" },
} as const;

/** What is wrong with the arguments, by what Node's parser says. */
const usageText = (message: string): string => {
  const unknown = /^Unknown option '(-[^']*)'/.exec(message)?.[1];
  const see = 'see "runglass lint --help"';
  if (unknown === undefined) return `lint: ${message}: ${see}`;
  const near = unknown.startsWith("--") ? nearestName(unknown.slice(2), Object.keys(OPTIONS)) : undefined;
  return `lint: unknown option "${unknown}": ${near === undefined ? see : `did you mean "--${near}"?`}`;
};

const readArguments = (argv: readonly string[]): Arguments => {
  let parsed;
  try {
    parsed = parseArgs({ args: [...argv], allowPositionals: true, options: OPTIONS });
  } catch (error) {
    throw new UsageError(usageText(messageOf(error)));
  }
  const { values, positionals } = parsed;
  return {
    paths: positionals.length === 0 ? ["."] : positionals,
    format: choose("format", values.format ?? "text", FORMATS),
    observed: values.observed ?? [],
    fix: values.fix ?? false,
    failOn: choose("fail-on", values["fail-on"] ?? "hint", SEVERITIES),
  };
};

/** Runs the command; resolves with its exit code. */
export const runLint = async (argv: readonly string[], output: LintOutput): Promise<number> => {
  let wanted: Arguments;
  try {
    wanted = readArguments(argv);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    output.say(error.message);
    return 2;
  }
  let failed = false;
  const say = (path: string, message: string): void => output.say(saidOf(path, message));
  const fail = (path: string, error: unknown): void => {
    failed = true;
    say(path, messageOf(error));
  };

  const observed: ObservedRun[] = [];
  for (const path of wanted.observed) {
    try {
      const run = await readRun(path);
      observed.push(run);
      if (run.problem?.kind === "unreadable") fail(path, run.problem.text);
      else if (run.problem !== undefined) say(path, run.problem.text);
    } catch (error) {
      fail(path, error);
    }
  }
  const configs = new Configs();
  const optionsFor = (path: string): FileToJudge["options"] => ({
    rules: configs.for(path)?.rules ?? {},
    branch: branchesFor(path),
  });
  const [found, unreadable] = await filesOf(wanted.paths);
  const files = found.map((path) => ({ path, options: optionsFor(path) }));
  // Threads have no runs to compare with, and two that write might write the same file by two names.
  const isAlone = wanted.fix || observed.length > 0;
  const runs = distinctRuns(observed);
  const outcomes = isAlone
    ? files.map(({ path, options }) => judgeFile(path, wanted.format, wanted.fix, { observed: runs, ...options }))
    : await judgeFiles(files, wanted.format, output.say);
  for (const { messages, hasFailed } of outcomes) {
    failed ||= hasFailed;
    for (const message of messages) output.say(message);
  }
  for (const { path, error } of unreadable) fail(path, error);
  for (const { path, text, problems } of configs.found) {
    for (const { start, message } of problems) {
      const { line, character } = new Positions(text).at(start);
      fail(`${path}:${line + 1}:${character + 1}`, message);
    }
  }
  const pieces = outcomes.flatMap(({ piece }) => piece ?? []);
  output.write(outputOf(pieces, wanted.format, output.version));
  if (failed) return 2;
  const least = SEVERITIES.indexOf(wanted.failOn as (typeof SEVERITIES)[number]);
  return outcomes.some(({ worst, isPartial }) => isPartial || worst >= least) ? 1 : 0;
};

/** The files of all paths, each once, and the paths that cannot be read. */
const filesOf = async (
  paths: readonly string[],
): Promise<[readonly string[], readonly { readonly path: string; readonly error: unknown }[]]> => {
  const files = new Set<string>();
  const unreadable: { path: string; error: unknown }[] = [];
  for (const path of paths) {
    try {
      for (const file of await findFiles(path)) files.add(file);
    } catch (error) {
      unreadable.push({ path, error });
    }
  }
  return [[...files], unreadable];
};
