// Which workflow runs are sessions of Copilot's cloud agent, and which pull requests are its own. Known by the path of the run's
// workflow and by the account: titles and names are chosen by others, and GitHub changes them.
import { repositoryKey } from "../github/names.ts";
import type { Account, Job, JobStep, Pull, WorkflowRun } from "../github/model.ts";

/** Copilot's account on github.com; an enterprise's own server gives it another id. */
const COPILOT_ID = 198_982_749;
const COPILOT_LOGINS: ReadonlySet<string> = new Set(["Copilot", "copilot-swe-agent", "copilot-swe-agent[bot]"]);
/** No workflow file can have a path like this one; GitHub's reviews by Copilot have others. */
const SESSION_PATH = /^dynamic\/copilot-swe-agent\//;

export const isCopilot = (account: Account | undefined): boolean =>
  account !== undefined && (account.id === COPILOT_ID || COPILOT_LOGINS.has(account.login));

export const isAgentRun = ({ path, event, actor }: WorkflowRun): boolean =>
  event === "dynamic" && SESSION_PATH.test(path) && isCopilot(actor);

/** Whether a run is on the branch of a pull request, and not on one of the same name in another repository. */
export const isOnPull = (run: WorkflowRun, pull: Pull): boolean => {
  const { branch, repository } = pull.head;
  if (run.branch !== branch || repositoryKey(run) !== repositoryKey(pull)) return false;
  return repository === undefined || run.headRepositoryId === undefined || run.headRepositoryId === repository.id;
};

/** The sessions of a pull request, the newest first. */
export const sessionsOf = (pull: Pull, runs: readonly WorkflowRun[]): WorkflowRun[] =>
  runs.filter((run) => isAgentRun(run) && isOnPull(run, pull)).sort((a, b) => b.createdAt - a.createdAt);

export const isLive = ({ status }: WorkflowRun): boolean => status !== "completed";

/** The job that the agent works in. */
export const agentJob = (jobs: readonly Job[]): Job | undefined =>
  jobs.find(({ name }) => name === "copilot") ?? jobs.at(-1);

/** The step that a job is in. */
export const presentStep = (job: Job): JobStep | undefined =>
  job.steps.findLast(({ status }) => status === "in_progress");
