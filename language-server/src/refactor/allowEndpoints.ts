// Adds endpoints that a run was refused, or would have been, to the policy of its job. Which step that is says the job, not a cursor.
import { toHardenRunner } from "../../../collector/policy/convert.ts";
import { parseRunglass } from "../../../collector/policy/runglass.ts";
import { addEntries, type ListTarget } from "./addEntries.ts";
import { notesOf } from "./convertList.ts";
import { isRefusal, type Refusal, type Rewrite, type RewriteContext } from "./refactoring.ts";

/** More is no endpoint that somebody has looked at. */
const MOST_CHARACTERS = 10_000;

/** An entry, with the methods in front of a URL. */
const ENTRY = /(?:[A-Z]+(?:\|[A-Z]+)*[ \t]+(?=https?:\/\/))?\S+/g;

/** The step of the job, our own first; where the job is not known, that of the file, if it has only one. */
const targetFor = ({ monitors, policies }: RewriteContext, job: string | undefined): ListTarget | undefined => {
  const all: ListTarget[] = [
    ...monitors.map((one) => ({ step: one.step, job: one.job, isOurs: one.dialect !== "harden-runner" })),
    ...policies.map((one) => ({ step: one.step, job: one.job, isOurs: false })),
  ];
  if (job !== undefined) return all.find((one) => one.job?.id === job);
  const jobs = new Set(all.map((one) => one.job?.id));
  return jobs.size === 1 ? all[0] : undefined;
};

/** `text`: entries of our own dialect. `job`: the `GITHUB_JOB` of the run. */
export const allowEndpoints = (context: RewriteContext, text: string, job: string | undefined): Rewrite | Refusal => {
  const target = targetFor(context, job);
  if (target === undefined) {
    const of = job === undefined ? "This workflow has no single step" : "The job of this run has no step here";
    return { problem: `${of} that sets an egress policy.` };
  }
  if (text.length > MOST_CHARACTERS) return { problem: "These are more endpoints than a person would allow at once." };
  const { rules, problems } = parseRunglass(text);
  const [wrong] = problems;
  if (wrong !== undefined) return { problem: `This is no entry of a policy: ${wrong.message}` };
  const conversions = target.isOurs ? [] : rules.map((rule) => toHardenRunner(rule));
  const entries = target.isOurs ? (text.match(ENTRY) ?? []) : conversions.flatMap((one) => one.entries);
  const added = addEntries(context, target, entries, "The policy lists these endpoints already.");
  if (isRefusal(added)) return added;
  const [only] = added.added;
  const what = added.added.length === 1 ? (only ?? "") : `${added.added.length} endpoints`;
  const notes = [...new Set(conversions.flatMap((one) => notesOf(one)))];
  return { title: `Allow ${what}`, edits: [added.edit], notes };
};
