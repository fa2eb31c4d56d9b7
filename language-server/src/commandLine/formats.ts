// What `lint` prints: for people, for programs, for code scanning, and for the log of a job.
import { sarifText } from "../../../collector/protocol/sarifText.ts";
import type { Evidence, Severity } from "../rules/rule.ts";
import { pageUrl, RULE_TEXTS } from "../rules/rulePages.ts";
import type { Diagnostic } from "../lint/lintText.ts";
import { Positions } from "../lint/positions.ts";

export interface FileResult {
  readonly path: string;
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** What is left of a file once it is judged. */
export interface Piece {
  readonly text: string;
  readonly findings: number;
}

export const FORMATS = ["text", "json", "sarif", "github"] as const;
export type Format = (typeof FORMATS)[number];

/** Text of a file may reach a terminal: nothing in it may steer that. */
export const plain = (text: string): string =>
  text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );

const linesOf = ({ path, text, diagnostics }: FileResult): readonly string[] => {
  const positions = new Positions(text);
  return diagnostics.map(({ rule, severity, message, start }) => {
    const { line, character } = positions.at(start);
    return `${plain(path)}:${line + 1}:${character + 1}: ${severity}: ${plain(message)} [${rule}]\n`;
  });
};

const textOf = (pieces: readonly Piece[]): string => {
  const findings = pieces.reduce((sum, piece) => sum + piece.findings, 0);
  const files = pieces.length === 1 ? "1 file" : `${pieces.length} files`;
  const count = findings === 0 ? "nothing to say" : findings === 1 ? "1 finding" : `${findings} findings`;
  return `${pieces.map(({ text }) => text).join("")}${files}: ${count}\n`;
};

/** With the time as people and programs read it. */
const evidenceOf = ({ last, ...rest }: Evidence): object => {
  const date = new Date(last / 1000);
  return last === 0 || Number.isNaN(date.getTime()) ? rest : { ...rest, last: date.toISOString() };
};

const fileOf = ({ path, text, diagnostics }: FileResult): object => {
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
};

/** Items of an array that stands in a document of JSON, as deep as they are there. */
const itemsOf = (items: readonly object[], depth: number): string => {
  const indent = " ".repeat(depth);
  return items.map((item) => indent + JSON.stringify(item, undefined, 2).replaceAll("\n", `\n${indent}`)).join(",\n");
};

/** The document, with these items in the place of its one empty array of this name. */
const documentOf = (document: object, name: string, items: readonly string[]): string => {
  const text = JSON.stringify(document, undefined, 2);
  const filled = items.filter((item) => item !== "");
  if (filled.length === 0) return `${text}\n`;
  const place = text.indexOf(`"${name}": []`) + name.length + 5;
  const indent = /^ */.exec(text.slice(text.lastIndexOf("\n", place) + 1))?.[0] ?? "";
  return `${text.slice(0, place)}\n${filled.join(",\n")}\n${indent}${text.slice(place)}\n`;
};

const FILE_DEPTH = 4;
const jsonOf = (pieces: readonly Piece[]): string =>
  documentOf(
    { version: 1, files: [] },
    "files",
    pieces.map(({ text }) => text),
  );

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

const RULE_INDEX: ReadonlyMap<string, number> = new Map(RULE_TEXTS.map(({ id }, index) => [id, index]));

const sarifResultsOf = ({ path, text, diagnostics }: FileResult): readonly object[] => {
  const positions = new Positions(text);
  const artifactLocation = { uri: uri(path) };
  return diagnostics.map((one) => ({
    ruleId: one.rule,
    ruleIndex: RULE_INDEX.get(one.rule) ?? -1,
    level: LEVELS[one.severity],
    message: { text: sarifText(plain(one.message)) },
    locations: [{ physicalLocation: { artifactLocation, region: region(positions, one) } }],
    ...(one.evidence === undefined ? {} : { properties: { evidence: one.evidence.map((each) => evidenceOf(each)) } }),
    fixes: one.fixes.map(({ title, edits, unsafe }) => ({
      description: { text: sarifText(plain(title)) },
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
};

const RESULT_DEPTH = 8;
const sarifOf = (pieces: readonly Piece[], version: string): string => {
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
            rules: RULE_TEXTS.map(({ id, title, why, severity }) => ({
              id,
              shortDescription: { text: title },
              fullDescription: { text: why },
              helpUri: pageUrl(id),
              defaultConfiguration: { level: LEVELS[severity] },
            })),
          },
        },
        columnKind: "utf16CodeUnits",
        results: [],
      },
    ],
  };
  return documentOf(
    sarif,
    "results",
    pieces.map(({ text }) => text),
  );
};

/** Workflow commands: a value must not end its property, or the command. */
const escapeData = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const escapeProperty = (text: string): string => escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

const githubOf = ({ path, text, diagnostics }: FileResult): string => {
  const positions = new Positions(text);
  return diagnostics
    .map((one) => {
      const { start, end } = positions.range(one);
      const place = `line=${start.line + 1},endLine=${end.line + 1},col=${start.character + 1},endColumn=${end.character + 1}`;
      return `::${COMMANDS[one.severity]} file=${escapeProperty(path.replaceAll("\\", "/"))},${place},title=${escapeProperty(one.rule)}::${escapeData(plain(one.message))}\n`;
    })
    .join("");
};

const textsOf: Readonly<Record<Format, (result: FileResult) => string>> = {
  text: (result) => linesOf(result).join(""),
  json: (result) => itemsOf([fileOf(result)], FILE_DEPTH),
  sarif: (result) => itemsOf(sarifResultsOf(result), RESULT_DEPTH),
  github: githubOf,
};

/** What one file adds to the output. */
export const pieceOf = (result: FileResult, format: Format): Piece => ({
  text: textsOf[format](result),
  findings: result.diagnostics.length,
});

/** The whole output, of the pieces of all files in their order. */
export const outputOf = (pieces: readonly Piece[], format: Format, version: string): string => {
  if (format === "json") return jsonOf(pieces);
  if (format === "sarif") return sarifOf(pieces, version);
  return format === "github" ? pieces.map(({ text }) => text).join("") : textOf(pieces);
};
