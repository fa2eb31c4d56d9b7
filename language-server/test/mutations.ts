// Single edits of a text, as typing makes them, that leave some of its lines as they are.

/** A small generator of numbers that are the same each time (mulberry32). */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** From 0 up to, and without, `most`. */
  below(most: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * most);
  }

  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}

export interface Mutation {
  readonly start: number;
  readonly end: number;
  readonly newText: string;
}

/** The text, and which of it may be edited: whole lines, each with its line end. */
export interface Editable {
  readonly text: string;
  readonly lines: readonly { readonly start: number; readonly end: number }[];
  /** Where the last of what is to be kept ends. */
  readonly keptEnd: number;
}

type Kind = (editable: Editable, chance: Chance) => Mutation | undefined;

const CHARACTERS = [..."\"'[]{}:,#&*!|>%@`-? \tx\n", ": ", "- ", "${{"];
const TYPED = [
  "foo",
  "- ",
  "- na",
  "run: |",
  "key:",
  "key: [a, ",
  '"abc',
  "'abc: d",
  "{",
  "- uses: acti",
  '- run: echo "x',
  "env: {A: b",
  "*alias",
  "<<<<<<< HEAD",
  "=======",
  "\tkey: value",
  "? ",
  "&",
  "with:",
  "if: ${{ x",
];

const anyLine = ({ lines }: Editable, chance: Chance): { start: number; end: number } | undefined =>
  lines.length === 0 ? undefined : chance.of(lines);

const bodyOf = (text: string, line: { start: number; end: number }): { start: number; end: number } => ({
  start: line.start,
  end: line.start + text.slice(line.start, line.end).trimEnd().length,
});

const within: (edit: (at: number, text: string, chance: Chance) => Mutation) => Kind = (edit) => (editable, chance) => {
  const line = anyLine(editable, chance);
  if (line === undefined) return undefined;
  const body = bodyOf(editable.text, line);
  if (body.end === body.start) return undefined;
  return edit(body.start + chance.below(body.end - body.start), editable.text, chance);
};

const indentBy: (change: (indent: string) => string) => Kind = (change) => (editable, chance) => {
  const line = anyLine(editable, chance);
  if (line === undefined) return undefined;
  const indent = /^ */.exec(editable.text.slice(line.start, line.end))?.[0] ?? "";
  const newText = change(indent);
  return newText === indent ? undefined : { start: line.start, end: line.start + indent.length, newText };
};

export const KINDS: Readonly<Record<string, Kind>> = {
  "a character deleted": within((at) => ({ start: at, end: at + 1, newText: "" })),
  "a character inserted": within((at, _, chance) => ({ start: at, end: at, newText: chance.of(CHARACTERS) })),
  "a character replaced": within((at, _, chance) => ({ start: at, end: at + 1, newText: chance.of(CHARACTERS) })),
  "cut off": ({ text, keptEnd }, chance) =>
    keptEnd >= text.length
      ? undefined
      : { start: keptEnd + chance.below(text.length - keptEnd), end: text.length, newText: "" },
  "a line half typed": (editable, chance) => {
    const line = anyLine(editable, chance);
    if (line === undefined) return undefined;
    const indent = /^ */.exec(editable.text.slice(line.start, line.end))?.[0] ?? "";
    const depth = Math.max(0, indent.length + chance.of([-2, 0, 0, 0, 2]));
    return { start: line.start, end: line.start, newText: `${" ".repeat(depth)}${chance.of(TYPED)}\n` };
  },
  "a quote not closed": (editable, chance) => {
    const line = anyLine(editable, chance);
    const raw = line === undefined ? "" : editable.text.slice(line.start, line.end);
    const value = /^[^#"']*?(?::|-)[ ]+(?=\S)/.exec(raw)?.[0].length;
    if (line === undefined || value === undefined) return undefined;
    return { start: line.start + value, end: line.start + value, newText: chance.of(['"', "'"]) };
  },
  "a line less deep": indentBy((indent) => indent.slice(1)),
  "a line much less deep": indentBy((indent) => indent.slice(2)),
  "a line deeper": indentBy((indent) => `${indent} `),
  "a line much deeper": indentBy((indent) => `${indent}  `),
  "a line by a tab": indentBy((indent) => `${indent.slice(2)}\t`),
  "a line deleted": (editable, chance) => {
    const line = anyLine(editable, chance);
    return line === undefined ? undefined : { ...line, newText: "" };
  },
  "a line twice": (editable, chance) => {
    const line = anyLine(editable, chance);
    if (line === undefined) return undefined;
    return { start: line.start, end: line.start, newText: editable.text.slice(line.start, line.end) };
  },
};
