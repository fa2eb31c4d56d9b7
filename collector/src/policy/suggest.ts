// The least policy that runs needed, as text to put into a workflow.
import { defaultRules, hardenRunnerImplicit } from "../../policy/defaults.ts";
import { Matcher } from "../../policy/matcher.ts";
import type { Need } from "../../policy/needs.ts";
import type { Dialect } from "../../policy/policy.ts";
import { parseEntry } from "../../policy/runglass.ts";
import { isFault } from "../../policy/faults.ts";
import { endpointOf, evidenceOf } from "./evidence.ts";

export interface Suggestion {
  readonly entry: string;
  readonly need: Need;
}
export interface Suggested {
  readonly entries: readonly Suggestion[];
  /** What the dialect cannot say, and why. */
  readonly unsaid: readonly { readonly need: Need; readonly why: string }[];
  /** Needed, and open without being listed. */
  readonly implicit: number;
}

const unsayable = ({ host, protocol }: Need, dialect: Dialect): string | undefined => {
  if (dialect === "runglass") return undefined;
  if (protocol === "udp") return "that agent opens no UDP port";
  return host === undefined ? "that agent knows names only, and nobody looked one up" : undefined;
};

export const suggestPolicy = (needs: readonly Need[], dialect: Dialect): Suggested => {
  const rules = dialect === "runglass" ? defaultRules() : hardenRunnerImplicit();
  const open = new Matcher({ dialect, rules, problems: [] });
  const entries: Suggestion[] = [];
  const unsaid: { need: Need; why: string }[] = [];
  let implicit = 0;
  for (const need of needs) {
    if (open.connection(need) !== undefined) {
      implicit += 1;
      continue;
    }
    const why = unsayable(need, dialect);
    if (why !== undefined) {
      unsaid.push({ need, why });
      continue;
    }
    // With its port always, so that a reader need not know which one is meant where there is none.
    const entry = need.protocol === "udp" ? `${endpointOf(need)}/udp` : endpointOf(need);
    if (isFault(parseEntry(entry))) unsaid.push({ need, why: "this is no name that a policy can hold" });
    else entries.push({ entry, need });
  }
  return { entries, unsaid, implicit };
};

const unsaidLines = ({ unsaid }: Suggested, runs: number): string[] =>
  unsaid.map(({ need, why }) => `# not listed: ${endpointOf(need)}: ${why} (${evidenceOf(need, runs)})`);

/** Our own dialect: a list, each entry with its evidence as a comment. */
const ownText = (suggested: Suggested, runs: number): string[] => {
  const width = Math.max(0, ...suggested.entries.map(({ entry }) => entry.length));
  return suggested.entries.map(({ entry, need }) => `${entry.padEnd(width)}  # ${evidenceOf(need, runs)}`);
};

/** Harden-Runner's: comments would be hosts there, so they stand above the key, and the scalar is folded. */
const hardenRunnerText = (suggested: Suggested, runs: number): string[] => [
  ...suggested.entries.map(({ entry, need }) => `# ${entry}: ${evidenceOf(need, runs)}`),
  ...(suggested.entries.length === 0
    ? ["allowed-endpoints: ''"]
    : ["allowed-endpoints: >", ...suggested.entries.map(({ entry }) => `  ${entry}`)]),
];

/** The suggestion as text; `runs` is how many logs it is from. */
export const suggestionText = (suggested: Suggested, dialect: Dialect, runs: number): string => {
  const lines = dialect === "runglass" ? ownText(suggested, runs) : hardenRunnerText(suggested, runs);
  return [...unsaidLines(suggested, runs), ...lines, ""].join("\n");
};

const needJson = (need: Need): object => ({
  ...(need.host === undefined ? {} : { host: need.host }),
  ip: need.ip,
  port: need.port,
  protocol: need.protocol,
  connections: need.connections,
  runs: need.runs.size,
  last: need.last,
  programs: [...need.programs],
  steps: [...need.steps],
  requests: [...need.requests],
});

/** The same for programs. */
export const suggestionJson = ({ entries, unsaid, implicit }: Suggested, dialect: Dialect, runs: number): object => ({
  version: 1,
  dialect,
  runs,
  entries: entries.map(({ entry, need }) => ({ entry, ...needJson(need) })),
  unsaid: unsaid.map(({ need, why }) => ({ why, ...needJson(need) })),
  implicit,
});
