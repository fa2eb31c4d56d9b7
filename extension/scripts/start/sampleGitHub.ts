// A GitHub for the sample session: its pull request, and its session as a workflow run whose steps go on as the story does.
import { randomBytes } from "node:crypto";
import { addCopilotPull, addedFile, addSession, endSession, fakeRepository } from "../../test/github/copilotPull.ts";
import { startFakeGitHub } from "../../test/github/server.ts";
import { ALICE, emptyState, type FakeFile, type FakeJob } from "../../test/github/state.ts";
import { REPOSITORY } from "../../test/sample/content/gitRepository.ts";
import { filesAfter, filesBefore } from "../../test/sample/content/pullRequest.ts";
import type { Checkout } from "./sampleCheckout.ts";

/** Of the workflow run that the session's variables name. */
export const SAMPLE_RUN = 26_705_165_931;
const PULL_NUMBER = 7;

const stepNames = [
  "Set up job",
  "Install system packages",
  "Initialize",
  "Validate runner OS",
  "Prepare Copilot (Linux)",
  "Generate agent firewall CA (Linux)",
  "Start MCP Servers (Linux)",
  "Processing Request (Linux)",
  "Clean Up (Linux)",
  "Complete job",
];

export interface SampleGitHub {
  /** What runglass.github.url would be. */
  readonly url: string;
  readonly token: string;
  /** Its pull request is that of this checkout. */
  publish(checkout: Checkout): void;
  /** A step of the job has begun or ended, in milliseconds since the epoch. */
  step(name: string, state: "begun" | "ended", at: number): void;
  /** The job has ended. */
  end(succeeded: boolean): void;
  close(): Promise<void>;
}

const changedFiles = (): FakeFile[] => {
  const before = filesBefore();
  return [...filesAfter()]
    .filter(([path, data]) => before.get(path)?.equals(data) !== true)
    .map(([path, data]) => addedFile(path, data.toString("utf8")));
};

const textOf = (files: ReadonlyMap<string, Buffer>): Record<string, string> =>
  Object.fromEntries([...files].map(([path, data]) => [path, data.toString("utf8")]));

const setStep = (job: FakeJob, name: string, state: "begun" | "ended", at: number): void => {
  const step = job.steps.find((one) => one.name === name);
  if (step === undefined) return;
  if (state === "begun") Object.assign(step, { status: "in_progress", startedAt: at });
  else
    Object.assign(step, {
      status: "completed",
      conclusion: "success",
      startedAt: step.startedAt ?? at,
      completedAt: at,
    });
};

export const startSampleGitHub = async (): Promise<SampleGitHub> => {
  const state = emptyState();
  const token = `sample-${randomBytes(16).toString("hex")}`;
  state.tokens = { [token]: ALICE };
  const repository = fakeRepository(REPOSITORY.owner, REPOSITORY.name);
  state.repositories.push(repository);
  const fake = await startFakeGitHub({ state });
  let job: FakeJob | undefined;
  return {
    url: fake.url,
    token,
    publish({ base, head }) {
      const at = Date.now();
      const title = "Read the amounts on receipts";
      const files = changedFiles();
      const pull = addCopilotPull(repository, { number: PULL_NUMBER, title, branch: REPOSITORY.branch, files, at });
      pull.base.sha = base;
      pull.head.sha = head;
      pull.mergeBase = base;
      const [plan, work] = pull.commits;
      if (plan !== undefined) plan.sha = base;
      if (work !== undefined) Object.assign(work, { sha: head, parents: [base] });
      const run = addSession(repository, pull, { id: SAMPLE_RUN, at, steps: stepNames });
      job = run.jobs[0];
      const [before, after] = [textOf(filesBefore()), textOf(filesAfter())];
      Object.assign(repository.contents, { main: before, [base]: before, [REPOSITORY.branch]: after, [head]: after });
    },
    step(name, what, at) {
      if (job === undefined) return;
      setStep(job, "Set up job", "ended", at);
      setStep(job, name, what, at);
    },
    end(succeeded) {
      const [run] = repository.runs;
      if (run !== undefined) endSession(run, Date.now(), succeeded ? "success" : "failure");
    },
    close: () => fake.close(),
  };
};
