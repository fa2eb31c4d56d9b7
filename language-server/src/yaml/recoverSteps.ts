// Steps found by their lines alone, for files that are being typed: where YAML cannot be read as a whole, what stands one below
// the other in the right columns is still what it says, and each key with what is indented below it is read by itself.
import { isMap, Pair, parseDocument, Scalar, visit, YAMLMap, type Node } from "yaml";
import { readBlocks } from "./blockReader.ts";
import { readLines, type Line } from "./lines.ts";

export interface RecoveredStep {
  /** The step as far as it could be read: a block map with the places that it has in the file. */
  readonly node: YAMLMap;
  /** Where the value of `uses` begins. */
  readonly usesAt: number;
  /** The lines above that are less deep, from the innermost on: its job's key is one of them. */
  readonly above: readonly Line[];
}

/** The actions whose inputs are judged. */
export const JUDGED_ACTIONS = "step-security/harden-runner|runglass/runglass";

/** The line of a step that says what it uses, behind any dashes; a block's or quoted text may follow on the next lines. */
const USES = /^(?:"uses"|'uses'|uses)\s*:(?:\s|$)/i;
const ACTION = new RegExp(String.raw`^\s*(?:${JUDGED_ACTIONS})(?=[@/]|\s*$)`, "i");
const KEY = /^(?:"[^"]*"|'[^']*'|[\w-]+)\s*:(?:\s|$)/;
const WITH = /^["']?with["']?\s*:\s*(?:#.*)?$/;

const OPTIONS = { uniqueKeys: false, merge: false, logLevel: "silent" } as const;
/** More steps, more text of steps, and more lines looked at are not read this way. */
const MOST_STEPS = 2_000;
const MOST_CHARACTERS = 2 * 1024 * 1024;
const MOST_LINES = 4_000_000;
const MOST_KEYS = 200;
/** Lines in between that are no part of a step, as they are half typed. */
const MOST_STRAY_LINES = 3;

interface Group {
  readonly first: Line;
  /** Which line that is. */
  readonly at: number;
  /** Behind its last line. */
  end: number;
}

/** Reads the groups of a file, each once: in one that is made so, each step may begin at the same line, and have all keys. */
class GroupReader {
  readonly #text: string;
  readonly #read = new Map<string, Pair<Scalar, Node> | undefined>();

  constructor(text: string) {
    this.#text = text;
  }

  pair(group: Group): Pair<Scalar, Node> | undefined {
    const key = `${group.first.key} ${group.end}`;
    if (!this.#read.has(key)) this.#read.set(key, pairOf(this.#text, group));
    return this.#read.get(key);
  }
}

/** Reads `key: value` of a group, with its places in the file. */
const pairOf = (text: string, { first, end }: Group): Pair<Scalar, Node> | undefined => {
  // Blanks in front keep its columns, which a block's indentation is counted from.
  const lead = " ".repeat(first.column);
  const shift = first.key - first.column;
  const piece = lead + text.slice(first.key, end);
  const root = readBlocks(piece, lead.length) ?? parseDocument(piece, OPTIONS).contents;
  if (!isMap(root)) return undefined;
  const [pair] = root.items as Pair<Scalar, Node>[];
  if (!(pair?.key instanceof Scalar)) return undefined;
  visit(root, (_, node) => {
    const ranged = node as { range?: readonly number[] | null } | null;
    if (ranged?.range !== undefined && ranged.range !== null)
      ranged.range = ranged.range.map((offset) => offset + shift);
  });
  return pair;
};

/** What is left to be looked at: a file may be made to have us look at each line for each other one. */
interface Budget {
  lines: number;
}

/** The line that the step begins at which has a key at `column` in line `from`. */
const topOf = (lines: readonly Line[], from: number, column: number, budget: Budget): number => {
  let top = from;
  let stray = 0;
  if (lines[from]?.dashes !== 0) return top;
  for (let at = from - 1; at >= 0 && stray <= MOST_STRAY_LINES && budget.lines > 0; at--, budget.lines--) {
    const line = lines[at];
    if (line === undefined || line.isBlank) continue;
    if (line.dashes > 0 && line.indent <= column) return line.column === column ? at : top;
    if (line.indent === column) top = at;
    else if (line.indent < column) {
      if (KEY.test(line.text)) return top;
      stray++;
    }
  }
  return top;
};

/** The keys at `column` from line `top` on, each with the deeper lines below it. */
const groupsFrom = (lines: readonly Line[], top: number, column: number, budget: Budget): Group[] => {
  const groups: Group[] = [];
  let current: Group | undefined;
  let stray = 0;
  for (let at = top; at < lines.length && groups.length < MOST_KEYS && budget.lines > 0; at++, budget.lines--) {
    const line = lines[at];
    if (line === undefined || line.isBlank) continue;
    const isFirst = at === top;
    if (line.column === column && (isFirst || line.dashes === 0) && KEY.test(line.text))
      groups.push((current = { first: line, at, end: line.end }));
    else if (line.indent > column) {
      if (current !== undefined) current.end = line.end;
    } else if (!line.isComment && !isFirst) {
      if (line.dashes > 0 || (line.indent < column - 1 && KEY.test(line.text))) break;
      // Half typed, or moved by an edit.
      current = undefined;
      if (++stray > MOST_STRAY_LINES) break;
    }
  }
  return groups;
};

/** The column that most of the lines with a key have, which are no text of a block. */
const usualColumn = (lines: readonly Line[]): number | undefined => {
  const counts = new Map<number, number>();
  for (const { column, text, isContent } of lines)
    if (!isContent && KEY.test(text)) counts.set(column, (counts.get(column) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0];
};

const mapOf = (pairs: readonly Pair<Scalar, Node>[], start: number, end: number): YAMLMap => {
  const map = new YAMLMap();
  map.items = [...pairs];
  map.range = [start, end, end];
  return map;
};

/** `with`, whose inputs are read one by one. */
const inputsOf = (
  reader: GroupReader,
  lines: readonly Line[],
  group: Group,
  budget: Budget,
): Pair<Scalar, Node> | undefined => {
  if (!WITH.test(group.first.text)) return reader.pair(group);
  const header = reader.pair({ ...group, end: group.first.end });
  let last = group.at;
  while ((lines[last + 1]?.start ?? Infinity) < group.end) last++;
  const below = lines.slice(group.at + 1, last + 1);
  budget.lines -= below.length;
  // The first line may be the one that is half typed: most inputs say what their column is.
  const column = usualColumn(below);
  const first = below.findIndex((line) => line.column === column && KEY.test(line.text));
  if (header === undefined || column === undefined || column <= group.first.column || first < 0) return header;
  const pairs = groupsFrom(below, first, column, budget).flatMap((one) => reader.pair(one) ?? []);
  return new Pair(header.key, mapOf(pairs, below[first]?.key ?? group.first.key, group.end));
};

/** The lines above a step that are less deep, from the innermost on. */
const linesAbove = (lines: readonly Line[], top: number, budget: Budget): Line[] => {
  const above: Line[] = [];
  let depth = lines[top]?.indent ?? 0;
  for (let up = top - 1; up >= 0 && depth > 0 && budget.lines > 0; up--, budget.lines--) {
    const one = lines[up];
    if (one === undefined || one.isBlank || one.isComment || one.isContent || one.indent > depth) continue;
    if (one.indent === depth && one.dashes > 0) continue;
    above.push(one);
    depth = one.indent;
  }
  return above;
};

/** Finds the steps that use the actions which are judged, by their lines. */
export const recoverSteps = (text: string): readonly RecoveredStep[] => {
  if (text.length > MOST_CHARACTERS) return [];
  const lines = readLines(text);
  const reader = new GroupReader(text);
  const budget: Budget = { lines: MOST_LINES };
  const found: RecoveredStep[] = [];
  let spent = 0;
  for (const [at, line] of lines.entries()) {
    if (line.isContent || !USES.test(line.text)) continue;
    if (found.length >= MOST_STEPS || spent > MOST_CHARACTERS || budget.lines <= 0) break;
    const [own] = groupsFrom(lines, at, line.column, { lines: 20 });
    const uses = own === undefined || own.end - line.key > 1_000 ? undefined : reader.pair(own)?.value;
    if (!(uses instanceof Scalar) || !ACTION.test(String(uses.value))) continue;
    const top = topOf(lines, at, line.column, budget);
    const groups = groupsFrom(lines, top, line.column, budget);
    spent += groups.reduce((sum, { first, end }) => sum + end - first.start, 0);
    const pairs = groups.flatMap(
      (group) =>
        (/^["']?with\b/.test(group.first.text) ? inputsOf(reader, lines, group, budget) : reader.pair(group)) ?? [],
    );
    const node = mapOf(pairs, groups[0]?.first.key ?? line.key, groups.at(-1)?.end ?? line.end);
    found.push({ node, usesAt: uses.range?.[0] ?? line.key, above: linesAbove(lines, top, budget) });
  }
  return found;
};
