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

/** What an event says of a call. */
export const toolCallOf = ({ id, name, input }: ToolInfo): ToolCall => {
  if (typeof input !== "object" || input === null) return { id, name };
  const fields = input as Readonly<Record<string, unknown>>;
  const path = firstText(fields, PATHS);
  const command = firstText(fields, COMMANDS);
  return { id, name, ...(path === undefined ? {} : { path }), ...(command === undefined ? {} : { command }) };
};
