// What the rules about entries share.
import type { Entry, EndpointList } from "../../model/endpoints.ts";
import { endsOf, faultOf, portOf, soundEntries, wildcardParent, type EntryFault } from "../../model/entrySyntax.ts";
import type { FileContext, Finding, Fix, ListContext, Rule } from "../rule.ts";
import { keepScalar, removeFromList, replaceSpan } from "../../model/edits.ts";

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
  readonly #ports = new Map<string, Set<number>>();

  constructor(all: readonly Entry[]) {
    this.all = all;
    this.wildcards = all.filter(({ host }) => host.includes("*")).slice(0, MOST_WILDCARDS);
    for (const entry of all) {
      const key = keyOf(entry);
      if (!this.#first.has(key)) this.#first.set(key, entry);
      const host = entry.host.toLowerCase();
      this.#hosts.add(host);
      this.#ports.set(host, (this.#ports.get(host) ?? new Set()).add(portOf(entry)));
    }
  }

  /** The first entry with the same host and port. */
  first(entry: Entry): Entry | undefined {
    return this.#first.get(keyOf(entry));
  }

  has(host: string): boolean {
    return this.#hosts.has(host);
  }

  /** The port that counts for a wildcard: of one that is listed with several, the first. */
  portOfWildcard(entry: Entry): number {
    const host = entry.host.toLowerCase();
    return portOf(this.wildcards.find((one) => one.host.toLowerCase() === host) ?? entry);
  }

  /**
   * Does the agent open the port of an entry because of another one alone? Not where the host is listed with another port too:
   * of a listed host it opens the listed ports only; nor where wildcards with other ports fit it, as any of them counts.
   */
  isNeeded(entry: Entry): boolean {
    const host = entry.host.toLowerCase();
    const port = portOf(entry);
    if ((this.#ports.get(host)?.size ?? 0) > 1) return true;
    const name = `${wildcardParent(host) === undefined ? host : `x${host.slice(1)}`}.`;
    return this.wildcards.some((one) => {
      const { prefix, suffix } = endsOf(one.host.toLowerCase());
      return name.startsWith(prefix) && name.endsWith(suffix) && this.portOfWildcard(one) !== port;
    });
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

export const removeEntry = (title: string, text: string, list: EndpointList, entry: Entry, unsafe = false): Fix =>
  fixOf(title, keepScalar(text, list, [removeFromList(text, list, entry)]), unsafe);

export const syntaxRule = (
  fault: EntryFault,
  rule: Omit<Rule, "id" | "check">,
  tell: (entry: Entry, list: EndpointList, file: FileContext) => Omit<Finding, "start" | "end">,
): Rule => ({
  id: `endpoint/${fault}`,
  ...rule,
  check: eachEntry((entry, { list }, file) => (faultOf(entry) === fault ? tell(entry, list, file) : undefined)),
});
