// The agent's tool calls out of a session's log, with what they write into files, which a run's log leaves out: so that the change
// of a file leads to the very lines. Reads both forms that there are, a line each: the agent's own events (`events.jsonl`), and
// chunks of a chat as `data: …`. Whoever wrote the log may have written anything: it is bounded, and only says where to look.
import type { RunFacts } from "./runFacts.ts";
import { toolCallOf, type ToolCall } from "./toolCalls.ts";

const LIMITS = { line: 4_000_000, calls: 20_000, text: 100_000, texts: 32_000_000 } as const;
/** Arguments that hold what is written, whole; a patch is told by its added lines. */
const WRITTEN = ["new_str", "new_string", "file_text", "insert_text", "content", "new_source"];
const PATCHES = ["patch", "input", "diff"];

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const textIn = (fields: Fields, name: string): string | undefined => {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return typeof value === "string" ? value : undefined;
};
const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const addedLines = (patch: string): string =>
  patch
    .split("\n")
    .filter((line) => line.startsWith("+") && !line.startsWith("+++"))
    .map((line) => line.slice(1))
    .join("\n");

/** The file that a patch of the agent's own form begins with. */
const patchedPath = (patch: string): string | undefined =>
  /^\*\*\* (?:Update|Add) File: (.{1,4096})$/m.exec(patch.slice(0, 10_000))?.[1];

const callOf = (id: string, name: string, input: unknown): ToolCall => {
  const fields = fieldsOf(typeof input === "string" ? parse(input) : input);
  const written = WRITTEN.map((field) => textIn(fields, field)).find((text) => text !== undefined && text !== "");
  const patch =
    typeof input === "string" && input.startsWith("*** ")
      ? input
      : PATCHES.map((field) => textIn(fields, field)).find((text) => text?.startsWith("*** ") === true);
  const newText = written ?? (patch === undefined ? undefined : addedLines(patch));
  const path = patch === undefined ? undefined : patchedPath(patch);
  return {
    ...toolCallOf({ id, name, input: fields }),
    ...(path === undefined ? {} : { path }),
    ...(newText === undefined ? {} : { newText: newText.slice(0, LIMITS.text) }),
  };
};

const callsOfEvent = (event: Fields): ToolCall[] => {
  if (event["type"] !== "tool.execution_start") return [];
  const data = fieldsOf(event["data"]);
  const [id, name] = [textIn(data, "toolCallId"), textIn(data, "toolName")];
  return id === undefined || name === undefined ? [] : [callOf(id, name, data["arguments"])];
};

const callsOfChunk = (chunk: Fields): ToolCall[] => {
  const choices = Array.isArray(chunk["choices"]) ? chunk["choices"].slice(0, 10) : [];
  return choices.flatMap((choice) => {
    const calls = fieldsOf(fieldsOf(choice)["delta"])["tool_calls"];
    return (Array.isArray(calls) ? calls.slice(0, 100) : []).flatMap((value) => {
      const call = fieldsOf(value);
      const asked = fieldsOf(call["function"]);
      const [id, name] = [textIn(call, "id"), textIn(asked, "name")];
      return id === undefined || name === undefined ? [] : [callOf(id, name, asked["arguments"])];
    });
  });
};

/** In their order, each once, although a chat tells of a call again with its result. Never throws; what is no such line is passed over. */
export const callsOfSessionLog = (text: string): ToolCall[] => {
  const calls = new Map<string, ToolCall>();
  let left: number = LIMITS.texts;
  for (let from = 0; from < text.length && calls.size < LIMITS.calls;) {
    const newline = text.indexOf("\n", from);
    const to = newline < 0 ? text.length : newline;
    const isLong = to - from > LIMITS.line;
    const line = isLong
      ? ""
      : text
          .slice(from, to)
          .trim()
          .replace(/^data:\s*/, "");
    from = to + 1;
    if (!line.startsWith("{")) continue;
    const fields = fieldsOf(parse(line));
    for (const call of [...callsOfEvent(fields), ...callsOfChunk(fields)]) {
      if (calls.has(call.id)) continue;
      left -= call.newText?.length ?? 0;
      if (left < 0) return [...calls.values()];
      calls.set(call.id, call);
    }
  }
  return [...calls.values()];
};

const keyOf = ({ name, path, command }: ToolCall): string => `${name}\0${path ?? command?.slice(0, 100) ?? ""}`;

/**
 * Gives the calls of a run what the session's log knows of them: the one of the same id, else the next one of the same tool about
 * the same file. @returns how many were found
 */
export const joinSessionCalls = (facts: RunFacts, calls: readonly ToolCall[]): number => {
  const byId = new Map(calls.map((call) => [call.id, call]));
  const byKey = new Map<string, ToolCall[]>();
  for (const call of calls) {
    const queue = byKey.get(keyOf(call));
    if (queue === undefined) byKey.set(keyOf(call), [call]);
    else queue.push(call);
  }
  let found = 0;
  for (const known of facts.tools) {
    const call = byId.get(known.id) ?? byKey.get(keyOf(known))?.shift();
    if (call === undefined) continue;
    found += 1;
    facts.addTool({ ...call, ...known, ...(call.newText === undefined ? {} : { newText: call.newText }) });
  }
  return found;
};
