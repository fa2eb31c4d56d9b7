// How often GitHub is asked for what. Unchanged answers are free, but how often things change is for others to decide, so the
// answers that are paid for are counted and the plan stretches: fewer than 1,000 in an hour, whatever happens.

/** Milliseconds between two questions. */
export const intervals = {
  /** The pull requests of a repository, or one that is watched by itself. */
  pulls: 60_000,
  /** The runs of a repository in which a session goes on. */
  runsLive: 15_000,
  runsQuiet: 60_000,
  /** The steps of a session that goes on. */
  jobs: 6_000,
  /** What the log of a session says that goes on and is not open here. */
  glance: 60_000,
  /** Whether the repository has a monitor step. */
  setup: 900_000,
} as const;

/** How many times longer each wait becomes after so many paid answers in the last hour. */
export const stretch = (billedLastHour: number): number =>
  billedLastHour < 600 ? 1 : billedLastHour < 800 ? 3 : billedLastHour < 920 ? 15 : 60;

/** After a failure that waiting may mend; doubling up to five minutes. */
export const failureDelay = (failures: number): number => Math.min(300_000, 10_000 * 2 ** Math.min(failures - 1, 10));
