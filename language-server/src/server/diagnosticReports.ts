// Findings as the protocol's diagnostics.
import { DiagnosticSeverity, DiagnosticTag, type Diagnostic as LspDiagnostic } from "vscode-languageserver/node";
import type { Diagnostic } from "../lint/lintText.ts";
import type { Positions } from "../lint/positions.ts";
import type { Severity } from "../rules/rule.ts";
import { pageUrl } from "../rules/rulePages.ts";

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** Shown faded: it has no effect, or no use. */
const UNNECESSARY = new Set([
  "observed/unused-endpoint",
  "copilot/ignored-key",
  "endpoint/duplicate",
  "suppress/unused",
]);

export const SOURCE = "runglass";

export const toLsp = (
  { rule, severity, message, start, end, evidence }: Diagnostic,
  positions: Positions,
): LspDiagnostic => ({
  range: positions.range({ start, end }),
  severity: SEVERITIES[severity],
  code: rule,
  codeDescription: { href: pageUrl(rule) },
  source: SOURCE,
  message,
  ...(evidence === undefined ? {} : { data: { evidence } }),
  ...(UNNECESSARY.has(rule) ? { tags: [DiagnosticTag.Unnecessary] } : {}),
});
