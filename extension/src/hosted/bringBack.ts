// Gives a row again that a window had before it was reloaded, by its key: also that of a later attempt, or of a further job.
import { parseArtifactKey } from "../../../collector/protocol/artifactNames.ts";
import type { RunRegistry } from "../sessions/registry.ts";
import type { HostedRow } from "./hostedRunKey.ts";
import type { HostedRun } from "./hostedRun.ts";
import type { HostedRuns } from "./hostedRuns.ts";
import type { HostedSource } from "./hostedSource.ts";

/** A further job's row is there when GitHub has told of its artifacts. */
const WAIT_MS = 20_000;

const attemptOfRow = (row: string): number | undefined =>
  /^attempt\.\d{1,6}$/.test(row) ? Number(row.slice("attempt.".length)) : parseArtifactKey(row)?.attempt;

/**
 * What shows the row's job. Where GitHub no longer has that, the row of the workflow run itself, which says how it stands. Throws
 * a `UserError`.
 */
export const bringBack = async (
  hosted: HostedRuns,
  registry: RunRegistry,
  { owner, name, id, row = "" }: HostedRow,
  source: HostedSource,
  waitMs = WAIT_MS,
): Promise<HostedRun> => {
  const attempt = attemptOfRow(row);
  const session = { owner, name, id, title: `Run ${id} of ${owner}/${name}` };
  const own = await hosted.follow(attempt === undefined ? session : { ...session, attempt }, source);
  if (row === "" || parseArtifactKey(row) === undefined) return own;
  return new Promise((resolve) => {
    const look = (): void => {
      const found = hosted.runOfJob(session, row);
      if (found !== undefined || own.state.kind === "failed") settle(found ?? own);
    };
    const settle = (run: HostedRun): void => {
      stop();
      clearTimeout(timer);
      resolve(run);
    };
    const stop = registry.onChange(look);
    const giveUp = (): void => {
      // Nothing was asked yet: the window is in the background, or GitHub can't be reached.
      if (own.state.kind === "connecting" || own.state.kind === "lost") timer = setTimeout(giveUp, waitMs);
      else settle(own);
    };
    let timer = setTimeout(giveUp, waitMs);
    look();
  });
};
