// What the rules about entries share.
import type { Entry, EndpointList } from "../../model/endpoints.ts";
import { endsOf, faultOf, portOf, soundEntries, wildcardParent, type EntryFault } from "../../model/entrySyntax.ts";
import type { FileContext, Finding, Fix, ListContext, Rule } from "../rule.ts";
import { keepScalar, removeFromList, replaceSpan } from "../../model/edits.ts";

/** No list has so many patterns of other kinds than `*.domain` but to make us compare each with each. */
const MOST_WILDCARDS = 500;

const keyOf = (entry: Entry): string => `${entry.host.toLowerCase()}:${portOf(entry)}`;

/** One finding for each entry of each list that `find` has something to say of. */
export const eachEntry = (
  find: (entry: Entry, context: ListContext, file: FileContext) => Omit<Finding, "start" | "end"> | undefined,
) =>
  function* (file: FileContext): Iterable<Finding> {
    for (const context of file.lists) {
      for (const entry of context.list.entries) {
        if (entry.isExpression) continue;
        const found = find(entry, context, file);
        if (found !== undefined) yield { start: entry.start, end: entry.end, ...found };
      }
    }
  };

const push = <T>(map: Map<string, T[]>, key: string, value: T, most: number): void => {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else if (values.length < most) values.push(value);
};

/** Of wildcards of one domain, more do not tell anything new. */
const MOST_ALIKE = 20;

interface Pattern {
  readonly entry: Entry;
  readonly prefix: string;
  readonly suffix: string;
}

/** The sound entries of a list, also by what they say, so that a long list is judged in one go. */
export class Others {
  readonly all: readonly Entry[];
  readonly #first = new Map<string, Entry>();
  readonly #ports = new Map<string, Set<number>>();
  /** Of each wildcard the first entry. */
  readonly #wildcards = new Map<string, Entry>();
  /** `*.domain` by the domain, and by each domain that it is below. */
  readonly #below = new Map<string, Entry[]>();
  readonly #deepBelow = new Map<string, Entry[]>();
  /** How long these domains are. */
  readonly #lengths = new Set<number>();
  /** Patterns of other kinds. */
  readonly #patterns: Pattern[] = [];
  readonly #patternsByHost = new Map<string, Entry[]>();
  #patternsByPort: Map<number, Pattern[]> | undefined;

  constructor(all: readonly Entry[]) {
    this.all = all;
    for (const entry of all) {
      const key = keyOf(entry);
      if (!this.#first.has(key)) this.#first.set(key, entry);
      const host = entry.host.toLowerCase();
      this.#ports.set(host, (this.#ports.get(host) ?? new Set()).add(portOf(entry)));
      if (host.includes("*")) this.#addWildcard(host, entry);
    }
    // Nobody asks for domains that no wildcard has.
    for (const entry of all) {
      for (const domain of this.#domainsAbove(wildcardParent(entry.host) ?? ""))
        if (this.#below.has(domain)) push(this.#deepBelow, domain, entry, MOST_ALIKE);
    }
  }

  #addWildcard(host: string, entry: Entry): void {
    if (!this.#wildcards.has(host)) this.#wildcards.set(host, entry);
    const parent = wildcardParent(host);
    if (parent === undefined) {
      if (this.#patterns.length >= MOST_WILDCARDS) return;
      this.#patterns.push({ entry, ...endsOf(host) });
      push(this.#patternsByHost, host, entry, MOST_WILDCARDS);
      return;
    }
    push(this.#below, parent, entry, MOST_ALIKE);
    this.#lengths.add(parent.length);
  }

  /** The domains that a host is below, the nearest first, as far as there may be wildcards of them. */
  *#domainsAbove(host: string): Iterable<string> {
    for (let dot = host.indexOf("."); dot >= 0; dot = host.indexOf(".", dot + 1))
      if (this.#lengths.has(host.length - dot - 1)) yield host.slice(dot + 1);
  }

  /** The first entry with the same host and port. */
  first(entry: Entry): Entry | undefined {
    return this.#first.get(keyOf(entry));
  }

  has(host: string): boolean {
    return this.#ports.has(host);
  }

  /** The port that counts for a wildcard: of one that is listed with several, the first. */
  portOfWildcard(entry: Entry): number {
    return portOf(this.#wildcards.get(entry.host.toLowerCase()) ?? entry);
  }

  /** Wildcards `*.domain` that a host is below, or that are further out than `*.host`. */
  wildcardsAbove(host: string): readonly Entry[] {
    if (this.#below.size === 0) return [];
    return [...this.#domainsAbove(host)].flatMap((domain) => this.#below.get(domain) ?? []);
  }

  /** The entries before `entry`, a wildcard, that fit some host which it fits, in their order. */
  wildcardsLike(entry: Entry): readonly Entry[] {
    const host = entry.host.toLowerCase();
    const parent = wildcardParent(host);
    const same = this.#wildcards.get(host);
    const like =
      parent === undefined
        ? (this.#patternsByHost.get(host) ?? [])
        : [...(this.#below.get(parent) ?? []), ...(this.#deepBelow.get(parent) ?? []), ...this.wildcardsAbove(parent)];
    return [...new Set(same === undefined ? like : [same, ...like])]
      .filter((one) => one.start < entry.start)
      .toSorted((a, b) => a.start - b.start);
  }

  /**
   * Does the agent open the port of an entry because of that entry? It does where the host is listed with another port too, as
   * of a listed host it opens the listed ports only, and where wildcards with other ports fit it, as any of them counts.
   */
  isNeeded(entry: Entry): boolean {
    const host = entry.host.toLowerCase();
    const port = portOf(entry);
    if ((this.#ports.get(host)?.size ?? 0) > 1) return true;
    const name = wildcardParent(host) === undefined ? host : `x${host.slice(1)}`;
    for (const one of this.wildcardsAbove(name)) if (this.portOfWildcard(one) !== port) return true;
    for (const [other, patterns] of this.#patternsOfPorts()) {
      const fits = ({ prefix, suffix }: Pattern): boolean => name.startsWith(prefix) && `${name}.`.endsWith(suffix);
      if (other !== port && patterns.some(fits)) return true;
    }
    return false;
  }

  /** By the port that counts for each. */
  #patternsOfPorts(): ReadonlyMap<number, readonly Pattern[]> {
    if (this.#patternsByPort === undefined) {
      this.#patternsByPort = new Map();
      for (const pattern of this.#patterns) {
        const port = this.portOfWildcard(pattern.entry);
        const some = this.#patternsByPort.get(port);
        if (some === undefined) this.#patternsByPort.set(port, [pattern]);
        else some.push(pattern);
      }
    }
    return this.#patternsByPort;
  }
}

/** Many rules ask of each list. */
const known = new WeakMap<EndpointList, Others>();

const othersOf = (list: EndpointList): Others => {
  let others = known.get(list);
  if (others === undefined) known.set(list, (others = new Others(soundEntries(list.entries))));
  return others;
};

/** The same for entries without a fault of their own, each with the others of its list. */
export const eachSoundEntry = (
  find: (
    entry: Entry,
    others: Others,
    context: ListContext,
    file: FileContext,
  ) => Omit<Finding, "start" | "end"> | undefined,
) =>
  function* (file: FileContext): Iterable<Finding> {
    for (const context of file.lists) {
      const others = othersOf(context.list);
      for (const entry of others.all) {
        const found = find(entry, others, context, file);
        if (found !== undefined) yield { start: entry.start, end: entry.end, ...found };
      }
    }
  };

const fixOf = (title: string, edits: Fix["edits"], unsafe: boolean): Fix => ({
  title,
  edits,
  ...(unsafe ? { unsafe } : {}),
});

export const replaceEntry = (
  title: string,
  text: string,
  list: EndpointList,
  entry: Entry,
  newText: string,
  unsafe = false,
): Fix => fixOf(title, keepScalar(text, list, [replaceSpan(entry, newText)]), unsafe);

export const removeEntry = (title: string, text: string, list: EndpointList, entry: Entry, unsafe = false): Fix => ({
  ...fixOf(title, keepScalar(text, list, [removeFromList(text, list, entry)]), unsafe),
  // What begins a plain scalar then is not known yet.
  ...(list.scalar.style === "plain" ? {} : { joins: true }),
});

export const syntaxRule = (
  fault: EntryFault,
  rule: Omit<Rule, "id" | "check">,
  tell: (entry: Entry, list: EndpointList, file: FileContext) => Omit<Finding, "start" | "end">,
): Rule => ({
  id: `endpoint/${fault}`,
  ...rule,
  check: eachEntry((entry, { list }, file) => (faultOf(entry) === fault ? tell(entry, list, file) : undefined)),
});
