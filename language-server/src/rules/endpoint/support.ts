// What the rules about entries share.
import type { Entry, EndpointList } from "../../model/endpoints.ts";
import { faultOf, portOf, soundEntries, type EntryFault } from "../../model/entrySyntax.ts";
import type { FileContext, Finding, Fix, ListContext, Rule } from "../rule.ts";
import { replaceSpan } from "../../model/edits.ts";

/** No list has so many but to make us compare each with each. */
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

/** The sound entries of a list, also by what they say, so that a long list is judged in one go. */
export class Others {
  readonly all: readonly Entry[];
  readonly wildcards: readonly Entry[];
  readonly #first = new Map<string, Entry>();
  readonly #hosts = new Set<string>();

  constructor(all: readonly Entry[]) {
    this.all = all;
    this.wildcards = all.filter(({ host }) => host.includes("*")).slice(0, MOST_WILDCARDS);
    for (const entry of all) {
      const key = keyOf(entry);
      if (!this.#first.has(key)) this.#first.set(key, entry);
      this.#hosts.add(entry.host.toLowerCase());
    }
  }

  /** The first entry with the same host and port. */
  first(entry: Entry): Entry | undefined {
    return this.#first.get(keyOf(entry));
  }

  has(host: string): boolean {
    return this.#hosts.has(host);
  }
}

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
      const others = new Others(soundEntries(context.list.entries));
      for (const entry of others.all) {
        const found = find(entry, others, context, file);
        if (found !== undefined) yield { start: entry.start, end: entry.end, ...found };
      }
    }
  };

export const replaceEntry = (title: string, entry: Entry, newText: string, unsafe = false): Fix => ({
  title,
  edits: [replaceSpan(entry, newText)],
  ...(unsafe ? { unsafe } : {}),
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
