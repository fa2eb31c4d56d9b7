// Which run a command means: the one of the tree item it was called on, else the current one, else the user says.
import { window } from "vscode";
import type { Context } from "../context.ts";
import type { RunSession } from "../sessions/runSession.ts";
import { plainStatusText } from "../views/plainText.ts";
import { runDescription, runLabel, stateIcon } from "../views/runText.ts";

/** The run of a tree item; commands can be called by anyone with anything. */
export const runOfArgument = (context: Context, argument: unknown): RunSession | undefined => {
  if (typeof argument !== "object" || argument === null) return undefined;
  const { run } = argument as { readonly run?: unknown };
  return context.registry.runs.find((known) => known === run);
};

/** Asks only where several runs fit; says so where none does. */
export const chooseRun = async <T extends RunSession>(
  context: Context,
  argument: unknown,
  what: string,
  fits: (run: RunSession) => run is T,
): Promise<T | undefined> => {
  const named = runOfArgument(context, argument);
  if (named !== undefined) {
    if (fits(named)) return named;
    // Its menu was opened when it stood otherwise.
    void window.showInformationMessage(`“${runLabel(named)}” is not a run to ${what} (${runDescription(named)}).`);
    return undefined;
  }
  // The monitor that one looks at, where it was called from a title bar, a key or the palette.
  const looked = context.pages.active?.session;
  if (looked !== undefined && fits(looked)) return looked;
  const candidates = context.registry.runs.filter(fits);
  const [only] = candidates;
  if (only === undefined) {
    void window.showInformationMessage(`There is no run to ${what}.`);
    return undefined;
  }
  if (candidates.length === 1) return only;
  const items = candidates.map((run) => ({
    label: `$(${stateIcon(run)}) ${plainStatusText(runLabel(run))}`,
    description: runDescription(run),
    run,
  }));
  const chosen = await window.showQuickPick(items, { placeHolder: `Which run to ${what}?` });
  return chosen?.run;
};
