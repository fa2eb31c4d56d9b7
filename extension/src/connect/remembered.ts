// The live runs of this workspace, remembered over a reload of the window.
import { basename } from "node:path";
import type { Memento } from "vscode";
import { LiveRun } from "../sessions/liveRun.ts";
import type { RunRegistry } from "../sessions/registry.ts";

export interface RememberedRun {
  readonly base: string;
  readonly run: string;
  readonly title: string;
  /** File name of the local copy. */
  readonly spool: string;
  /** Whether it was being followed. */
  readonly connected: boolean;
  /** When this was true, in milliseconds since the epoch. */
  readonly at: number;
}

const KEY = "runglass.runs";
const TOUCH_MS = 600_000;

const isRemembered = (value: unknown): value is RememberedRun => {
  if (typeof value !== "object" || value === null) return false;
  const { base, run, title, spool, connected, at } = value as Readonly<Record<string, unknown>>;
  return (
    [base, run, title, spool].every((text) => typeof text === "string") &&
    typeof connected === "boolean" &&
    typeof at === "number"
  );
};

export const rememberedRuns = (memento: Memento): readonly RememberedRun[] => {
  const stored = memento.get<unknown>(KEY);
  return Array.isArray(stored) ? stored.filter(isRemembered) : [];
};

const describe = (run: LiveRun): RememberedRun => ({
  base: run.endpoint.base,
  run: run.run,
  title: run.title,
  spool: basename(run.path),
  connected: ["connecting", "live", "lost"].includes(run.state.kind),
  at: Date.now(),
});

/** Keeps the memento up to date; gives what ends it. */
export const rememberRuns = (registry: RunRegistry, memento: Memento): (() => void) => {
  let last = "";
  const save = (): void => {
    const runs = registry.runs.filter((run) => run instanceof LiveRun).map(describe);
    const text = JSON.stringify(runs.map((run) => ({ ...run, at: 0 })));
    if (text === last) return;
    last = text;
    void memento.update(KEY, runs);
  };
  const stop = registry.onChange(save);
  const timer = setInterval(() => {
    last = "";
    save();
  }, TOUCH_MS);
  timer.unref();
  return () => {
    stop();
    clearInterval(timer);
  };
};
