// What an agent's hook tells: one JSON object, of which only what is needed is taken. It comes from any program that the
// agent starts, so nothing in it is believed to be what it should be.

/** What the collector does about a hook; what it knows nothing of is taken and does nothing. */
export type HookEvent = "start" | "end" | "failure" | "sessionStart" | "sessionEnd" | "other";

const EVENTS: ReadonlyMap<string, HookEvent> = new Map([
  ["pretooluse", "start"],
  ["posttooluse", "end"],
  ["posttoolusefailure", "failure"],
  ["sessionstart", "sessionStart"],
  ["sessionend", "sessionEnd"],
]);

export interface ToolMessage {
  readonly event: HookEvent;
  /** Empty where none is given, as in all texts here. */
  readonly sessionId: string;
  readonly tool: string;
  /** The agent's own id of the call: not every agent gives one. */
  readonly callId: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly cwd: string;
  /** Of an end: how the tool says it went. */
  readonly ok: boolean | undefined;
}

const LONGEST = { name: 128, id: 128, path: 4096 } as const;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const firstText = (object: Readonly<Record<string, unknown>>, names: readonly string[], longest: number): string => {
  for (const name of names) {
    const value = object[name];
    if (typeof value === "string") return value.slice(0, longest);
  }
  return "";
};

const DEEPEST = 24;

/** Leaves out what lies deeper than anybody writes by hand: JSON is read at any depth, but not written. */
const shallow = (value: unknown, depth = 0): unknown => {
  if (typeof value !== "object" || value === null) return value;
  if (depth >= DEEPEST) return "…";
  if (Array.isArray(value)) return value.map((one) => shallow(one, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shallow(one, depth + 1)]));
};

/** Some agents give the arguments as an object, some as its JSON text, some tools have one text for all. */
const argumentsOf = (value: unknown): Readonly<Record<string, unknown>> => {
  if (isObject(value)) return shallow(value) as Readonly<Record<string, unknown>>;
  if (typeof value !== "string") return {};
  try {
    const parsed: unknown = JSON.parse(value);
    if (isObject(parsed)) return shallow(parsed) as Readonly<Record<string, unknown>>;
  } catch {
    // One text for all.
  }
  return { input: value };
};

const succeeded = (event: HookEvent, result: unknown): boolean | undefined => {
  if (event === "failure") return false;
  if (event !== "end") return undefined;
  const type = isObject(result) ? firstText(result, ["resultType", "result_type"], LONGEST.name) : "";
  return type === "" || type === "success";
};

/** Reads a hook's JSON; `named` is the hook's name as its program was told it. Undefined for what is no JSON object. */
export const parseToolMessage = (named: string, text: string): ToolMessage | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const name = named === "" ? firstText(value, ["hook_event_name", "hookEventName"], LONGEST.name) : named;
  const event = EVENTS.get(name.toLowerCase()) ?? "other";
  return {
    event,
    sessionId: firstText(value, ["sessionId", "session_id"], LONGEST.id),
    tool: firstText(value, ["toolName", "tool_name"], LONGEST.name),
    callId: firstText(value, ["toolCallId", "tool_call_id", "toolUseId", "tool_use_id"], LONGEST.id),
    args: argumentsOf(value["toolArgs"] ?? value["tool_args"] ?? value["toolInput"] ?? value["tool_input"]),
    cwd: firstText(value, ["cwd"], LONGEST.path),
    ok: succeeded(event, value["toolResult"] ?? value["tool_result"]),
  };
};
