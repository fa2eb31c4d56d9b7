// Writes into the log how each run stands, at each change: what one needs to know when a connection does not hold.
import { logFailure, type Log } from "./log.ts";
import type { RunRegistry } from "./sessions/registry.ts";
import type { RunSession } from "./sessions/runSession.ts";
import { plainText } from "./views/plainText.ts";

export const logRuns = (registry: RunRegistry, log: Log): void => {
  const last = new WeakMap<RunSession, string>();
  registry.onChange((run) => {
    if (run === undefined) return;
    const { state, failure, summary } = run;
    const now = `${state.kind} ${failure?.code ?? ""}`;
    if (last.get(run) === now) return;
    last.set(run, now);
    const where = plainText(`${run.origin} ${run.title}`, 200);
    if (failure === undefined) log.info(`${where}: ${state.kind}, ${summary.events} events`);
    else logFailure(log, where, failure);
  });
};
