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

export class CoverageLines {
  readonly #log: EventLog;
  /** What was said last of a target. */
  readonly #said = new BoundedMap<string, string>(MOST_TARGETS);

  constructor(log: EventLog) {
    this.#log = log;
  }

  take({ time, hook, state, reason, target }: CoverageNews): void {
    const key = `${hook} ${target}`;
    const said = `${state} ${reason}`;
    if (target !== "" && this.#said.get(key) === said) return;
    if (target !== "") this.#said.set(key, said);
    this.#log.write("coverage", time, coverageFields(hook, state, reason, redactText(target)));
  }
}
