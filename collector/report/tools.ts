// What each of the agent's tool calls caused.
import type { RunEvent, ToolEnd, ToolStart } from "../protocol/events.ts";
import { addBounded, byCount, type Counter } from "./counting.ts";
import type { Listed, ToolSummary } from "./runSummary.ts";

const MOST_CALLS = 2_000;
const LONGEST_INPUT = 200;

const MOST_HOSTS = 50;
const HOSTS_SHOWN = 8;

type Counted = { -readonly [K in keyof ToolSummary]: ToolSummary[K] };
interface Call {
  readonly summary: Counted;
  readonly hosts: Counter;
  startedAt: number | undefined;
}

/** What a call is about, in one text: its command or its file, else all of its arguments. */
const inputOf = (input: unknown): string => {
  if (typeof input === "string") return input.slice(0, LONGEST_INPUT);
  if (typeof input !== "object" || input === null) return "";
  const { command, path } = input as Readonly<Record<string, unknown>>;
  const text = typeof command === "string" ? command : typeof path === "string" ? path : JSON.stringify(input);
  return text.slice(0, LONGEST_INPUT);
};

export class ToolTally {
  readonly #calls = new Map<string, Call>();
  #unlisted = false;

  start({ t, toolInfo }: ToolStart): void {
    const call = this.#callOf(toolInfo.id);
    if (call === undefined) return;
    call.startedAt = t;
    call.summary.name = toolInfo.name;
    call.summary.input = inputOf(toolInfo.input);
  }

  end({ t, toolInfo, ok }: ToolEnd): void {
    const call = this.#callOf(toolInfo.id);
    if (call === undefined) return;
    if (ok !== undefined) call.summary.ok = ok;
    if (call.startedAt !== undefined) call.summary.durationUs = Math.max(0, t - call.startedAt);
  }

  /** Counts an event to the call that it belongs to; `isNew`: it is the first of its process. */
  take(event: RunEvent, isNew: boolean): void {
    const call = event.tool === undefined ? undefined : this.#callOf(event.tool);
    if (call === undefined) return;
    const { summary, hosts } = call;
    if (event.type === "http.request") {
      summary.requests += 1;
      return;
    }
    if (event.type === "net.connect") {
      summary.connections += 1;
      addBounded(hosts, event.host?.name ?? event.flow.remote.ip, MOST_HOSTS);
    } else if (event.type === "file.write") summary.fileOperations += event.count ?? 1;
    else if (event.type === "process.exec" && isNew) summary.processes += 1;
    else return;
    if (event.toolGuess === true) summary.guessed += 1;
  }

  /** At most `most` calls, in the order in which they began. */
  list(most: number): Listed<ToolSummary> {
    const items = [...this.#calls.values()].slice(0, most).map(({ summary, hosts }) => ({
      ...summary,
      hosts: byCount(hosts)
        .slice(0, HOSTS_SHOWN)
        .map(([name]) => name),
    }));
    return { items, omitted: this.#calls.size - items.length + (this.#unlisted ? 1 : 0) };
  }

  #callOf(id: string): Call | undefined {
    let call = this.#calls.get(id);
    if (call !== undefined) return call;
    if (this.#calls.size >= MOST_CALLS) {
      this.#unlisted = true;
      return undefined;
    }
    const none = { processes: 0, connections: 0, requests: 0, hosts: [], fileOperations: 0, guessed: 0 };
    call = { summary: { id, name: "", input: "", ...none }, hosts: new Map(), startedAt: undefined };
    this.#calls.set(id, call);
    return call;
  }
}
