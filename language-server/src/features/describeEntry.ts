// What an entry means to the agent, and who used it, in Markdown. Names of a log are shown as code.
import { endsOf, faultOf, portOf, wildcardParent } from "../model/entrySyntax.ts";
import type { Entry } from "../model/endpoints.ts";
import { formatNetwork } from "../../../collector/policy/addresses.ts";
import type { Dialect, Rule } from "../../../collector/policy/policy.ts";
import { parseRunglass } from "../../../collector/policy/runglass.ts";
import { matcherOfEntry, type SeenEndpoint } from "../observed/jobRuns.ts";
import { KNOWN_ENDPOINTS } from "../model/knownEndpoints.ts";

/** Text as inline code, whatever is in it. */
export const inlineCode = (text: string): string => {
  const plain = text.replaceAll(/[\p{Cc}\p{Cf}]/gu, " ").slice(0, 120);
  const ticks = "`".repeat(Math.max(0, ...[...plain.matchAll(/`+/g)].map(([run]) => run.length)) + 1);
  return `${ticks} ${plain} ${ticks}`;
};

/** The endpoints of runs that an entry allows. */
export const seenBy = (
  entry: Entry,
  seen: readonly SeenEndpoint[],
  dialect: Dialect = "harden-runner",
): readonly SeenEndpoint[] => {
  const matcher = matcherOfEntry(entry, dialect);
  if (matcher === undefined) return [];
  return seen.filter(({ host, port }) => matcher.connection({ host, port, protocol: "tcp" }) !== undefined);
};

const admits = (entry: Entry): string => {
  const port = portOf(entry);
  const parent = wildcardParent(entry.host);
  if (parent !== undefined)
    return `Every host below ${inlineCode(parent)}, at any depth, at TCP port ${port}; not ${inlineCode(parent)} itself.`;
  if (entry.host.includes("*")) {
    const { prefix, suffix } = endsOf(entry.host);
    return `Every host that begins with ${inlineCode(prefix)} and ends with ${inlineCode(suffix.replace(/\.$/, ""))}, at TCP port ${port}.`;
  }
  return `${inlineCode(entry.host)} at TCP port ${port}, and nothing below it.`;
};

export const day = (t: number): string => {
  const date = new Date(t / 1000);
  return Number.isNaN(date.getTime()) ? "an unknown day" : date.toISOString().slice(0, 10);
};

/** `runs`: how many are known of the job. */
export const describeEntry = (entry: Entry, seen: readonly SeenEndpoint[], runs: number): string => {
  if (entry.isExpression) return "An expression: what it stands for is known when the job runs.";
  if (faultOf(entry) !== undefined) return "The agent cannot use this entry: see the problem that is reported here.";
  const lines = [admits(entry)];
  const known = KNOWN_ENDPOINTS[entry.text.toLowerCase()] ?? KNOWN_ENDPOINTS[`${entry.text.toLowerCase()}:443`];
  if (known !== undefined) lines.push(`Commonly for: ${known}.`);
  lines.push(...useOf(seenBy(entry, seen), runs));
  return lines.join("\n\n");
};

/** What an entry of our own dialect admits, and who used it. */
export const describeOwnEntry = (entry: Entry, seen: readonly SeenEndpoint[], runs: number): string => {
  if (entry.isExpression) return "An expression: what it stands for is known when the job runs.";
  const policy = parseRunglass(entry.text);
  const [rule] = policy.rules;
  if (policy.problems.length > 0 || rule === undefined)
    return `Runglass does not take this: ${policy.problems[0]?.message ?? "it is no entry"}.`;
  return [admitsOf(rule), ...useOf(seenBy(entry, seen, "runglass"), runs)].join("\n\n");
};

const admitsOf = ({ target, port, protocol, request, text }: Rule): string => {
  const ports = port === "any" ? "every port" : `port ${port}`;
  const at = `at ${protocol === "any" ? "" : `${protocol.toUpperCase()} `}${ports}`;
  if (request !== undefined) return `The connection that ${inlineCode(text)} needs; other requests on it are reported.`;
  if (target.kind === "subdomains")
    return `Every host below ${inlineCode(target.parent)}, at any depth, ${at}; not ${inlineCode(target.parent)} itself.`;
  if (target.kind === "network") return `${inlineCode(formatNetwork(target.network))} ${at}, by whatever name.`;
  return `${inlineCode(target.kind === "host" ? target.name : text)} ${at}, and nothing below it.`;
};

const someOf = (word: string, names: readonly string[]): string =>
  names.length === 0
    ? ""
    : ` ${word} ${names
        .slice(0, 5)
        .map((name) => inlineCode(name))
        .join(", ")}`;

const useOf = (used: readonly SeenEndpoint[], runs: number): string[] => {
  if (runs === 0) return [];
  if (used.length === 0) return [`None of ${runs} recorded runs used it.`];
  return used.slice(0, 10).map(({ text, runs: seen, last, programs, steps }) => {
    const who = someOf("by", programs) + someOf("in", steps);
    return `- ${inlineCode(text)}: ${seen} of ${runs} runs, last on ${day(last)}${who === "" ? "" : `,${who}`}`;
  });
};
