// A tool call of the agent, as far as it helps to find lines. A run's log tells no contents; a session's log may.
import type { ToolInfo } from "../../../collector/protocol/events.ts";

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** The file that it is about. */
  readonly path?: string;
  readonly command?: string;
  /** What it writes into the file. */
  readonly newText?: string;
}

const PATHS = ["path", "file_path", "filePath", "file", "filename", "notebook_path", "new_path"];
const COMMANDS = ["command", "cmd", "script", "input"];

const firstText = (input: Readonly<Record<string, unknown>>, names: readonly string[]): string | undefined => {
  for (const name of names) {
    const value = Object.hasOwn(input, name) ? input[name] : undefined;
    if (typeof value === "string" && value !== "") return value;
  }
  return undefined;
};

const SHELL = /^(?:bash|sh|shell|powershell|pwsh|terminal|run_?in_?terminal|exec(?:ute)?(?:_command)?)$/i;

/** A job's log has the beginning of a call's input as text: of a shell's its command, of most others the file. */
const ofText = (name: string, input: string): Pick<ToolCall, "path" | "command"> => {
  const text = input.replace(/…$/, "").trim();
  if (SHELL.test(name)) return text === "" ? {} : { command: text };
  // One that is cut would be another file's.
  return /^\/[^\s]+$/.test(text) && !input.endsWith("…") ? { path: text } : {};
};

/** What an event says of a call. */
export const toolCallOf = ({ id, name, input }: ToolInfo): ToolCall => {
  if (typeof input === "string") return { id, name, ...ofText(name, input) };
  if (typeof input !== "object" || input === null) return { id, name };
  const fields = input as Readonly<Record<string, unknown>>;
  const path = firstText(fields, PATHS);
  const command = firstText(fields, COMMANDS);
  return { id, name, ...(path === undefined ? {} : { path }), ...(command === undefined ? {} : { command }) };
};
