// The recorded runs of one job, and what they needed in all.
import { defaultRules, hardenRunnerImplicit } from "../../../collector/policy/defaults.ts";
import { Matcher } from "../../../collector/policy/matcher.ts";
import { parseHardenRunner } from "../../../collector/policy/hardenRunner.ts";
import type { Dialect } from "../../../collector/policy/policy.ts";
import { parseRunglass } from "../../../collector/policy/runglass.ts";
import type { EndpointList, Entry } from "../model/endpoints.ts";
import { faultOf, soundEntries } from "../model/entrySyntax.ts";
import type { Policy } from "../model/policies.ts";
import type { Workflow } from "../model/workflow.ts";
import { endpointText, type ObservedRun } from "./observedRun.ts";

export interface SeenEndpoint {
  /** `host:port` */
  readonly text: string;
  readonly host: string;
  readonly port: number;
  readonly runs: number;
  readonly connections: number;
  readonly last: number;
  readonly programs: readonly string[];
  readonly steps: readonly string[];
}

/** What is allowed without being listed. */
const IMPLICIT: Readonly<Record<Dialect, Matcher>> = {
  "harden-runner": new Matcher({ dialect: "harden-runner", rules: hardenRunnerImplicit(), problems: [] }),
  runglass: new Matcher({ dialect: "runglass", rules: defaultRules(), problems: [] }),
};

const unixPath = (path: string): string => path.replaceAll("\\", "/");

const isOf = (run: ObservedRun, workflow: Workflow, job: string): boolean => {
  if (run.job !== job || run.workflow === undefined) return false;
  if (run.workflow === workflow.name?.value) return true;
  const path = unixPath(run.workflow).replace(/@.*$/, "");
  // Wherever the repository is on this machine.
  const whole = unixPath(workflow.path);
  const own = whole.slice(Math.max(0, whole.lastIndexOf(".github/workflows/")));
  return path.includes("/") && (own === path || own.endsWith(`/${path}`) || path.endsWith(`/${own}`));
};

/** The runs of a policy's job, the oldest first. */
export const runsOf = (
  observed: readonly ObservedRun[],
  workflow: Workflow,
  policy: Pick<Policy, "job">,
): readonly ObservedRun[] => {
  const { job } = policy;
  if (job === undefined) return [];
  return observed.filter((run) => isOf(run, workflow, job.id)).toSorted((a, b) => a.began - b.began);
};

/** What the runs needed, and whoever reads the policy does not allow by itself, by name. */
export const seenIn = (runs: readonly ObservedRun[], dialect: Dialect = "harden-runner"): readonly SeenEndpoint[] => {
  const seen = new Map<string, SeenEndpoint>();
  for (const run of runs) {
    for (const need of run.needs) {
      const { host = "", port } = need;
      if (IMPLICIT[dialect].connection({ host, port, protocol: "tcp" }) !== undefined) continue;
      const text = endpointText(need);
      const before = seen.get(text);
      seen.set(text, {
        text,
        host,
        port,
        runs: (before?.runs ?? 0) + 1,
        connections: (before?.connections ?? 0) + need.connections,
        last: Math.max(before?.last ?? 0, need.last),
        programs: [...new Set([...(before?.programs ?? []), ...need.programs])].slice(0, 8),
        steps: [...new Set([...(before?.steps ?? []), ...need.steps])].slice(0, 8),
      });
    }
  }
  return [...seen.values()].toSorted((a, b) => (a.text < b.text ? -1 : 1));
};

/** What an entry allows as it is meant; undefined for one with a fault, and for what nobody knows here. */
export const matcherOfEntry = (entry: Entry, dialect: Dialect): Matcher | undefined => {
  if (entry.isExpression) return undefined;
  if (dialect === "harden-runner")
    return faultOf(entry) === undefined ? new Matcher(parseHardenRunner(entry.text.toLowerCase())) : undefined;
  const policy = parseRunglass(entry.text);
  return policy.problems.length > 0 ? undefined : new Matcher(policy);
};

/** What lists allow as they are meant: entries with a fault allow nothing. */
export const matcherOf = (lists: readonly EndpointList[], dialect: Dialect = "harden-runner"): Matcher => {
  if (dialect === "runglass")
    return new Matcher(parseRunglass(lists.flatMap(({ entries }) => entries.map(({ text }) => text)).join(" ")));
  const words = lists.flatMap(({ entries }) => soundEntries(entries).map(({ text }) => text.toLowerCase()));
  return new Matcher(parseHardenRunner(words.join(" ")));
};

const plain = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}]/gu, " ").slice(0, 60);

/** The evidence for an endpoint, in half a sentence. */
export const evidenceOf = (seen: SeenEndpoint, runs: number): string => {
  const date = new Date(seen.last / 1000);
  const day = Number.isNaN(date.getTime()) ? "" : `, last on ${date.toISOString().slice(0, 10)}`;
  const by =
    seen.programs.length === 0
      ? ""
      : `, by ${seen.programs
          .slice(0, 3)
          .map((one) => plain(one))
          .join(", ")}`;
  const [step] = seen.steps;
  return `seen in ${seen.runs} of ${runs} runs${day}${by}${step === undefined ? "" : ` in "${plain(step)}"`}`;
};
