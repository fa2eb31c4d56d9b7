// What is true of the run as a whole: the facts of the monitor's first line and of its notices.
import type { CoverageState, Enforcement, RunStart } from "../../../collector/protocol/events.ts";

export interface CoverageFact {
  readonly hook: string;
  readonly target: string;
  readonly state: CoverageState;
  readonly reason: string;
}

export interface RunFacts {
  start: RunStart | undefined;
  enforcement: Enforcement | undefined;
  /** Times in microseconds of the first and the newest event; 0 before there is one. */
  firstTime: number;
  lastTime: number;
  lastSeq: number;
  events: number;
  readonly byType: Map<string, number>;
  /** Lost events by source, as `loss` events said. */
  readonly lostBySource: Map<string, number>;
  lost: number;
  /** Lines that should be between two others and never came. */
  missing: number;
  repeated: number;
  badLines: number;
  /** Why the first bad line could not be read, and its number among the lines received. */
  firstBadLine: { readonly line: number; readonly reason: string } | undefined;
  readonly unknownTypes: Map<string, number>;
  readonly coverage: Map<string, CoverageFact>;
  /** Events that are counted on a row of their process because the model was full. */
  folded: number;
  ended: boolean;
  processes: number;
  failedProcesses: number;
  failedConnections: number;
  denied: number;
}

export const createFacts = (): RunFacts => ({
  start: undefined,
  enforcement: undefined,
  firstTime: 0,
  lastTime: 0,
  lastSeq: 0,
  events: 0,
  byType: new Map(),
  lostBySource: new Map(),
  lost: 0,
  missing: 0,
  repeated: 0,
  badLines: 0,
  firstBadLine: undefined,
  unknownTypes: new Map(),
  coverage: new Map(),
  folded: 0,
  ended: false,
  processes: 0,
  failedProcesses: 0,
  failedConnections: 0,
  denied: 0,
});

/** Distinct keys that a map fed by the runner may hold; what comes after is counted under one name. */
const MAX_KEYS = 500;
const REST = "(more)";

/** Adds to a count by name, bounded. */
export const countIn = (map: Map<string, number>, name: string, amount: number): void => {
  const key = map.has(name) || map.size < MAX_KEYS ? name : REST;
  map.set(key, (map.get(key) ?? 0) + amount);
};

/** Remembers the latest word on a hook, bounded. */
export const noteCoverage = (facts: RunFacts, fact: CoverageFact): void => {
  const key = `${fact.hook}\n${fact.target}`;
  if (facts.coverage.has(key) || facts.coverage.size < MAX_KEYS) facts.coverage.set(key, fact);
};

/** The title that the run gives itself, if it does. */
export const titleOf = (start: RunStart | undefined): string => {
  if (start === undefined) return "";
  const { repository, workflow, attempt, title } = start.run;
  const parts = [repository, workflow, title, attempt !== undefined && attempt > 1 ? `attempt ${attempt}` : undefined];
  return parts.filter((part) => part !== undefined && part !== "").join(" · ");
};
