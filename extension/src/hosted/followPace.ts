// How fast a run is followed, by what that has cost so far: fewer than 1,000 paid answers in an hour, of all that this window asks
// GitHub. A session whose pieces come every 12 seconds costs 600, and what else changes comes on top; so it is slowed down only
// where far more changes than a session does.

/** A pause in place of a look. */
export const PAUSE_MS = 30_000;

/** How many times longer the wait between two looks becomes; `Infinity` where there is none until an hour ago is longer ago. */
export const followPace = (billedLastHour: number): number =>
  billedLastHour < 780 ? 1 : billedLastHour < 860 ? 8 : billedLastHour < 920 ? 30 : Number.POSITIVE_INFINITY;
