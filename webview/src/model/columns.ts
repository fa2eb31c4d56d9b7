// Struct-of-arrays storage. A row costs its bytes and nothing else: no object, no pointer, nothing for the garbage
// collector to walk, which is what lets a page hold a million rows and still paint on time.

type ColumnType = typeof Uint8Array | typeof Uint16Array | typeof Int32Array | typeof Uint32Array | typeof Float64Array;

export type Schema = Readonly<Record<string, ColumnType>>;
export type Columns<S extends Schema> = { [K in keyof S]: InstanceType<S[K]> };

/** The most rows that a table of the model ever holds. */
export const MAX_CAPACITY = 1 << 20;
/** The most rows of a view: a file with two rows of the model gets one more, and its directory another. */
export const MAX_TREE_CAPACITY = 1 << 21;

/**
 * Few and far apart: each step copies what is there, and the largest copy of the model (65,536 rows) takes about two
 * milliseconds; only a view of more than a million rows takes the last step.
 * Memory of the last step is reserved, not used, until rows are written: the system commits zero pages on first write.
 */
const STEPS = [4096, 65_536, MAX_CAPACITY, MAX_TREE_CAPACITY] as const;

/** The capacity that holds `count` entries. */
export const capacityFor = (count: number): number => STEPS.find((step) => count <= step) ?? MAX_TREE_CAPACITY;

/** New columns of zeros. */
export const makeColumns = <S extends Schema>(schema: S, capacity: number): Columns<S> => {
  const made: Record<string, unknown> = {};
  for (const name in schema) {
    const Type = schema[name] as ColumnType;
    made[name] = new Type(capacity);
  }
  return made as Columns<S>;
};

/** The same columns with room for `capacity` entries; the old arrays are left as they are. */
export const growColumns = <S extends Schema>(schema: S, columns: Columns<S>, capacity: number): Columns<S> => {
  const grown = makeColumns(schema, capacity);
  for (const name in schema) {
    (grown[name] as Uint8Array).set(columns[name] as Uint8Array);
  }
  return grown;
};
