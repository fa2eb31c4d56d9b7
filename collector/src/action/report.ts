// What came of a run, as the page of the job shows it: a verdict, the summary, and annotations.
import { markdownCode } from "../../report/markdownText.ts";
import type { Inputs } from "./inputs.ts";
import type { Outcome } from "./messages.ts";
import { addSummary, error, info, warning } from "./runnerCommands.ts";
import { verdictOf } from "./verdict.ts";
import { policyPlace } from "./workflowPlaces.ts";

/** GitHub shows ten annotations of each level and step. */
const MOST_ANNOTATIONS = 9;

const annotateDenials = ({ denials }: Outcome, fails: boolean): void => {
  const place = policyPlace(process.env);
  for (const { what, blocked, times, programs, steps, allow } of denials.slice(0, MOST_ANNOTATIONS)) {
    const who = programs.length === 0 ? "" : ` by ${programs.slice(0, 3).join(", ")}`;
    const where =
      steps.length === 0
        ? ""
        : ` in step ${steps
            .slice(0, 3)
            .map((name) => `"${name}"`)
            .join(", ")}`;
    const often = times === 1 ? "" : ` (${times} times)`;
    const remedy = allow === undefined ? "" : `; to allow it, add to allowed-endpoints: ${allow}`;
    const text = `${blocked ? "blocked" : "would be blocked"}: ${what}${who}${where}${often}${remedy}`;
    if (blocked && fails) error(text, place);
    else warning(text, place);
  }
  const more = denials.length - MOST_ANNOTATIONS;
  if (more > 0) info(`… and ${more} more: see the summary of the job`);
};

/** Returns whether the step fails. */
export const report = (outcome: Outcome, inputs: Inputs): boolean => {
  const blocks = outcome.denials.some((denial) => denial.blocked);
  const failed = outcome.failures.length > 0 || (inputs.failOnBlock && blocks);
  for (const failure of outcome.failures.slice(0, MOST_ANNOTATIONS)) error(failure);
  for (const text of outcome.warnings.slice(0, MOST_ANNOTATIONS)) warning(text);
  annotateDenials(outcome, inputs.failOnBlock);
  const notes = outcome.warnings.map((text) => `- ${markdownCode(text, 400)}\n`).join("");
  addSummary(`${verdictOf(outcome, inputs)}\n${notes === "" ? "" : `${notes}\n`}${outcome.markdown}`);
  if (outcome.log !== undefined) info(`The log is on this machine: ${outcome.log}`);
  return failed;
};
