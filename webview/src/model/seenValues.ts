// The values that the run has shown so far, by filter key: what the filter box completes. Bounded: a run with more
// distinct values than this gets its first ones completed, and all of them filtered.

const MAX_VALUES = 4000;

export const seenKeys = [
  "host",
  "ip",
  "port",
  "comm",
  "exe",
  "user",
  "result",
  "step",
  "tool",
  "pid",
  "container",
] as const;
export type SeenKey = (typeof seenKeys)[number];

/** Times each value was seen. */
export type SeenValues = { readonly [K in SeenKey]: Map<string, number> };

export const createSeen = (): SeenValues => ({
  host: new Map(),
  ip: new Map(),
  port: new Map(),
  comm: new Map(),
  exe: new Map(),
  user: new Map(),
  result: new Map(),
  step: new Map(),
  tool: new Map(),
  pid: new Map(),
  container: new Map(),
});

export const noteSeen = (seen: SeenValues, key: SeenKey, value: string): void => {
  if (value === "") return;
  const values = seen[key];
  const count = values.get(value);
  if (count !== undefined) values.set(value, count + 1);
  else if (values.size < MAX_VALUES) values.set(value, 1);
};
