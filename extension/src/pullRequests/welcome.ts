// What the Sessions view says where it has no rows. Pure.
import type { Watched } from "./watched.ts";

/** "" where the view has rows, or nothing is known yet. */
export type Welcome = "" | "signedOut" | "noRepository" | "noPull" | "noMonitor";

export const welcomeOf = ({ failure, pulls, repositories, isKnown }: Watched): Welcome => {
  if (failure !== undefined) return failure.code === "signedOut" ? "signedOut" : "";
  if (repositories.length === 0) return "noRepository";
  const hasRows =
    pulls.length > 0 || repositories.some(({ failure: own, missing }) => own !== undefined || missing.length > 0);
  if (!isKnown || hasRows) return "";
  return repositories.some(({ hasMonitor }) => hasMonitor === false) ? "noMonitor" : "noPull";
};
