// `runglass lint`: the language server's engine on files.
import { readFileSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { fixAll } from "../lint/applyFixes.ts";
import { lintText, type LintOptions } from "../lint/lintText.ts";
import { distinctRuns, readRun } from "../observed/readRun.ts";
import type { ObservedRun } from "../observed/observedRun.ts";
import type { Severity } from "../rules/rule.ts";
import { isTooLarge } from "../yaml/parse.ts";
import { branchesFor } from "../lint/branches.ts";
import { Configs } from "../lint/findConfig.ts";
import { Positions } from "../lint/positions.ts";
import { kindOf } from "../model/workflow.ts";
import { findFiles } from "./findFiles.ts";
import { FORMATS, formatResults, plain, type FileResult, type Format } from "./formats.ts";

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

Exit codes: 0 nothing found, 1 findings, 2 bad usage, or a path or log that cannot be read (the others are judged all
the same).

.github/runglass.yml turns rules on and off, and says how severe they are:  lint: {rules: {endpoint/unsorted: hint}}`;

const SEVERITIES = ["hint", "info", "warning", "error"] as const satisfies readonly Severity[];

class UsageError extends Error {}

interface Arguments {
  readonly paths: readonly string[];
  readonly format: Format;
  readonly observed: readonly string[];
  readonly fix: boolean;
  readonly failOn: Severity;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const choose = <T extends string>(option: string, value: string, known: readonly T[]): T => {
  const found = known.find((one) => one === value);
  if (found === undefined) throw new UsageError(`lint: --${option} ${value}: use one of ${known.join(", ")}`);
  return found;
};

const readArguments = (argv: readonly string[]): Arguments => {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        format: { type: "string" },
        observed: { type: "string", multiple: true },
        fix: { type: "boolean" },
        "fail-on": { type: "string" },
      },
    });
  } catch (error) {
    throw new UsageError(`lint: ${messageOf(error)}: see "runglass lint --help"`);
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
  const say = (path: string, message: string): void => output.say(`lint: ${plain(path)}: ${plain(message)}`);
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
  const runs = distinctRuns(observed);
  const optionsFor = (path: string): LintOptions => ({
    observed: runs,
    rules: configs.for(path)?.rules ?? {},
    branch: branchesFor(path),
  });
  const results: FileResult[] = [];
  const seen = new Set<string>();
  for (const path of wanted.paths) {
    try {
      for (const file of await findFiles(path)) {
        if (seen.has(file)) continue;
        seen.add(file);
        try {
          const result = await judge(file, wanted.fix, optionsFor(file));
          results.push(result);
          if (result.isTooLarge)
            fail(file, "it is larger or deeper than any workflow: only the lines of its policies were looked at");
          else if (result.isUnfinished) say(file, "some fixes are left, as this many took too long: run --fix again");
          else if (result.broken !== undefined) output.say(`lint: ${plain(file)}:${result.broken}`);
        } catch (error) {
          fail(file, error);
        }
      }
    } catch (error) {
      fail(path, error);
    }
  }
  for (const { path, text, problems } of configs.found) {
    for (const { start, message } of problems) {
      const { line, character } = new Positions(text).at(start);
      fail(`${path}:${line + 1}:${character + 1}`, message);
    }
  }
  output.write(formatResults(results, wanted.format, output.version));
  if (failed) return 2;
  const least = SEVERITIES.indexOf(wanted.failOn as (typeof SEVERITIES)[number]);
  const counts = results.some(({ diagnostics }) =>
    diagnostics.some(({ severity }) => SEVERITIES.indexOf(severity as (typeof SEVERITIES)[number]) >= least),
  );
  return counts ? 1 : 0;
};

interface Judged extends FileResult {
  /** Where and why it is no YAML from some place on. */
  readonly broken: string | undefined;
  readonly isTooLarge: boolean;
  /** Not all safe fixes were applied. */
  readonly isUnfinished: boolean;
}

/** Nobody's workflow is that large: such a file is not even read. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Where in a repository a file is: named from inside of the folder of workflows, only its whole path says so. */
const placeOf = (path: string): string => (kindOf(path) === "other" ? resolve(path) : path);

const judge = async (path: string, fix: boolean, options: LintOptions): Promise<Judged> => {
  // Nothing else is to be done meanwhile, and waiting for a thousand small files costs more than reading them.
  const text = statSync(path).size > MOST_BYTES ? undefined : readFileSync(path, "utf8");
  if (text === undefined)
    return { path, text: "", diagnostics: [], broken: undefined, isTooLarge: true, isUnfinished: false };
  const place = placeOf(path);
  let syntaxError: readonly [start: number, message: string] | undefined;
  const judging: LintOptions = { ...options, onSyntaxError: (...error) => (syntaxError = error) };
  const judged = fix ? fixAll(place, text, judging) : { text, diagnostics: lintText(place, text, judging) };
  if (judged.text !== text) await writeFile(path, judged.text);
  let broken: string | undefined;
  if (syntaxError !== undefined) {
    const [start, message] = syntaxError;
    const { line, character } = new Positions(judged.text).at(start);
    broken = `${line + 1}:${character + 1}: from here on this is no YAML, and only what is clear was judged: ${plain(message)}`;
  }
  const isUnfinished = "isUnfinished" in judged && judged.isUnfinished;
  return { path, ...judged, broken, isUnfinished, isTooLarge: isTooLarge(judged.text) };
};
