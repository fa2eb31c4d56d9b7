// What `lint` prints: for people, for programs, for code scanning, and for the log of a job.
import type { Evidence, Severity } from "../rules/rule.ts";
import { pageUrl, RULE_TEXTS } from "../rules/rulePages.ts";
import type { Diagnostic } from "../lint/lintText.ts";
import { Positions } from "../lint/positions.ts";

export interface FileResult {
  readonly path: string;
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
}

export const FORMATS = ["text", "json", "sarif", "github"] as const;
export type Format = (typeof FORMATS)[number];

/** Text of a file may reach a terminal: nothing in it may steer that. */
export const plain = (text: string): string =>
  text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );

const textOf = (results: readonly FileResult[]): string => {
  const lines = results.flatMap(({ path, text, diagnostics }) => {
    const positions = new Positions(text);
    return diagnostics.map(({ rule, severity, message, start }) => {
      const { line, character } = positions.at(start);
      return `${plain(path)}:${line + 1}:${character + 1}: ${severity}: ${plain(message)} [${rule}]`;
    });
  });
  const files = results.length === 1 ? "1 file" : `${results.length} files`;
  const count = lines.length === 0 ? "nothing to say" : lines.length === 1 ? "1 finding" : `${lines.length} findings`;
  return `${[...lines, `${files}: ${count}`].join("\n")}\n`;
};

/** With the time as people and programs read it. */
const evidenceOf = ({ last, ...rest }: Evidence): object => {
  const date = new Date(last / 1000);
  return last === 0 || Number.isNaN(date.getTime()) ? rest : { ...rest, last: date.toISOString() };
};

const jsonOf = (results: readonly FileResult[]): string => {
  const files = results.map(({ path, text, diagnostics }) => {
    const positions = new Positions(text);
    return {
      path,
      diagnostics: diagnostics.map((one) => ({
        rule: one.rule,
        severity: one.severity,
        message: one.message,
        range: positions.range(one),
        fixes: one.fixes.map(({ title, edits, unsafe }) => ({
          title,
          edits: edits.map((edit) => ({ range: positions.range(edit), newText: edit.newText })),
          ...(unsafe === true ? { unsafe } : {}),
        })),
        ...(one.evidence === undefined ? {} : { evidence: one.evidence.map((each) => evidenceOf(each)) }),
      })),
    };
  });
  return `${JSON.stringify({ version: 1, files }, undefined, 2)}\n`;
};

const LEVELS: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "note", hint: "note" };
const COMMANDS: Readonly<Record<Severity, string>> = {
  error: "error",
  warning: "warning",
  info: "notice",
  hint: "notice",
};

const region = (positions: Positions, span: { start: number; end: number }): object => {
  const { start, end } = positions.range(span);
  return {
    startLine: start.line + 1,
    startColumn: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
  };
};

/** A reference as RFC 3986 has it, relative to where the command ran. */
const uri = (path: string): string => {
  const written = path.replaceAll("\\", "/");
  const parts = written.split("/").map((part) => encodeURIComponent(part));
  const encoded = parts.join("/").replaceAll("%3A", ":");
  // A colon in the first part would make it a scheme.
  if (/^[A-Za-z]:\//.test(written)) return `file:///${encoded}`;
  return /^[^/]*:/.test(encoded) ? `./${encoded}` : encoded;
};

/** A text of SARIF may hold links, as `[words](target)`: what stands in a file must not become one. */
const sarifText = (text: string): string => plain(text).replaceAll(/\[(?=[^\]]*\]\()/g, "\\[");

const sarifOf = (results: readonly FileResult[], version: string): string => {
  const texts = RULE_TEXTS;
  const sarif = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "runglass",
            semanticVersion: version,
            informationUri: "https://github.com/runglass/runglass",
            rules: texts.map(({ id, title, why, severity }) => ({
              id,
              shortDescription: { text: title },
              fullDescription: { text: why },
              helpUri: pageUrl(id),
              defaultConfiguration: { level: LEVELS[severity] },
            })),
          },
        },
        columnKind: "utf16CodeUnits",
        results: results.flatMap(({ path, text, diagnostics }) => {
          const positions = new Positions(text);
          const artifactLocation = { uri: uri(path) };
          return diagnostics.map((one) => ({
            ruleId: one.rule,
            ruleIndex: texts.findIndex(({ id }) => id === one.rule),
            level: LEVELS[one.severity],
            message: { text: sarifText(one.message) },
            locations: [{ physicalLocation: { artifactLocation, region: region(positions, one) } }],
            ...(one.evidence === undefined
              ? {}
              : { properties: { evidence: one.evidence.map((each) => evidenceOf(each)) } }),
            fixes: one.fixes.map(({ title, edits, unsafe }) => ({
              description: { text: sarifText(title) },
              ...(unsafe === true ? { properties: { unsafe } } : {}),
              artifactChanges: [
                {
                  artifactLocation,
                  replacements: edits.map((edit) => ({
                    deletedRegion: region(positions, edit),
                    insertedContent: { text: edit.newText },
                  })),
                },
              ],
            })),
          }));
        }),
      },
    ],
  };
  return `${JSON.stringify(sarif, undefined, 2)}\n`;
};

/** Workflow commands: a value must not end its property, or the command. */
const escapeData = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const escapeProperty = (text: string): string => escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

const githubOf = (results: readonly FileResult[]): string =>
  results
    .flatMap(({ path, text, diagnostics }) => {
      const positions = new Positions(text);
      return diagnostics.map((one) => {
        const { start, end } = positions.range(one);
        const place = `line=${start.line + 1},endLine=${end.line + 1},col=${start.character + 1},endColumn=${end.character + 1}`;
        return `::${COMMANDS[one.severity]} file=${escapeProperty(path.replaceAll("\\", "/"))},${place},title=${escapeProperty(one.rule)}::${escapeData(plain(one.message))}\n`;
      });
    })
    .join("");

export const formatResults = (results: readonly FileResult[], format: Format, version: string): string => {
  if (format === "json") return jsonOf(results);
  if (format === "sarif") return sarifOf(results, version);
  return format === "github" ? githubOf(results) : textOf(results);
};
