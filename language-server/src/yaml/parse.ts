// YAML as GitHub reads it, but never refusing: what is above an error is still there.
import {
  Composer,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Parser,
  type Document,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";

export interface ParsedYaml {
  /** The first document; GitHub accepts no other. */
  readonly document: Document | undefined;
  readonly root: Node | undefined;
}

/** GitHub refuses larger workflow files. */
export const MOST_CHARACTERS = 1024 * 1024;

/** Deeper nesting than any workflow has would take the parser's stack. */
const DEEPEST = 200;

const [NEWLINE, BLANK, COMMA, DASH, COLON, QUESTION] = [10, 32, 44, 45, 58, 63];
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [91, 93, 123, 125];

/** Far more lines, items and collections than any workflow has: they would take seconds to read. */
const MOST_ITEMS = 40_000;

/** Is a file larger, longer or deeper than what is read? It has no document then. */
export const isTooLarge = (text: string): boolean => {
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

/** Parses a file; there is no document where it is too large, too deep, or empty. */
export const parseYaml = (text: string): ParsedYaml => {
  if (isTooLarge(text)) return { document: undefined, root: undefined };
  try {
    const document = firstDocument(text);
    return { document, root: document?.contents ?? undefined };
  } catch {
    // A file that defeats the parser is shown to have nothing to judge; other files go on.
    return { document: undefined, root: undefined };
  }
};

/** Reads nodes of one document, through its aliases. */
export class Nodes {
  readonly #document: Document | undefined;

  constructor(document: Document | undefined) {
    this.#document = document;
  }

  /** The node itself, or what an alias stands for. */
  resolve(node: unknown): Node | undefined {
    if (isAlias(node)) {
      const target = this.#document === undefined ? undefined : node.resolve(this.#document);
      return isAlias(target) ? undefined : target;
    }
    return isMap(node) || isSeq(node) || isScalar(node) ? node : undefined;
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
  entries(
    node: unknown,
  ): { readonly name: string; readonly key: Scalar; readonly value: unknown; readonly pair: Pair }[] {
    const map = this.map(node);
    if (map === undefined) return [];
    return map.items.flatMap((pair) => {
      const key = isScalar(pair.key) ? pair.key : undefined;
      return key === undefined ? [] : [{ name: String(key.source ?? key.value), key, value: pair.value, pair }];
    });
  }

  /** The last pair with this key, as the runner takes it; `fold` for keys that it compares without case. */
  entry(
    node: unknown,
    name: string,
    fold = false,
  ): { readonly key: Scalar; readonly value: unknown; readonly pair: Pair } | undefined {
    return this.entries(node).findLast((one) => (fold ? one.name.toLowerCase() : one.name) === name);
  }

  value(node: unknown, name: string): unknown {
    return this.entry(node, name)?.value;
  }
}
