// Which artifact comes next, decided by names alone: nothing is downloaded to find out. Pure. Artifacts are listed in any
// order, arrive late or never, are uploaded twice after an error, and have names that anybody in the job can choose.
import { parseArtifactName, type SegmentName } from "../../../collector/protocol/artifactNames.ts";
import type { HostedArtifact } from "./hostedSource.ts";

export interface ListedSegment extends SegmentName {
  readonly artifact: HostedArtifact;
}

/** What one job of the run has uploaded. */
export interface JobArtifacts {
  readonly key: string;
  /** In the order of what they hold. */
  readonly segments: readonly ListedSegment[];
  /** The whole log; there is one once the job has ended. */
  readonly log: HostedArtifact | undefined;
}

/** A job may have 500 artifacts. */
const MOST_SEGMENTS = 2000;
/** A matrix may have 256 jobs. */
const MOST_JOBS = 300;

/** Sorts what is ours of a run's artifacts by job. */
export const artifactsByJob = (artifacts: readonly HostedArtifact[]): ReadonlyMap<string, JobArtifacts> => {
  const jobs = new Map<string, { key: string; segments: ListedSegment[]; log: HostedArtifact | undefined }>();
  for (const artifact of artifacts) {
    const name = parseArtifactName(artifact.name);
    if (name === undefined || name.kind === "verdict") continue;
    const job = jobs.get(name.key) ?? { key: name.key, segments: [], log: undefined };
    if (!jobs.has(name.key)) {
      if (jobs.size >= MOST_JOBS) continue;
      jobs.set(name.key, job);
    }
    if (name.kind === "log") {
      // One that can still be had, else any; the newest of several.
      const better = job.log === undefined || (job.log.expired === artifact.expired && artifact.id > job.log.id);
      if (better || (job.log?.expired === true && !artifact.expired)) job.log = artifact;
    } else if (job.segments.length < MOST_SEGMENTS) job.segments.push({ ...name, artifact });
  }
  for (const { segments } of jobs.values()) {
    segments.sort((a, b) => a.first - b.first || b.last - a.last || b.artifact.id - a.artifact.id);
  }
  return jobs;
};

export type NextSegment =
  | { readonly kind: "take"; readonly segment: ListedSegment }
  /** Nothing follows yet; `missing` events stand between what is here and a later segment. */
  | { readonly kind: "wait"; readonly missing: { readonly first: number; readonly last: number } | undefined }
  /** What follows was there, and GitHub has it no more. */
  | { readonly kind: "expired"; readonly segment: ListedSegment };

/**
 * The segment with the event behind `lastSeq`, 0 where none is here yet.
 * @param refused Ids of artifacts that did not hold what their name says.
 */
export const nextSegment = (job: JobArtifacts, lastSeq: number, refused: ReadonlySet<number>): NextSegment => {
  const wanted = lastSeq + 1;
  const fitting = job.segments.filter(
    ({ first, last, artifact }) => first <= wanted && last >= wanted && !refused.has(artifact.id),
  );
  // One that begins just there before one that repeats something, and the longer one of two.
  const best = fitting
    .filter(({ artifact }) => !artifact.expired)
    .sort((a, b) => b.first - a.first || b.last - a.last || b.artifact.id - a.artifact.id)[0];
  if (best !== undefined) return { kind: "take", segment: best };
  const [expired] = fitting;
  if (expired !== undefined) return { kind: "expired", segment: expired };
  const later = job.segments.find(({ first }) => first > wanted);
  return { kind: "wait", missing: later === undefined ? undefined : { first: wanted, last: later.first - 1 } };
};
