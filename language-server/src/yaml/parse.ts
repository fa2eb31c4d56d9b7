// YAML as GitHub reads it, but never refusing: what is above an error is still there.
import {
  Composer,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Parser,
  visit,
  type Alias,
  type Document,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { readBlocks } from "./blockReader.ts";

export interface ParsedYaml {
  readonly root: Node | undefined;
  /** Where the file is no YAML, and why; undefined where it could not be read at all, as it is too large, too deep, or empty. */
  readonly errors: readonly { readonly pos: readonly [number, number]; readonly message: string }[] | undefined;
  /** The first document, which GitHub accepts no other than; undefined where the file has no aliases to be looked up in it. */
  readonly document: Document | undefined;
}

/** GitHub refuses larger workflow files. */
export const MOST_CHARACTERS = 1024 * 1024;

/** Deeper nesting than any workflow has would take the parser's stack. */
const DEEPEST = 200;

const [NEWLINE, BLANK, COMMA, DASH, COLON, QUESTION] = [10, 32, 44, 45, 58, 63];
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [91, 93, 123, 125];

/** Far more lines, items and collections than any workflow has: they would take seconds to read. */
const MOST_ITEMS = 40_000;

/** The text that was asked about last: whoever judges a file asks again. */
let last = { text: "", isTooLarge: false };

/** Is a file larger, longer or deeper than what is read? It has no document then. */
export const isTooLarge = (text: string): boolean => {
  if (last.text !== text) last = { text, isTooLarge: measure(text) };
  return last.isTooLarge;
};

const measure = (text: string): boolean => {
  if (text.length > MOST_CHARACTERS) return true;
  let depth = 0;
  let items = 0;
  let indicators = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === NEWLINE) {
      items++;
      indicators = 0;
    } else if (code === COMMA) items++;
    else if (code === OPEN_BRACKET || code === OPEN_BRACE) [depth, items] = [depth + 1, items + 1];
    else if (code === CLOSE_BRACKET || code === CLOSE_BRACE) depth = Math.max(0, depth - 1);
    else if ((code === DASH || code === QUESTION || code === COLON) && text.charCodeAt(at + 1) === BLANK) {
      // Each but the first two of a line holds a value of its own, one in another.
      if (++indicators > 2) items++;
    }
    if (depth > DEEPEST || items > MOST_ITEMS || indicators > DEEPEST) return true;
  }
  return false;
};

const firstDocument = (text: string): Document | undefined => {
  // Each error would look at the stack, which costs more than all else where there are many.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return compose(text);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
};

const compose = (text: string): Document | undefined => {
  const composer = new Composer({ merge: false, uniqueKeys: false, logLevel: "silent" });
  // One by one: what comes behind the first is never composed.
  for (const document of composer.compose(new Parser().parse(text))) return document;
  return undefined;
};

const NOTHING: ParsedYaml = { root: undefined, errors: undefined, document: undefined };

/** Parses a file; nothing comes of one that is too large, too deep, or empty. */
export const parseYaml = (text: string): ParsedYaml => {
  if (isTooLarge(text)) return NOTHING;
  const blocks = readBlocks(text);
  if (blocks !== undefined) return { root: blocks, errors: [], document: undefined };
  try {
    const document = firstDocument(text);
    return { root: document?.contents ?? undefined, errors: document?.errors, document };
  } catch {
    // A file that defeats the parser is shown to have nothing to judge; other files go on.
    return NOTHING;
  }
};

/** What each alias of a document stands for: the last node of its name above it. */
const targetsIn = (document: Document): ReadonlyMap<Alias, Node> => {
  const targets = new Map<Alias, Node>();
  const named = new Map<string, Node>();
  visit(document, {
    Node: (_, node) => {
      if (isAlias(node)) {
        const target = named.get(node.source);
        if (target !== undefined) targets.set(node, target);
      } else if (node.anchor !== undefined && node.anchor !== "") named.set(node.anchor, node);
    },
  });
  return targets;
};

interface Entry {
  readonly name: string;
  readonly key: Scalar;
  readonly value: unknown;
  readonly pair: Pair;
}

const entryOf = (pair: Pair): Entry | undefined => {
  const { key } = pair;
  return isScalar(key) ? { name: String(key.source ?? key.value), key, value: pair.value, pair } : undefined;
};

/** Reads nodes of one document, through its aliases. */
export class Nodes {
  readonly #document: Document | undefined;
  /** Found at once, as the package would look through the whole document for each alias. */
  #targets: ReadonlyMap<Alias, Node> | undefined;

  constructor(document: Document | undefined) {
    this.#document = document;
  }

  /** The node itself, or what an alias stands for. */
  resolve(node: unknown): Node | undefined {
    if (isMap(node) || isSeq(node) || isScalar(node)) return node;
    if (!isAlias(node) || this.#document === undefined) return undefined;
    this.#targets ??= targetsIn(this.#document);
    return this.#targets.get(node);
  }

  map(node: unknown): YAMLMap | undefined {
    const resolved = this.resolve(node);
    return isMap(resolved) ? resolved : undefined;
  }

  sequence(node: unknown): YAMLSeq | undefined {
    const resolved = this.resolve(node);
    return isSeq(resolved) ? resolved : undefined;
  }

  scalar(node: unknown): Scalar | undefined {
    const resolved = this.resolve(node);
    return isScalar(resolved) ? resolved : undefined;
  }

  /** The pairs of a map whose keys are scalars, each with its key's text. */
  entries(node: unknown): readonly Entry[] {
    const entries: Entry[] = [];
    for (const pair of this.map(node)?.items ?? []) {
      const entry = entryOf(pair);
      if (entry !== undefined) entries.push(entry);
    }
    return entries;
  }

  /** The last pair with this key, as the runner takes it; `fold` for keys that it compares without case. */
  entry(node: unknown, name: string, fold = false): Omit<Entry, "name"> | undefined {
    const items = this.map(node)?.items ?? [];
    for (let at = items.length - 1; at >= 0; at--) {
      const pair = items[at];
      const key = pair?.key;
      if (pair === undefined || !isScalar(key)) continue;
      const own = String(key.source ?? key.value);
      if ((fold ? own.toLowerCase() : own) === name) return { key, value: pair.value, pair };
    }
    return undefined;
  }

  value(node: unknown, name: string): unknown {
    return this.entry(node, name)?.value;
  }
}
