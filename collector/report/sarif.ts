// The run's findings as SARIF 2.1.0. A finding points at the lines of the log that are its evidence: line N is seq N.
import { compareText } from "./counting.ts";
import { plainText } from "./plainText.ts";
import type { FindingSummary, RunSummary } from "./runSummary.ts";

/** GitHub takes no more results of one run. */
export const MOST_RESULTS = 5_000;
const MOST_EVIDENCE = 10;

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

const levelOf = (severity: string): string => LEVELS[severity.toLowerCase()] ?? "warning";

const location = (uri: string, line: number): object => ({
  physicalLocation: { artifactLocation: { uri }, region: { startLine: line } },
});

const resultOf = (finding: FindingSummary, uri: string, ruleIndex: number): object => {
  const [first = finding.seq, ...more] = finding.evidence.filter((seq) => seq >= 1);
  return {
    ruleId: finding.rule,
    ruleIndex,
    level: levelOf(finding.severity),
    message: { text: plainText(finding.title, 1000) },
    locations: [location(uri, first)],
    ...(more.length === 0 ? {} : { relatedLocations: more.slice(0, MOST_EVIDENCE).map((seq) => location(uri, seq)) }),
    partialFingerprints: { "runglass/v1": `${finding.rule}:${finding.title}` },
  };
};

/** The document. It has no results where the run has no findings, and is valid all the same. */
export const renderSarif = (summary: RunSummary, version: string): string => {
  const uri = encodeURI(summary.file.replace(/^.*\//, ""));
  const rules = [...new Set(summary.findings.items.map(({ rule }) => rule))].toSorted(compareText);
  const indexes = new Map(rules.map((rule, i) => [rule, i]));
  const driver = { name: "Runglass", version, rules: rules.map((id) => ({ id })) };
  const results = summary.findings.items.map((finding) => resultOf(finding, uri, indexes.get(finding.rule) ?? 0));
  const executionSuccessful = summary.complete && summary.losses.total === 0;
  const run = { tool: { driver }, invocations: [{ executionSuccessful }], columnKind: "utf16CodeUnits", results };
  const $schema = "https://json.schemastore.org/sarif-2.1.0.json";
  return `${JSON.stringify({ $schema, version: "2.1.0", runs: [run] }, undefined, 2)}\n`;
};
