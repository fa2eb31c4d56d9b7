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
import type { Evidence } from "../rules/rule.ts";
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

/** The runs of a policy's job, or of all jobs that share its step, the oldest first. */
export const runsOf = (
  observed: readonly ObservedRun[],
  workflow: Workflow,
  { jobs }: Pick<Policy, "jobs">,
): readonly ObservedRun[] => {
  if (observed.length === 0 || jobs.length === 0) return [];
  return observed
    .filter((run) => jobs.some((job) => isOf(run, workflow, job.id)))
    .toSorted((a, b) => a.began - b.began);
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

const plain = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, " ").slice(0, 60);

/** The day of a time in microseconds; undefined where it is none. */
const dayOf = (t: number): string | undefined => {
  const date = new Date(t / 1000);
  return Number.isNaN(date.getTime()) || t === 0 ? undefined : date.toISOString().slice(0, 10);
};

const someOf = (names: readonly string[], quote: string): string => {
  const told = names.slice(0, 3).map((name) => quote + plain(name) + quote);
  return names.length > 3 ? `${told.join(", ")} and others` : told.join(", ");
};

/** When, by whom and where, as what stands behind a count: empty, or with a comma in front. */
export const circumstances = ({ last, programs, steps }: Pick<SeenEndpoint, "last" | "programs" | "steps">): string => {
  const day = dayOf(last);
  const parts = [
    ...(day === undefined ? [] : [`last on ${day}`]),
    ...(programs.length === 0 && steps.length === 0
      ? []
      : [
          [
            ...(programs.length === 0 ? [] : [`by ${someOf(programs, "")}`]),
            ...(steps.length === 0 ? [] : [`in ${someOf(steps, '"')}`]),
          ].join(" "),
        ]),
  ];
  return parts.map((part) => `, ${part}`).join("");
};

/** The evidence for an endpoint, in half a sentence. */
export const evidenceOf = (seen: SeenEndpoint, runs: number): string =>
  `seen in ${seen.runs} of ${runs} runs${circumstances(seen)}`;

/** The same for programs. */
export const evidenceFor = (seen: readonly SeenEndpoint[], of: number): readonly Evidence[] =>
  seen.map(({ text, runs, connections, last, programs, steps }) => ({
    endpoint: text,
    runs,
    of,
    connections,
    last,
    programs: programs.map((name) => plain(name)),
    steps: steps.map((name) => plain(name)),
  }));

/** From which day to which the runs were. */
export const periodOf = (runs: readonly ObservedRun[]): string => {
  const days = runs.flatMap(({ began }) => dayOf(began) ?? []);
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return "";
  return first === last ? ` (of ${first})` : ` (${first} to ${last})`;
};

/** How many there are, in a sentence. */
export const theEndpoints = (count: number): string => (count === 1 ? "the endpoint" : `the ${count} endpoints`);
