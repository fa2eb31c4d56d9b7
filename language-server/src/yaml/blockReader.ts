// Workflow files as nearly all are written, read in one go: maps and lists by indentation, scalars on one line, block scalars,
// short collections in brackets. What comes out is what the yaml package makes of the same text, with the same nodes at the
// same places, in a tenth of its time. Whatever else is in a file (anchors, tags, tabs, scalars over several lines, errors) is
// not read here at all: `readBlocks` gives nothing then, and the package reads the whole file.
import type { Node, Scalar, YAMLMap, YAMLSeq } from "yaml";
import { readBlockScalar } from "./blockScalarReader.ts";
import { makeList, makeMap, makePair } from "./lightNodes.ts";
import { isColonAt, nothingAt, readFlowScalar, readLineScalar } from "./lineScalarReader.ts";

/** Thrown where a text is none of ours, and caught by `readBlocks`: made once, as making an error costs more than parsing. */
const OTHER = new Error("this is for the yaml package to read");

const [NEWLINE, BLANK, HASH, PERCENT, COMMA, DASH] = [10, 32, 35, 37, 44, 45];
const [GREATER, OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, PIPE, CLOSE_BRACE] = [62, 91, 93, 123, 124, 125];

/** Characters that mean something else, or nothing, to the package. */
// oxlint-disable-next-line no-control-regex
const ODD_CHARACTER = /[\0-\u0009\u000b-\u001f\u007f\u0085\u2028\u2029\ufeff]/;

/** A longer key is an error from some length on. */
const LONGEST_KEY = 1_000;
const DEEPEST = 100;

/** What stands between a value and the next one: blank lines and comments, which belong to nobody yet. */
interface Gap {
  start: number;
  end: number;
  /** The deepest comment in it; -1 without one. */
  deepest: number;
}

class BlockReader {
  readonly #text: string;
  #at = 0;
  /** Of the next token, if it is the first of its line; -1 at the end of the file. */
  #column = 0;
  #depth = 0;
  readonly #gap: Gap = { start: 0, end: 0, deepest: -1 };

  constructor(text: string) {
    this.#text = text;
  }

  file(indent: number): YAMLMap {
    this.#toContent();
    const text = this.#text;
    if (this.#column === 0 && text.startsWith("---\n", this.#at)) {
      this.#at += 4;
      this.#toContent();
    }
    if (this.#column !== indent || text.charCodeAt(this.#at) === PERCENT) throw OTHER;
    const root = this.#map(indent, undefined);
    if (this.#at < text.length) throw OTHER;
    return root;
  }

  /** From the start of a line to what is neither blank nor a comment. */
  #toContent(): void {
    const text = this.#text;
    let at = this.#at;
    for (;;) {
      const line = at;
      while (text.charCodeAt(at) === BLANK) at++;
      const code = text.charCodeAt(at);
      if (code === NEWLINE) {
        at++;
        continue;
      }
      if (code === HASH) {
        this.#gap.deepest = Math.max(this.#gap.deepest, at - line);
        const newline = text.indexOf("\n", at);
        at = newline < 0 ? text.length : newline + 1;
        continue;
      }
      this.#at = at;
      this.#column = at >= text.length ? -1 : at - line;
      return;
    }
  }

  /** Behind a value that does not end with its line by itself: what may follow there, as far as it belongs to the value. */
  #endLine(at: number): number {
    const text = this.#text;
    let end = at;
    while (text.charCodeAt(end) === BLANK) end++;
    const code = text.charCodeAt(end);
    if (code === HASH && end > at) {
      const newline = text.indexOf("\n", end);
      return newline < 0 ? text.length : newline + 1;
    }
    if (code === NEWLINE) return end + 1;
    if (end >= text.length) return end;
    throw OTHER;
  }

  /** Comments behind a value that are deeper than its collection belong to it; gives where it ends then. */
  #absorb(from: number, indent: number): number {
    const text = this.#text;
    let end = from;
    for (let at = from; at < text.length;) {
      const line = at;
      while (text.charCodeAt(at) === BLANK) at++;
      const code = text.charCodeAt(at);
      if (code === NEWLINE) at++;
      else if (code === HASH && at - line > indent) {
        const newline = text.indexOf("\n", at);
        end = at = newline < 0 ? text.length : newline + 1;
      } else break;
    }
    return end;
  }

  /** Goes on to the next content; what is in between is the gap. */
  #next(from: number): void {
    this.#at = this.#gap.start = from;
    this.#gap.deepest = -1;
    this.#toContent();
    this.#gap.end = this.#at;
  }

  #noGap(): void {
    this.#gap.start = this.#gap.end = this.#at;
  }

  /** The end of a collection, which keeps the gap behind it where a comment in it is as deep as the collection. */
  #close(indent: number, end: number): number {
    const { start, end: gapEnd, deepest } = this.#gap;
    if (gapEnd === start || indent === 0 || deepest < indent) return end;
    this.#noGap();
    return gapEnd;
  }

  /** A map whose keys stand at `indent`; `key` is its first one, where that is read already. */
  #map(indent: number, key: Scalar | undefined): YAMLMap {
    if (++this.#depth > DEEPEST) throw OTHER;
    const map = makeMap();
    const start = key?.range?.[0] ?? this.#at;
    let first = key;
    let end = start;
    do {
      const name = first ?? this.#key();
      first = undefined;
      const value = this.#value(indent);
      end = value.range?.[2] ?? end;
      map.items.push(makePair(name, value));
    } while (this.#column === indent && !this.#isDash());
    // What follows is not as deep, or the next item of the list that we are in.
    if (this.#column > indent) throw OTHER;
    map.range = [start, end, this.#close(indent, end)];
    this.#depth--;
    return map;
  }

  #isDash(): boolean {
    if (this.#text.charCodeAt(this.#at) !== DASH) return false;
    const next = this.#text.charCodeAt(this.#at + 1);
    return next === BLANK || next === NEWLINE || this.#at + 1 >= this.#text.length;
  }

  /** Takes a scalar, which ends on its line. */
  #take(scalar: Scalar | undefined): Scalar {
    if (scalar === undefined) throw OTHER;
    this.#at = scalar.range?.[1] ?? 0;
    return scalar;
  }

  /** Takes the colon behind a key. */
  #colon(key: Scalar): void {
    const [start, end] = key.range ?? [0, 0];
    if (!isColonAt(this.#text, this.#at) || end - start > LONGEST_KEY || key.source === "<<") throw OTHER;
    this.#at++;
  }

  /** A key with its colon. */
  #key(): Scalar {
    const key = this.#take(readLineScalar(this.#text, this.#at));
    this.#colon(key);
    return key;
  }

  /** What a key at `indent` has, from behind its colon on. */
  #value(indent: number): Node {
    const text = this.#text;
    const colon = this.#at;
    while (text.charCodeAt(this.#at) === BLANK) this.#at++;
    const code = text.charCodeAt(this.#at);
    if (code !== NEWLINE && code !== HASH && this.#at < text.length) return this.#lineValue(indent);
    const place = this.#at;
    if (code === HASH && place === colon) throw OTHER;
    this.#next(this.#endLine(colon));
    if (this.#column > indent) return this.#isDash() ? this.#list(this.#column) : this.#nestedMap();
    if (this.#column === indent && this.#isDash()) return this.#list(indent);
    // Nothing. With comments it would be harder to say where that ends.
    if (code === HASH || this.#gap.deepest >= 0) throw OTHER;
    this.#noGap();
    return nothingAt(place);
  }

  #nestedMap(): YAMLMap {
    return this.#map(this.#column, undefined);
  }

  /** A value on the line of its key, or of its dash, of a collection at `indent`. */
  #lineValue(indent: number): Node {
    const code = this.#text.charCodeAt(this.#at);
    if (code === PIPE || code === GREATER) {
      const block = readBlockScalar(this.#text, this.#at, indent);
      if (block === undefined) throw OTHER;
      this.#next(block.range?.[1] ?? 0);
      return block;
    }
    const node =
      code === OPEN_BRACKET || code === OPEN_BRACE ? this.#flow() : this.#take(readLineScalar(this.#text, this.#at));
    this.#endValue(node, indent);
    return node;
  }

  #endValue(node: Node, indent: number): void {
    const [start, end] = node.range ?? [0, 0, 0];
    const nodeEnd = this.#absorb(this.#endLine(this.#at), indent);
    node.range = [start, end, nodeEnd];
    this.#next(nodeEnd);
    if (this.#column > indent) throw OTHER;
  }

  #list(indent: number): YAMLSeq {
    if (++this.#depth > DEEPEST) throw OTHER;
    const list = makeList();
    const start = this.#at;
    let end = start;
    do {
      const item = this.#item(indent);
      end = item.range?.[2] ?? end;
      list.items.push(item);
    } while (this.#column === indent && this.#isDash());
    if (this.#column > indent) throw OTHER;
    list.range = [start, end, this.#close(indent, end)];
    this.#depth--;
    return list;
  }

  #item(indent: number): Node {
    const text = this.#text;
    const dash = this.#at++;
    while (text.charCodeAt(this.#at) === BLANK) this.#at++;
    const code = text.charCodeAt(this.#at);
    const isOther = code === OPEN_BRACKET || code === OPEN_BRACE || code === PIPE || code === GREATER;
    if (isOther) return this.#lineValue(indent);
    const column = indent + this.#at - dash;
    const scalar = this.#take(readLineScalar(text, this.#at));
    if (isColonAt(text, this.#at)) {
      this.#colon(scalar);
      return this.#map(column, scalar);
    }
    this.#endValue(scalar, indent);
    return scalar;
  }

  /** A collection in brackets on one line. */
  #flow(): Node {
    if (++this.#depth > DEEPEST) throw OTHER;
    const text = this.#text;
    const start = this.#at++;
    const isMap = text.charCodeAt(start) === OPEN_BRACE;
    const close = isMap ? CLOSE_BRACE : CLOSE_BRACKET;
    const map = makeMap();
    const list = makeList();
    const blanks = (): void => {
      while (text.charCodeAt(this.#at) === BLANK) this.#at++;
    };
    blanks();
    while (text.charCodeAt(this.#at) !== close) {
      if (isMap) {
        const key = this.#take(readFlowScalar(text, this.#at));
        this.#colon(key);
        blanks();
        map.items.push(makePair(key, this.#flowItem()));
      } else list.items.push(this.#flowItem());
      blanks();
      const code = text.charCodeAt(this.#at);
      if (code === COMMA) {
        this.#at++;
        blanks();
        if (text.charCodeAt(this.#at) === close) throw OTHER;
      } else if (code !== close) throw OTHER;
    }
    this.#depth--;
    this.#at++;
    const node = isMap ? map : list;
    node.flow = true;
    node.range = [start, this.#at, this.#at];
    return node;
  }

  #flowItem(): Node {
    const code = this.#text.charCodeAt(this.#at);
    const node =
      code === OPEN_BRACKET || code === OPEN_BRACE ? this.#flow() : this.#take(readFlowScalar(this.#text, this.#at));
    const [start, end] = node.range ?? [0, 0, 0];
    while (this.#text.charCodeAt(this.#at) === BLANK) this.#at++;
    node.range = [start, end, this.#at];
    return node;
  }
}

/** The file's root, a map at `indent`, where it is a file of the kind that is read here. Never throws. */
export const readBlocks = (text: string, indent = 0): YAMLMap | undefined => {
  if (ODD_CHARACTER.test(text)) return undefined;
  try {
    return new BlockReader(text).file(indent);
  } catch (error) {
    if (error === OTHER) return undefined;
    throw error;
  }
};
