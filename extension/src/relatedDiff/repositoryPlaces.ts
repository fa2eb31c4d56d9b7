// Where a run's events belong in its repository, for a report: only what is sure, and only so much as one waits for.
import type { WantedPlaces } from "../../../collector/report/runReport.ts";
import type { RepositoryPlace, RepositoryPlaces } from "../../../collector/report/sarif.ts";
import { CONFIDENT } from "../diff/changes.ts";
import { relate } from "../diff/relate.ts";
import { RepositoryRoots } from "../diff/repositoryRoots.ts";
import type { ChangeSource } from "./changeSource.ts";
import type { RunReader } from "./runReader.ts";

const MOST_EVENTS = 300;
const LONGEST_MS = 15_000;

/** Others get their turn. */
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** The line of an event: the only one that is likely, in the change as a whole and as it is after it. */
const placeOf = async (reader: RunReader, source: ChangeSource, seq: number): Promise<RepositoryPlace | undefined> => {
  const event = await reader.eventOfRow(seq);
  if (event === undefined) return undefined;
  const { facts } = reader;
  const roots = new RepositoryRoots(facts, source.folders);
  const { candidates, none } = relate(event, { facts, roots, changes: source.changes });
  const [best] = candidates;
  if (none !== undefined || best === undefined || best.score < CONFIDENT) return undefined;
  const { path, line, side, commit, reason } = best;
  return line === undefined || side === "left" || commit !== undefined ? undefined : { path, line, reason };
};

export const eventPlaces = async (
  reader: RunReader,
  source: ChangeSource,
  { seqs }: WantedPlaces,
  signal: AbortSignal,
): Promise<RepositoryPlaces["events"]> => {
  const until = performance.now() + LONGEST_MS;
  const events = new Map<number, RepositoryPlace>();
  for (const seq of [...new Set(seqs)].slice(0, MOST_EVENTS)) {
    if (signal.aborted || performance.now() > until) break;
    const place = await placeOf(reader, source, seq);
    if (place !== undefined) events.set(seq, place);
    await turn();
  }
  return events;
};
