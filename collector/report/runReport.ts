// A report on a run in one of several formats, made while the run's events are read once.
import type { RunEvent, UnknownEvent } from "../protocol/events.ts";
import { harWriter } from "./har.ts";
import { FOR_PROGRAMS, FOR_REPORT } from "./listLimits.ts";
import type { Verification } from "./logVerifier.ts";
import { renderMarkdown } from "./renderMarkdown.ts";
import { renderSarif, type RepositoryPlaces } from "./sarif.ts";
import { RunTally } from "./tally.ts";

export type ReportFormat = "markdown" | "har" | "sarif";

/** What is known when all events were read. */
export interface ReportEnd {
  /** The log's name. */
  readonly file: string;
  /** What the reader must know of the log before all else, in a sentence. */
  readonly notice: string | undefined;
  readonly verification: Verification;
  /** For `sarif`. */
  readonly places?: RepositoryPlaces | undefined;
}

export interface RunReport {
  take(event: RunEvent | UnknownEvent): void;
  /** Writes the rest. */
  finish(end: ReportEnd): void;
}

/** `write` is given the document piece by piece, of HAR while events are read; `version` is Runglass's own. */
export const runReport = (format: ReportFormat, version: string, write: (text: string) => void): RunReport => {
  if (format === "har") {
    const har = harWriter(version, write);
    write(har.head);
    return {
      take: (event) => har.take(event),
      finish: () => {
        har.finish();
        write(har.foot);
      },
    };
  }
  const tally = new RunTally();
  return {
    take: (event) => tally.take(event),
    finish: ({ file, notice, verification, places }) => {
      const summary = tally.summary(file, notice, verification, format === "markdown" ? FOR_REPORT : FOR_PROGRAMS);
      write(format === "markdown" ? renderMarkdown(summary) : renderSarif(summary, version, places));
    },
  };
};
