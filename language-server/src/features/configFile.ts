// A repository's choice of rules in an editor: problems, completion, what a rule says, and where its page is.
import {
  CompletionItemKind,
  DiagnosticSeverity,
  MarkupKind,
  type CompletionItem,
  type Diagnostic,
  type DocumentLink,
  type Hover,
} from "vscode-languageserver/node";
import { CHOICES, readConfig } from "../lint/config.ts";
import type { Positions } from "../lint/positions.ts";
import { nodeSpan } from "../model/workflow.ts";
import { pageUrl, RULE_TEXTS } from "../rules/rulePages.ts";
import { Nodes, parseYaml } from "../yaml/parse.ts";
import { lineAt, type Span } from "../yaml/span.ts";
import { keyOf, parentOf } from "./lineContext.ts";

export const isConfigPath = (path: string): boolean => /(?:^|[\\/])\.github[\\/]runglass\.yml$/.test(path);

export const configDiagnostics = (text: string, positions: Positions, source: string): Diagnostic[] =>
  readConfig(text).problems.map(({ start, end, message }) => ({
    range: positions.range({ start, end }),
    severity: DiagnosticSeverity.Error,
    source,
    message,
  }));

/** The keys above a place, the outermost first, told by indentation: the file need not be whole. */
const keysAbove = (lines: readonly string[], at: number, depth: number): readonly string[] => {
  const keys: string[] = [];
  for (let [line, d] = [parentOf(lines, at, depth), depth]; line >= 0; line = parentOf(lines, line, d)) {
    const text = lines[line] ?? "";
    keys.unshift(keyOf(text) ?? "");
    d = text.search(/\S/);
  }
  return keys;
};

/** Keys and values; nothing where the file has no place for one. */
export const configCompletions = (text: string, offset: number, positions: Positions): CompletionItem[] => {
  const lines = text.split(/\r?\n/);
  const { start } = lineAt(text, offset);
  const number = positions.at(offset).line;
  const before = text.slice(start, offset);
  const [, blanks = "", rule, typed = ""] = /^([ \t]*)(?:([\w/-]+):[ \t]*)?([\w/-]*)$/.exec(before) ?? [];
  if (!before.endsWith(typed) || /[#"'[{]/.test(before)) return [];
  const range = positions.range({ start: offset - typed.length, end: offset });
  const above = keysAbove(lines, number, blanks.length).join(" ");
  const item = (label: string, newText: string, kind: CompletionItemKind, detail: string): CompletionItem => ({
    label,
    kind,
    detail,
    filterText: label,
    textEdit: { range, newText },
  });
  if (rule !== undefined) {
    if (above !== "lint rules") return [];
    return CHOICES.map((choice) => item(choice, choice, CompletionItemKind.EnumMember, ""));
  }
  if (above === "") return [item("lint", "lint:", CompletionItemKind.Property, "what the linter looks for")];
  if (above === "lint") return [item("rules", "rules:", CompletionItemKind.Property, "rules turned on or off")];
  if (above !== "lint rules") return [];
  return RULE_TEXTS.filter(({ id }) => !text.includes(`${id}:`)).map(({ id, title }) =>
    item(id, `${id}: `, CompletionItemKind.Property, title),
  );
};

/** The rules that a file names, each with its place. */
const rulesIn = (text: string): readonly { readonly span: Span; readonly rule: (typeof RULE_TEXTS)[number] }[] => {
  const { root, document } = parseYaml(text);
  const nodes = new Nodes(document);
  return nodes.entries(nodes.value(nodes.value(root, "lint"), "rules")).flatMap(({ name, key }) => {
    const rule = RULE_TEXTS.find(({ id }) => id === name);
    return rule === undefined ? [] : [{ span: nodeSpan(key), rule }];
  });
};

export const configHover = (text: string, offset: number, positions: Positions): Hover | null => {
  const found = rulesIn(text).find(({ span }) => offset >= span.start && offset <= span.end);
  if (found === undefined) return null;
  const { id, severity, title, why } = found.rule;
  const value = `**${id}** (${severity}): ${title}.\n\n${why}\n\n[Its page](${pageUrl(id)})`;
  return { range: positions.range(found.span), contents: { kind: MarkupKind.Markdown, value } };
};

export const configLinks = (text: string, positions: Positions): DocumentLink[] =>
  rulesIn(text).map(({ span, rule }) => ({ range: positions.range(span), target: pageUrl(rule.id) }));
