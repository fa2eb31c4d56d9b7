// A report on a run in one of several formats, made while the run's events are read once.
import type { RunEvent, UnknownEvent } from "../protocol/events.ts";
import { harWriter } from "./har.ts";
import { FOR_PROGRAMS, FOR_REPORT } from "./listLimits.ts";
import type { Verification } from "./logVerifier.ts";
import { renderMarkdown } from "./renderMarkdown.ts";
import { renderSarif, type RepositoryPlaces } from "./sarif.ts";
import type { RunSummary } from "./runSummary.ts";
import { RunTally } from "./tally.ts";

export type ReportFormat = "markdown" | "har" | "sarif";

/** What is known when all events were read. */
export interface ReportEnd {
  /** The log's name. */
  readonly file: string;
  /** What the reader must know of the log before all else, in a sentence. */
  readonly notice: string | undefined;
  readonly verification: Verification;
  /** For `har`: resolves when what was written so far has been taken. */
  readonly drained?: (() => Promise<void>) | undefined;
  /** For `sarif`: asked for where the results belong in the repository. */
  readonly places?: ((wanted: WantedPlaces) => Promise<RepositoryPlaces>) | undefined;
}

/** What of a run has a place in its repository. */
export interface WantedPlaces {
  /** Of the events that findings rest on, and of the first of each thing that the policy does not allow. */
  readonly seqs: readonly number[];
  /** Entries of a policy that would allow what it does not. */
  readonly entries: readonly string[];
}

export interface RunReport {
  take(event: RunEvent | UnknownEvent): void;
  /** Writes the rest. */
  finish(end: ReportEnd): Promise<void>;
}

const MOST_EVIDENCE = 3;

const wantedPlaces = ({ findings, denied }: RunSummary): WantedPlaces => ({
  seqs: [
    ...findings.items.flatMap(({ seq, evidence }) => [...evidence.slice(0, MOST_EVIDENCE), seq]),
    ...denied.items.map(({ first }) => first),
  ],
  entries: denied.items.flatMap(({ allow }) => (allow === undefined ? [] : [allow])),
});

/** `write` is given the document piece by piece, of HAR while events are read; `version` is Runglass's own. */
export const runReport = (format: ReportFormat, version: string, write: (text: string) => void): RunReport => {
  if (format === "har") {
    const har = harWriter(version, write);
    write(har.head);
    return {
      take: (event) => har.take(event),
      finish: async ({ drained }) => {
        await har.finish(async () => drained?.());
        write(har.foot);
      },
    };
  }
  const tally = new RunTally();
  return {
    take: (event) => tally.take(event),
    finish: async ({ file, notice, verification, places }) => {
      const summary = tally.summary(file, notice, verification, format === "markdown" ? FOR_REPORT : FOR_PROGRAMS);
      if (format === "markdown") write(renderMarkdown(summary));
      else write(renderSarif(summary, version, await places?.(wantedPlaces(summary))));
    },
  };
};
