// What is told of a tool call's arguments, and what is looked for in them: the command, the files, the shell.
import { posix } from "node:path";
import { isSecretName } from "./secretNames.ts";
import { MASK } from "./mask.ts";
import { redactCutText, redactText } from "./redactText.ts";

type Arguments = Readonly<Record<string, unknown>>;

const LIMITS = { fields: 16, name: 64, text: 400, command: 2000, paths: 64, pathText: 4096 } as const;

/** Arguments that hold what is written into files, or other long content: only their length is told. */
const CONTENT =
  /^(?:file_?text|(?:old|new)_?(?:str|string|text)|content|contents|text|patch|body|data|insert_?text|thought)$/i;
const LONG = /^(?:command|cmd|script|code|input)$/i;

const cut = (text: string, longest: number): string =>
  text.length > longest ? `${redactCutText(text.slice(0, longest))}…` : redactText(text);

const shown = (name: string, value: unknown): unknown => {
  if (typeof value === "boolean" || value === null) return value;
  // Also a number: nobody says that a password or code has letters.
  if (isSecretName(name)) return MASK;
  if (typeof value === "number") return value;
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  if (CONTENT.test(name)) return `${text.length} characters`;
  return cut(text, LONG.test(name) ? LIMITS.command : LIMITS.text);
};

/** A summary for the log: secrets masked, each text cut, contents of files left out. Undefined where there is nothing. */
export const summarizeInput = (args: Arguments): Readonly<Record<string, unknown>> | undefined => {
  const names = Object.keys(args);
  if (names.length === 0) return undefined;
  const summary: Record<string, unknown> = {};
  for (const name of names.slice(0, LIMITS.fields)) {
    Object.defineProperty(summary, redactText(name.slice(0, LIMITS.name)), {
      value: isPatch(args[name])
        ? patchPaths(String(args[name])).map((path) => redactText(path))
        : shown(name, args[name]),
      enumerable: true,
      configurable: true,
    });
  }
  return summary;
};

const isPatch = (value: unknown): boolean => typeof value === "string" && /^\*\*\* [A-Z]/m.test(value.slice(0, 8192));

const PATCHED = /^\*\*\* (?:(?:Add|Update|Delete) File|Move to): (.{1,4096})$/gm;

const patchPaths = (patch: string): string[] => {
  const paths: string[] = [];
  for (const [, path] of patch.matchAll(PATCHED)) {
    if (paths.push(path ?? "") >= LIMITS.paths) break;
  }
  return paths;
};

const PATHS = ["path", "file_path", "filePath", "file", "filename", "notebook_path", "old_path", "new_path"] as const;

/** The files that the arguments name, absolute and made plain; relative ones are of `cwd`. */
export const namedPaths = (args: Arguments, cwd: string): readonly string[] => {
  const named: string[] = [];
  for (const name of PATHS) {
    const value = args[name];
    if (typeof value === "string" && value !== "") named.push(value);
  }
  for (const name of Object.keys(args).slice(0, LIMITS.fields)) {
    if (isPatch(args[name])) named.push(...patchPaths(String(args[name])));
  }
  const base = cwd.startsWith("/") ? cwd : "/";
  return named.slice(0, LIMITS.paths).map((path) => posix.resolve(base, path.slice(0, LIMITS.pathText)));
};

const COMMANDS = ["command", "cmd", "script", "input"] as const;
const LONGEST_COMMAND = 16_384;

/** The command, or what is typed into a shell. */
export const commandOf = (args: Arguments): string => {
  for (const name of COMMANDS) {
    const value = args[name];
    if (typeof value === "string") return value.slice(0, LONGEST_COMMAND);
  }
  return "";
};

const SHELLS = ["sessionId", "shellId", "session_id", "shell_id"] as const;

/** The agent's name for the shell that a command is for; empty where it says none. */
export const shellOf = (args: Arguments): string => {
  for (const name of SHELLS) {
    const value = args[name];
    if (typeof value === "string" || typeof value === "number") return String(value).slice(0, 128);
  }
  return "";
};

/** Was a command to run on while the agent does other things? */
export const runsOn = (args: Arguments): boolean =>
  args["mode"] === "async" ||
  args["async"] === true ||
  args["isBackground"] === true ||
  args["run_in_background"] === true;
