// The lenses above the lines of a change that a run has to do with.
import { CodeLens, Range } from "vscode";
import { ownCommands } from "../ids.ts";
import type { RunSession } from "../sessions/runSession.ts";
import type { LineUse } from "./lineUses.ts";
import { useFilter, useTitle } from "./lineUseText.ts";

const MAX_LENSES = 200;

export const lensesOf = (session: RunSession, lines: ReadonlyMap<number, LineUse>): CodeLens[] =>
  [...lines].slice(0, MAX_LENSES).map(
    ([line, use]) =>
      new CodeLens(new Range(line - 1, 0, line - 1, 0), {
        title: `$(pulse) ${useTitle(use)}`,
        tooltip: "Show them in the monitor",
        command: ownCommands.showFiltered,
        arguments: [session.key, useFilter(use)],
      }),
  );
