// One file of `lint`: read, mended where that is asked for, judged, and made into its piece of the output.
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fixAll } from "../lint/applyFixes.ts";
import { lintText, type LintOptions } from "../lint/lintText.ts";
import { Positions } from "../lint/positions.ts";
import { kindOf } from "../model/workflow.ts";
import type { Severity } from "../rules/rule.ts";
import { isTooLarge } from "../yaml/parse.ts";
import { pieceOf, plain, type Format, type Piece } from "./formats.ts";

/** From the least on. */
export const SEVERITIES = ["hint", "info", "warning", "error"] as const satisfies readonly Severity[];

export interface FileOutcome {
  /** Undefined where the file could not be read. */
  readonly piece: Piece | undefined;
  /** The worst severity of its findings, by its place in `SEVERITIES`; -1 without any. */
  readonly worst: number;
  /** For the user, one line each. */
  readonly messages: readonly string[];
  /** Findings are not told, or fixes are left: nobody may take what is told for all. */
  readonly isPartial: boolean;
  /** It was not judged as it should have been. */
  readonly hasFailed: boolean;
}

/** Nobody's workflow is that large: such a file is not even read. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Nobody reads more of one file, and writing them would take longer than finding them. */
const MOST_FINDINGS = 50_000;

export const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "there is no such file or folder: check the path";
  if (code === "EACCES") return "permission denied: make it readable for who runs this";
  return error.message;
};

/** What is said of a file, or of a path. */
export const saidOf = (path: string, message: string): string => `lint: ${plain(path)}: ${plain(message)}`;

/** Where in a repository a file is: named from inside of the folder of workflows, only its whole path says so. */
const placeOf = (path: string): string => (kindOf(path) === "other" ? resolve(path) : path);

const TOO_LARGE = "it is larger or deeper than any workflow: only the lines of its policies were looked at";

const judge = (path: string, format: Format, fix: boolean, options: LintOptions): FileOutcome => {
  // Nothing else is to be done meanwhile, and waiting for a thousand small files costs more than reading them.
  if (statSync(path).size > MOST_BYTES) {
    const piece = pieceOf({ path, text: "", diagnostics: [] }, format);
    return { piece, worst: -1, messages: [saidOf(path, TOO_LARGE)], isPartial: true, hasFailed: true };
  }
  const text = readFileSync(path, "utf8");
  const place = placeOf(path);
  let syntaxError: readonly [start: number, message: string] | undefined;
  const judging: LintOptions = { ...options, onSyntaxError: (...error) => (syntaxError = error) };
  const judged = fix
    ? fixAll(place, text, judging)
    : { text, diagnostics: lintText(place, text, judging), isUnfinished: false };
  if (judged.text !== text) writeFileSync(path, judged.text);
  const messages: string[] = [];
  const hasFailed = isTooLarge(judged.text);
  if (hasFailed) messages.push(saidOf(path, TOO_LARGE));
  else if (judged.isUnfinished)
    messages.push(
      saidOf(
        path,
        "some fixes are left, as they took too long, or did not help where the file is no YAML: mend that, and run --fix again",
      ),
    );
  else if (syntaxError !== undefined) {
    const [start, message] = syntaxError;
    const { line, character } = new Positions(judged.text).at(start);
    const what = `from here on this is no YAML, and only what is clear was judged: ${plain(message)}`;
    messages.push(`lint: ${plain(path)}:${line + 1}:${character + 1}: ${what}`);
  }
  const worst = judged.diagnostics.reduce((most, { severity }) => Math.max(most, SEVERITIES.indexOf(severity)), -1);
  const untold = judged.diagnostics.length - MOST_FINDINGS;
  if (untold > 0) messages.push(saidOf(path, `${untold} findings more are not told`));
  const piece = pieceOf({ path, text: judged.text, diagnostics: judged.diagnostics.slice(0, MOST_FINDINGS) }, format);
  return { piece, worst, messages, isPartial: judged.isUnfinished || untold > 0, hasFailed };
};

/** Never throws: what goes wrong is in the outcome. */
export const judgeFile = (path: string, format: Format, fix: boolean, options: LintOptions): FileOutcome => {
  try {
    return judge(path, format, fix, options);
  } catch (error) {
    return {
      piece: undefined,
      worst: -1,
      messages: [saidOf(path, messageOf(error))],
      isPartial: true,
      hasFailed: true,
    };
  }
};
