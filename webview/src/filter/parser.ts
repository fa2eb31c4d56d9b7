// Terms into a query whose values are read and checked. Problems carry their position, so that the box can point there.
import { compileGlob, type Glob } from "./glob.ts";
import { filterKeys, type FilterKey, isKeyName, type KeyName, keyNames } from "./keys.ts";
import { lex, type Term, type Value } from "./lexer.ts";
import { parseTimeSpan, type TimeSpan } from "./timeTerm.ts";

export type NumberTest = { readonly low: number; readonly high: number } | { readonly glob: Glob };

export type Condition =
  | { readonly kind: "text"; readonly globs: readonly Glob[] }
  | { readonly kind: "exact" | "part"; readonly key: KeyName; readonly globs: readonly Glob[] }
  | { readonly kind: "number"; readonly key: KeyName; readonly tests: readonly NumberTest[] }
  | { readonly kind: "size"; readonly key: KeyName; readonly bytes: number }
  | { readonly kind: "word"; readonly key: KeyName; readonly words: readonly string[] }
  | { readonly kind: "time"; readonly key: KeyName; readonly spans: readonly TimeSpan[] };

export interface QueryTerm {
  readonly negated: boolean;
  readonly condition: Condition;
}

export interface Problem {
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

export interface Query {
  /** All of them must hold. */
  readonly terms: readonly QueryTerm[];
  readonly problems: readonly Problem[];
}

const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + cost));
    }
    row = next;
  }
  return row[b.length] ?? 0;
};

/** The nearest of `names`, where one is near enough to be meant. */
const nearest = (name: string, names: readonly string[]): string | undefined => {
  const ranked = names.map((other) => ({ other, far: distance(name, other) })).sort((a, b) => a.far - b.far);
  const best = ranked[0];
  return best !== undefined && best.far <= Math.max(1, name.length >> 1) ? best.other : undefined;
};

const parseNumber = (value: Value): NumberTest | undefined => {
  const text = value.text;
  const range = /^(\d{1,10})-(\d{1,10})$/.exec(text);
  if (range !== null) return { low: Number(range[1]), high: Number(range[2]) };
  const compared = /^([<>])(=?)(\d{1,10})$/.exec(text);
  if (compared !== null) {
    const number = Number(compared[3]);
    const step = compared[2] === "=" ? 0 : 1;
    return compared[1] === ">" ? { low: number + step, high: Infinity } : { low: 0, high: number - step };
  }
  if (/^\d{1,10}$/.test(text)) return { low: Number(text), high: Number(text) };
  if (/^[\d*]+$/.test(text)) return { glob: compileGlob(text, value.quoted, true) };
  return undefined;
};

const units: Readonly<Record<string, number>> = { "": 1, b: 1, k: 1e3, kb: 1e3, m: 1e6, mb: 1e6, g: 1e9, gb: 1e9 };

const parseSize = (text: string): number | undefined => {
  const match = /^(\d+(?:\.\d+)?)([a-z]{0,2})$/i.exec(text);
  const unit = units[(match?.[2] ?? "").toLowerCase()];
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit;
};

type Parsed = { readonly condition: Condition } | { readonly problem: Problem };

const fail = (value: Value, message: string): Parsed => ({
  problem: { start: value.start, end: Math.max(value.end, value.start + 1), message },
});

const parseKeyed = (key: KeyName, term: Term): Parsed => {
  const spec: FilterKey = filterKeys[key];
  switch (spec.kind) {
    case "exact":
    case "part": {
      const whole = spec.kind === "exact";
      return {
        condition: { kind: spec.kind, key, globs: term.values.map((v) => compileGlob(v.text, v.quoted, whole)) },
      };
    }
    case "number": {
      const tests: NumberTest[] = [];
      for (const value of term.values) {
        const test = parseNumber(value);
        if (test === undefined) return fail(value, `${key}: needs a number, such as 443, >1024 or 8000-8999`);
        tests.push(test);
      }
      return { condition: { kind: "number", key, tests } };
    }
    case "size": {
      const value = term.values[0];
      const bytes = value === undefined ? undefined : parseSize(value.text);
      if (value === undefined || bytes === undefined) {
        return fail(
          value ?? { text: "", quoted: false, start: term.start, end: term.end },
          `${key}: needs a size, such as 500, 10k or 1.5M`,
        );
      }
      return { condition: { kind: "size", key, bytes } };
    }
    case "time": {
      const spans: TimeSpan[] = [];
      for (const value of term.values) {
        const span = parseTimeSpan(value.text);
        if (span === undefined) {
          return fail(value, `${key}: needs times, such as 12:25:03..12:26:10, 12:25.. or +30s..+2:00`);
        }
        spans.push(span);
      }
      return { condition: { kind: "time", key, spans } };
    }
    case "word": {
      const words: string[] = [];
      for (const value of term.values) {
        const glob = compileGlob(value.text, value.quoted, true);
        // Event type names (`file.write`) are words of `type:` too; they are looked up by the matcher.
        const known = spec.words?.filter((word) => glob.pieces.length > 1 || word === value.text.toLowerCase()) ?? [];
        if (known.length === 0 && !(key === "type" && value.text.includes("."))) {
          const near = nearest(value.text.toLowerCase(), spec.words ?? []);
          return fail(
            value,
            near === undefined
              ? `${key}: is one of ${spec.words?.join(", ")}`
              : `${key}:${value.text}? Did you mean ${key}:${near}?`,
          );
        }
        words.push(value.text.toLowerCase());
      }
      return { condition: { kind: "word", key, words } };
    }
  }
};

const parseTerm = (term: Term): Parsed => {
  if (term.openQuote !== undefined) {
    return { problem: { start: term.openQuote, end: term.end, message: "This quote is not closed" } };
  }
  if (term.key === undefined) {
    return { condition: { kind: "text", globs: term.values.map((v) => compileGlob(v.text, v.quoted, false)) } };
  }
  if (!isKeyName(term.key)) {
    const near = nearest(term.key, keyNames);
    const hint = near === undefined ? "" : ` Did you mean ${near}:?`;
    return {
      problem: {
        start: term.keyStart,
        end: term.valueStart,
        message: `There is no key ${term.key}:${hint} Quote the term to search for it as text`,
      },
    };
  }
  if (term.values.length === 0) {
    return { problem: { start: term.keyStart, end: term.end, message: `${term.key}: needs a value` } };
  }
  return parseKeyed(term.key, term);
};

/** Reads a filter. Terms with a problem are left out of `terms`. */
export const parseQuery = (text: string): Query => {
  const terms: QueryTerm[] = [];
  const problems: Problem[] = [];
  for (const term of lex(text)) {
    const parsed = parseTerm(term);
    if ("problem" in parsed) problems.push(parsed.problem);
    else terms.push({ negated: term.negated, condition: parsed.condition });
  }
  return { terms, problems };
};
