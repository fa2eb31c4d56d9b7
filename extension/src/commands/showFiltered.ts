// Shows a run's monitor, narrowed to what a filter lets through: what lenses and notes of ours call.
import type { Context } from "../context.ts";
import { openMonitor } from "./openMonitor.ts";

const LONGEST = 2000;

/** Anybody can call a command with anything. */
export const showFiltered = async (context: Context, key: unknown, filter: unknown): Promise<void> => {
  const run = typeof key === "string" ? context.registry.get(key) : undefined;
  if (run === undefined || typeof filter !== "string") return;
  context.pages.filter(run, filter.slice(0, LONGEST));
  await openMonitor(context, run);
};
