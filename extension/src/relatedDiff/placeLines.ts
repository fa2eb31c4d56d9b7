// Where lines of a change stand in a document: at their number, or where they have moved to, as what is shown may have been edited
// since, or be of a commit before or behind. A line that does not stand there any more has no place. Pure.

export interface WantedLine {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/** A document's lines, from 0, without their ends. */
export interface Lines {
  readonly count: number;
  readonly at: (line: number) => string;
}

/** A line is looked for so far from where it is expected. */
const REACH = 1000;
/** Of all lines together, so many comparisons. */
const MOST_COMPARISONS = 200_000;

/** By the number that was wanted, from 1, where it stands, from 0. Each line of the document is the place of one. */
export const placeLines = (wanted: readonly WantedLine[], lines: Lines): Map<number, number> => {
  const places = new Map<number, number>();
  const taken = new Set<number>();
  let comparisons = 0;
  // What stood above has moved by this: what follows has, too, as a rule.
  let shift = 0;
  const fits = (at: number, text: string): boolean => {
    if (at < 0 || at >= lines.count || taken.has(at)) return false;
    comparisons += 1;
    return lines.at(at) === text;
  };
  const find = (expected: number, text: string): number | undefined => {
    if (fits(expected, text)) return expected;
    // What says nothing is everywhere.
    if (text.trim().length < 2) return undefined;
    for (let away = 1; away <= REACH; away += 1) {
      if (comparisons >= MOST_COMPARISONS) return undefined;
      if (expected - away < 0 && expected + away >= lines.count) return undefined;
      for (const at of [expected + away, expected - away]) if (fits(at, text)) return at;
    }
    return undefined;
  };
  for (const { line, text } of [...wanted].sort((a, b) => a.line - b.line)) {
    const plain = text.endsWith("\r") ? text.slice(0, -1) : text;
    const at = find(line - 1 + shift, plain);
    if (at === undefined) continue;
    shift = at - (line - 1);
    taken.add(at);
    places.set(line, at);
  }
  return places;
};
