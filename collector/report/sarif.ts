// The run's findings, and what its policy does not allow, as SARIF 2.1.0. Where it is known, a result points at a line of the
// repository: the policy's in a workflow, or that of a change. Otherwise, and beside that, at the lines of the log that are its
// evidence: line N is seq N.
import { sarifText } from "../protocol/sarifText.ts";
import { compareText } from "./counting.ts";
import { plainText } from "./plainText.ts";
import type { DeniedSummary, FindingSummary, RunSummary } from "./runSummary.ts";
import { fileReference } from "./wellFormed.ts";

/** GitHub takes no more results of one run. */
export const MOST_RESULTS = 5_000;
const MOST_EVIDENCE = 10;
const MOST_NAMED = 3;

/** A line of the repository, from 1. */
export interface RepositoryPlace {
  /** Relative to the repository, with `/`. */
  readonly path: string;
  readonly line: number;
  /** Why it is this one, as a sentence. */
  readonly reason: string;
}

/** What is known of where the run's events belong in its repository. */
export interface RepositoryPlaces {
  /** The list of what the policy allows. */
  readonly policy?: RepositoryPlace | undefined;
  /** By seq. */
  readonly events: ReadonlyMap<number, RepositoryPlace>;
}

interface Result {
  readonly rule: string;
  readonly level: string;
  readonly text: string;
  readonly evidence: readonly number[];
  readonly place: RepositoryPlace | undefined;
  /** Says that it is the same one in another run. */
  readonly fingerprint: string;
}

const LEVELS: Readonly<Record<string, string>> = {
  critical: "error",
  high: "error",
  error: "error",
  medium: "warning",
  warning: "warning",
  low: "note",
  info: "note",
  note: "note",
};

/** Rules of the policy; those of findings are named by the log. */
const BLOCKED = "egress/blocked";
const WOULD_BLOCK = "egress/would-block";
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  [BLOCKED]: "The egress policy does not allow it, and it was blocked.",
  [WOULD_BLOCK]: "The egress policy does not allow it; in audit mode it was let through.",
};

const levelOf = (severity: string): string => LEVELS[severity.toLowerCase()] ?? "warning";

const resultOfFinding = (
  { seq, rule, severity, title, evidence }: FindingSummary,
  places: RepositoryPlaces,
): Result => {
  const seqs = [...new Set(evidence)].filter((one) => one >= 1);
  return {
    rule,
    level: levelOf(severity),
    text: plainText(title, 1000),
    evidence: seqs.length === 0 ? [seq] : seqs,
    place: [...seqs, seq].map((one) => places.events.get(one)).find((place) => place !== undefined),
    fingerprint: `${rule}:${title}`,
  };
};

const few = (names: readonly string[]): string => {
  const more = names.length - MOST_NAMED;
  const shown = names.slice(0, MOST_NAMED).map((name) => plainText(name, 60));
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
};

const resultOfDenied = (denied: DeniedSummary, places: RepositoryPlaces, stepName: (id: string) => string): Result => {
  const { what, blocked, times, programs, steps, allow, first } = denied;
  const text = [
    `${blocked ? "blocked" : "would be blocked"}: ${plainText(what, 300)}`,
    programs.length === 0 ? "" : ` by ${few(programs)}`,
    steps.length === 0 ? "" : ` in step ${few(steps.map(stepName))}`,
    times === 1 ? "" : ` (${times} times)`,
    allow === undefined ? "" : `; to allow it, add to allowed-endpoints: ${plainText(allow, 300)}`,
  ].join("");
  return {
    rule: blocked ? BLOCKED : WOULD_BLOCK,
    level: blocked ? "error" : "warning",
    text,
    evidence: [first],
    place: places.policy ?? places.events.get(first),
    fingerprint: `${denied.kind}:${what}`,
  };
};

const atLine = (uri: string, line: number): object => ({
  physicalLocation: { artifactLocation: { uri }, region: { startLine: line } },
});

const inRepository = ({ path, line, reason }: RepositoryPlace): object => ({
  physicalLocation: {
    artifactLocation: { uri: fileReference(path), uriBaseId: "%SRCROOT%" },
    region: { startLine: line },
  },
  message: { text: sarifText(plainText(reason, 300)) },
});

/** The document. It has no results where the run has nothing to tell of, and is valid all the same. */
export const renderSarif = (
  summary: RunSummary,
  version: string,
  places: RepositoryPlaces = { events: new Map() },
): string => {
  const uri = fileReference(summary.file.replace(/^.*[/\\]/s, ""));
  const names = new Map(summary.steps.items.map(({ id, name }) => [id, name]));
  const all = [
    ...summary.findings.items.map((finding) => resultOfFinding(finding, places)),
    ...summary.denied.items.map((denied) => resultOfDenied(denied, places, (id) => names.get(id) ?? id)),
  ].slice(0, MOST_RESULTS);
  const rules = [...new Set(all.map(({ rule }) => rule))].toSorted(compareText);
  const indexes = new Map(rules.map((rule, i) => [rule, i]));
  const results = all.map(({ rule, level, text, evidence, place, fingerprint }) => {
    const lines = evidence.slice(0, MOST_EVIDENCE + 1).map((line) => atLine(uri, line));
    const [main, ...related] = place === undefined ? lines : [inRepository(place), ...lines.slice(0, MOST_EVIDENCE)];
    return {
      ruleId: rule,
      ruleIndex: indexes.get(rule) ?? 0,
      level,
      message: { text: sarifText(text) },
      locations: [main],
      ...(related.length === 0 ? {} : { relatedLocations: related }),
      partialFingerprints: { "runglass/v1": fingerprint },
    };
  });
  const described = rules.map((id) => {
    const text = DESCRIPTIONS[id];
    return text === undefined ? { id } : { id, shortDescription: { text } };
  });
  const driver = { name: "Runglass", version, rules: described };
  const executionSuccessful = summary.complete && summary.losses.total === 0;
  const run = { tool: { driver }, invocations: [{ executionSuccessful }], columnKind: "utf16CodeUnits", results };
  const $schema = "https://json.schemastore.org/sarif-2.1.0.json";
  return `${JSON.stringify({ $schema, version: "2.1.0", runs: [run] }, undefined, 2)}\n`;
};
