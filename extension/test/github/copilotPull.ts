// What Copilot's cloud agent leaves on GitHub, in the usual form: its pull request, and one workflow run for each of its sessions.
import { createHash } from "node:crypto";
import {
  ALICE,
  COPILOT,
  type FakeArtifact,
  type FakeCommit,
  type FakeFile,
  type FakeJob,
  type FakePull,
  type FakeRepository,
  type FakeRun,
  type FakeStep,
} from "./state.ts";

export const SESSION_PATH = "dynamic/copilot-swe-agent/copilot";

const shaOf = (text: string): string => createHash("sha1").update(text).digest("hex");

export const fakeRepository = (owner: string, name: string): FakeRepository => ({
  id: 4200 + name.length,
  owner,
  name,
  private: true,
  defaultBranch: "main",
  pulls: [],
  runs: [],
  contents: {},
});

/** What a file of `lines` that is new has as its patch. */
export const addedFile = (filename: string, text: string): FakeFile => {
  const lines = text.replace(/\n$/, "").split("\n");
  return {
    filename,
    status: "added",
    additions: lines.length,
    deletions: 0,
    patch: `@@ -0,0 +1,${lines.length} @@\n${lines.map((line) => `+${line}`).join("\n")}`,
  };
};

export interface CopilotPull {
  readonly number: number;
  readonly title: string;
  readonly branch: string;
  readonly files: readonly FakeFile[];
  readonly at: number;
}

/** A draft pull request of Copilot's with an empty first commit and one that does the work; it is put into `repository`. */
export const addCopilotPull = (
  repository: FakeRepository,
  { number, title, branch, files, at }: CopilotPull,
): FakePull => {
  const base = shaOf(`${repository.name} base`);
  const commit = (message: string, parent: string, date: number, changed: readonly FakeFile[]): FakeCommit => ({
    sha: shaOf(`${repository.name} ${number} ${message}`),
    message,
    author: COPILOT,
    date,
    parents: [parent],
    files: [...changed],
  });
  const plan = commit("Initial plan", base, at, []);
  const session = `df23daeb-385c-448c-8d5e-${String(number).padStart(12, "0")}`;
  const trailer = `Agent-Logs-Url: https://github.com/${repository.owner}/${repository.name}/sessions/${session}`;
  const work = commit(
    `${title}\n\n${trailer}\n\nCo-authored-by: alice <1+alice@users.noreply.github.com>`,
    plan.sha,
    at + 120_000,
    files,
  );
  const pull: FakePull = {
    number,
    id: 700_000 + number,
    title: `[WIP] ${title}`,
    body: "Thanks for assigning this to me.",
    state: "open",
    draft: true,
    author: COPILOT,
    head: { branch, sha: work.sha },
    base: { branch: repository.defaultBranch, sha: base },
    createdAt: at,
    updatedAt: at + 120_000,
    files: [...files],
    commits: [plan, work],
    comments: [],
    timeline: [{ id: number * 10, event: "copilot_work_started", createdAt: at, app: "copilot-swe-agent" }],
  };
  repository.pulls.push(pull);
  return pull;
};

/** The steps of a session's job, as GitHub lists them from the start. */
const stepNames = [
  "Set up job",
  "Initialize",
  "Validate runner OS",
  "Prepare Copilot (Linux)",
  "Start MCP Servers (Linux)",
  "Processing Request (Linux)",
  "Clean Up (Linux)",
  "Complete job",
] as const;

export const waitingSteps = (names: readonly string[]): FakeStep[] =>
  names.map((name, index) => ({ number: index + 1, name, status: "pending" }));

export interface SessionOptions {
  readonly id: number;
  readonly at: number;
  readonly steps?: readonly string[];
}

/** A session that has just begun: its job is in the first step. It is put into `repository`. */
export const addSession = (repository: FakeRepository, pull: FakePull, { id, at, steps }: SessionOptions): FakeRun => {
  const job: FakeJob = {
    id: id * 10 + 1,
    attempt: 1,
    name: "copilot",
    status: "in_progress",
    startedAt: at + 4000,
    runnerName: "GitHub Actions 1000000207",
    labels: ["ubuntu-latest"],
    steps: waitingSteps(steps ?? stepNames),
  };
  const run: FakeRun = {
    id,
    attempt: 1,
    name: "Running Copilot cloud agent",
    title: "Running Copilot cloud agent",
    path: SESSION_PATH,
    event: "dynamic",
    status: "in_progress",
    branch: pull.head.branch,
    // The head when the session began, not the pull request's.
    headSha: pull.base.sha,
    actor: COPILOT,
    createdAt: at,
    startedAt: at,
    updatedAt: at + 4000,
    jobs: [job],
    artifacts: [],
  };
  repository.runs.push(run);
  beginStep(run, 1, at + 5000);
  return run;
};

/** A run on the same branch that is no session: the repository's own CI. */
export const addOtherRun = (repository: FakeRepository, pull: FakePull, id: number, at: number): FakeRun => {
  const run: FakeRun = {
    ...addSession(repository, pull, { id, at, steps: ["Set up job"] }),
    name: "Running Copilot cloud agent",
    path: ".github/workflows/ci.yml",
    event: "pull_request",
    actor: ALICE,
    status: "completed",
    conclusion: "success",
  };
  repository.runs.splice(-1, 1, run);
  return run;
};

const jobOf = (run: FakeRun): FakeJob => {
  const job = run.jobs.at(-1);
  if (job === undefined) throw new Error(`The run ${run.id} has no job.`);
  return job;
};

/** Ends the steps before `number` and begins that one. */
export const beginStep = (run: FakeRun, number: number, at: number): void => {
  for (const step of jobOf(run).steps) {
    if (step.number < number && step.status !== "completed") {
      Object.assign(step, {
        status: "completed",
        conclusion: "success",
        startedAt: step.startedAt ?? at,
        completedAt: at,
      });
    } else if (step.number === number) Object.assign(step, { status: "in_progress", startedAt: at });
  }
};

/** Ends the session; `log` is the job's log. */
export const endSession = (run: FakeRun, at: number, conclusion = "success", log?: string): void => {
  const job = jobOf(run);
  for (const step of job.steps) {
    if (step.status === "in_progress") Object.assign(step, { status: "completed", conclusion, completedAt: at });
    else if (step.status !== "completed")
      Object.assign(step, { status: "completed", conclusion: "skipped", completedAt: at });
  }
  Object.assign(job, { status: "completed", conclusion, completedAt: at, ...(log === undefined ? {} : { log }) });
  Object.assign(run, { status: "completed", conclusion, updatedAt: at });
};

let nextArtifact = 3_000_000;

/** Uploads an artifact of the session, as its job does. */
export const addArtifact = (run: FakeRun, name: string, files: FakeArtifact["files"], at: number): FakeArtifact => {
  nextArtifact += 1;
  const artifact: FakeArtifact = {
    id: nextArtifact,
    name,
    files,
    expired: false,
    createdAt: at,
    expiresAt: at + 86_400_000,
  };
  run.artifacts.push(artifact);
  return artifact;
};
