// What the sensor can and cannot see, as it says. The same file under one path can be many: each container has its own.
import type { CoverageState } from "../../protocol/events.ts";
import { BoundedMap } from "./boundedMap.ts";
import type { EventLog } from "./eventLog.ts";
import { coverageFields } from "./lines.ts";
import { redactText } from "./redactText.ts";

const MOST_TARGETS = 1_024;

export interface CoverageNews {
  readonly time: number;
  readonly hook: string;
  readonly state: CoverageState;
  readonly reason: string;
  /** The library or program that it is about; empty where it is about none. */
  readonly target: string;
}

const TLS = "tls";
const NOT_READ = {
  hook: TLS,
  state: "unsupported",
  reason:
    "what it sends inside TLS is not read: its TLS is of none of the libraries that are, or hides their names, or was found too late",
} as const;
const FOUND_LATE = {
  hook: "tls.late",
  state: "off",
  reason: "it was attached to when a connection had begun already, whose requests are not told",
} as const;

export class CoverageLines {
  readonly #log: EventLog;
  /** What was said last of a target. */
  readonly #said = new BoundedMap<string, string>(MOST_TARGETS);

  /** TLS libraries are attached to at all. */
  #readsTls = false;

  constructor(log: EventLog) {
    this.#log = log;
  }

  take({ time, hook, state, reason, target }: CoverageNews): void {
    const key = `${hook} ${target}`;
    const said = `${state} ${reason}`;
    if (target === "" && hook === TLS) this.#readsTls = state === "on";
    if (target !== "" && this.#said.get(key) === said) return;
    if (target !== "") this.#said.set(key, said);
    this.#log.write("coverage", time, coverageFields(hook, state, reason, redactText(target)));
  }

  /** The program `exe` has sent data through TLS in a connection, and no library was read that it went through. */
  unreadTls(time: number, exe: string): void {
    if (!this.#readsTls || exe === "") return;
    const before = this.#said.get(`${TLS} ${exe}`);
    // What was said of the program itself says more.
    if (before !== undefined && !before.startsWith("on")) return;
    const late = before !== undefined;
    this.take({ time, target: exe, ...(late ? FOUND_LATE : NOT_READ) });
  }
}
