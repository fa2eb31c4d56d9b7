// The first event of a run: which run it is, on which machine, by which collector.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { arch, hostname, release, type as osType } from "node:os";
import type { RunStart } from "../../protocol/events.ts";
import { jobFacts } from "../events/jobFacts.ts";
import { urlHost, type ListenAddress } from "../http/listenAddress.ts";
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

/** What the variables of a GitHub Actions job say of the run; only an own id and the title outside of one. */
export const runFacts = (env: Environment, title: string): RunStart["run"] => {
  const { id = newRunId(), ...facts } = jobFacts((name) => env[name]);
  return { id, ...facts, title };
};

/** Nobody knows a free port before it is picked. */
const served = (listen: ListenAddress | undefined): { readonly listen?: string } =>
  listen === undefined || listen.port === 0 ? {} : { listen: `${urlHost(listen.host)}:${listen.port}` };

/** `title` is masked already; `env` has the variables of the job. */
export const runStartFields = (
  title: string,
  env: Environment,
  policy?: RunStart["policy"],
  listen?: ListenAddress,
): RunStartFields => ({
  run: runFacts(env, title),
  host: { name: hostname(), os: osName(), kernel: release(), arch: arch() },
  collector: { version: VERSION, ...served(listen) },
  policy: policy ?? { mode: "none", endpoints: [] },
});
