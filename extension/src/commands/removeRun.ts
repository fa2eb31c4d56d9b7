// Remove Run: takes a live run out of the list, and its local copy off the disk once it is sure that nobody wants it back.
import { rm } from "node:fs/promises";
import { window } from "vscode";
import type { Context } from "../context.ts";
import type { LiveRun } from "../sessions/liveRun.ts";
import { runLabel } from "../views/runText.ts";

const UNDO = "Undo";

/** A run without events is removed without a word. A copy that is left by a window that closes meanwhile ages away. */
export const removeRun = async (context: Context, run: LiveRun): Promise<void> => {
  const { events } = run.summary;
  await context.registry.remove(run, events > 0);
  if (events === 0) return;
  const message = `Removed “${runLabel(run)}” and its local copy of ${events.toLocaleString("en-US")} events.`;
  // Not waited for: the command is done, and the offer may stand for a long time.
  void window.showInformationMessage(message, UNDO).then(async (chosen) => {
    if (chosen === UNDO) await context.liveRuns.bringBack(run);
    else if (context.registry.get(run.key) === undefined) await rm(run.path, { force: true });
  });
};
