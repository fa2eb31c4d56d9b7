// How long the lists of a summary are, by who reads it.
import { MOST_RESULTS } from "./sarif.ts";
import type { ListLimits } from "./tally.ts";

/** For people, as in a job summary. */
export const FOR_PEOPLE: ListLimits = {
  steps: 60,
  tools: 100,
  containers: 100,
  programs: 30,
  endpoints: 50,
  blocked: 50,
  denied: 50,
  directories: 30,
  reads: 50,
  findings: 100,
};

/** For people, in a file of its own: what is evidence is not left out. */
export const FOR_REPORT: ListLimits = {
  ...FOR_PEOPLE,
  tools: 500,
  endpoints: 500,
  blocked: 500,
  denied: 1_000,
  reads: 500,
  findings: 1_000,
};

/** For programs, which can page. */
export const FOR_PROGRAMS: ListLimits = {
  steps: 2_000,
  tools: 2_000,
  containers: 2_000,
  programs: 1_000,
  endpoints: 2_000,
  blocked: 2_000,
  denied: 2_000,
  directories: 1_000,
  reads: 1_000,
  findings: MOST_RESULTS,
};
