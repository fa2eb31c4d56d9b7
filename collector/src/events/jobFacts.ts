// What the variables of a GitHub Actions job say of the run that it belongs to.
import type { JobFacts } from "../../protocol/events.ts";
import { redactText } from "./redactText.ts";

const TEXTS = {
  repository: "GITHUB_REPOSITORY",
  workflow: "GITHUB_WORKFLOW",
  job: "GITHUB_JOB",
  actor: "GITHUB_ACTOR",
  event: "GITHUB_EVENT_NAME",
  ref: "GITHUB_REF",
  sha: "GITHUB_SHA",
} as const;

const LONGEST = 500;
const text = (value: string): string => redactText(value.slice(0, LONGEST));

/** `variable` gives the value of a variable of the job; what is empty or absent is left out. */
export const jobFacts = (variable: (name: string) => string | undefined): JobFacts => {
  const facts: Record<string, string> = {};
  for (const [field, name] of Object.entries(TEXTS)) {
    const value = variable(name);
    if (value !== undefined && value !== "") facts[field] = text(value);
  }
  const id = variable("GITHUB_RUN_ID") ?? "";
  const attempt = Number(variable("GITHUB_RUN_ATTEMPT"));
  const isRun = /^\d{1,20}$/.test(id);
  const [server, repository] = [variable("GITHUB_SERVER_URL"), variable("GITHUB_REPOSITORY")];
  return {
    ...(isRun ? { id } : {}),
    ...(Number.isSafeInteger(attempt) && attempt > 0 ? { attempt } : {}),
    ...facts,
    ...(isRun && server !== undefined && repository !== undefined
      ? { url: text(`${server}/${repository}/actions/runs/${id}`) }
      : {}),
  };
};
