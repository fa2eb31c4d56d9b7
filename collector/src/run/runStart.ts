// The first event of a run: which run it is, on which machine, by which collector.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { arch, hostname, release, type as osType } from "node:os";
import type { RunStart } from "../../protocol/events.ts";
import { redactText } from "../events/redactText.ts";
import { VERSION } from "../version.ts";
import type { Environment } from "./job.ts";

export type RunStartFields = Pick<RunStart, "run" | "host" | "collector" | "policy">;

/** The distribution's own name for itself, or the kernel's. */
const osName = (): string => {
  try {
    const name = /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
    return name ?? osType();
  } catch {
    return osType();
  }
};

/** An id for a run that GitHub did not name; it may stand in a URL and in a file name. */
const newRunId = (): string => `local-${Date.now().toString(36)}-${randomBytes(4).toString("hex")}`;

const textFields = {
  repository: "GITHUB_REPOSITORY",
  workflow: "GITHUB_WORKFLOW",
  job: "GITHUB_JOB",
  actor: "GITHUB_ACTOR",
  event: "GITHUB_EVENT_NAME",
  ref: "GITHUB_REF",
  sha: "GITHUB_SHA",
} as const;

/** What the variables of a GitHub Actions job say of the run; only an own id and the title outside of one. */
export const runFacts = (env: Environment, title: string): RunStart["run"] => {
  const id = env["GITHUB_RUN_ID"] ?? "";
  const attempt = Number(env["GITHUB_RUN_ATTEMPT"]);
  const facts: Record<string, string> = {};
  for (const [field, variable] of Object.entries(textFields)) {
    const value = env[variable];
    if (value !== undefined && value !== "") facts[field] = redactText(value);
  }
  const isGitHub = /^\d+$/.test(id);
  const [server, repository] = [env["GITHUB_SERVER_URL"], env["GITHUB_REPOSITORY"]];
  return {
    id: isGitHub ? id : newRunId(),
    ...(Number.isSafeInteger(attempt) && attempt > 0 ? { attempt } : {}),
    ...facts,
    ...(isGitHub && server !== undefined && repository !== undefined
      ? { url: redactText(`${server}/${repository}/actions/runs/${id}`) }
      : {}),
    title,
  };
};

/** `title` is masked already; `env` has the variables of the job. */
export const runStartFields = (title: string, env: Environment): RunStartFields => ({
  run: runFacts(env, title),
  host: { name: hostname(), os: osName(), kernel: release(), arch: arch() },
  collector: { version: VERSION },
  policy: { mode: "none", endpoints: [] },
});
