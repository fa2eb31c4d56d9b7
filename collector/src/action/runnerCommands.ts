// What a step tells the runner: commands are lines of its output, values go into files that the runner names.
import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";
import { plainText } from "../../report/plainText.ts";

/** Where something stands in a file of the repository. */
export interface FilePlace {
  readonly file: string;
  readonly line: number;
}

const MOST_LINE = 2_000;

const escapeData = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const escapeProperty = (text: string): string => escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

/** One line that is no command, whatever is in it: a command begins with `::`, or has `##[` anywhere. */
export const ordinaryLine = (text: string): string => {
  const line = plainText(text, MOST_LINE).replaceAll("##[", "##\\[");
  return /^\s*::/.test(line) ? `\\${line.trimStart()}` : line;
};

const write = (line: string): void => void process.stdout.write(`${line}\n`);

/** Prints a line; text from the job may be in it. */
export const info = (text: string): void => write(ordinaryLine(text));

/** The command that annotates the run, or a line of a file. */
export const annotation = (level: "error" | "warning", text: string, place?: FilePlace): string => {
  const properties = [
    ...(place === undefined ? [] : [`file=${escapeProperty(place.file)}`, `line=${place.line}`]),
    "title=Runglass",
  ];
  const message = plainText(text, MOST_LINE).replaceAll("##[", "##\\[");
  return `::${level} ${properties.join(",")}::${escapeData(message)}`;
};

/** An annotation of the run. It alone does not fail the step. */
export const error = (text: string, place?: FilePlace): void => write(annotation("error", text, place));
export const warning = (text: string, place?: FilePlace): void => write(annotation("warning", text, place));

/** From here on the runner shows `***` for it. */
export const mask = (secret: string): void => write(`::add-mask::${escapeData(secret)}`);

const appendValue = (variable: string, name: string, value: string): void => {
  const path = process.env[variable] ?? "";
  if (path === "") return;
  const end = `end-${randomUUID()}`;
  appendFileSync(path, `${name}<<${end}\n${value}\n${end}\n`);
};

/** Gives main and post of this action a value; nobody else gets it. */
export const saveState = (name: string, value: string): void => appendValue("GITHUB_STATE", name, value);
export const savedState = (name: string): string => process.env[`STATE_${name}`] ?? "";
/** A variable in the environment of all later steps. */
export const setVariable = (name: string, value: string): void => appendValue("GITHUB_ENV", name, value);
export const setOutput = (name: string, value: string): void => appendValue("GITHUB_OUTPUT", name, value);

/** Adds Markdown to the page of the run. */
export const addSummary = (markdown: string): void => {
  const path = process.env["GITHUB_STEP_SUMMARY"] ?? "";
  if (path !== "") appendFileSync(path, `${markdown}\n`);
};
