// Counts by name, for names that come from the log.

/** Counts by name. Not a plain object: a name may be "__proto__". */
export type Counter = Map<string, number>;

export const add = (counter: Counter, name: string, n = 1): void => {
  counter.set(name, (counter.get(name) ?? 0) + n);
};

/** As `add`, but a new name is only taken while there are fewer than `most`; returns whether it was. */
export const addBounded = (counter: Counter, name: string, most: number, n = 1): boolean => {
  if (counter.size >= most && !counter.has(name)) return false;
  add(counter, name, n);
  return true;
};

/** Entries with the greatest count first; equal ones by name. */
export const byCount = (counter: Counter): readonly (readonly [string, number])[] =>
  [...counter].toSorted((a, b) => b[1] - a[1] || compareText(a[0], b[0]));

/** An object for JSON, greatest count first. */
export const toRecord = (counter: Counter): Readonly<Record<string, number>> => Object.fromEntries(byCount(counter));

/** Order by code units, the same on every machine. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
