// Finds the row that a repeated event folds into: an open-addressing hash table that holds row numbers only; the key is
// read from the rows' own columns.

/** The columns that make a row's key. */
export interface KeyColumns {
  readonly tag: Uint8Array;
  readonly owner: Int32Array;
  readonly keyA: Int32Array;
  readonly keyB: Int32Array;
}

const hashOf = (tag: number, owner: number, keyA: number, keyB: number): number => {
  let hash = Math.imul(owner, 0x9e3779b1) ^ Math.imul(keyA, 0x85ebca6b) ^ Math.imul(keyB, 0xc2b2ae35) ^ tag;
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
};

export class KeyIndex {
  #slots: Int32Array;
  #mask: number;
  #used = 0;

  /** `rows` is how many rows it must hold; the table is twice that, so that probes stay short. */
  constructor(rows: number) {
    const size = 2 ** Math.ceil(Math.log2(rows * 2));
    this.#slots = new Int32Array(size);
    this.#mask = size - 1;
  }

  get used(): number {
    return this.#used;
  }

  /** The row of this key, or 0. */
  find(rows: KeyColumns, tag: number, owner: number, keyA: number, keyB: number): number {
    for (let at = hashOf(tag, owner, keyA, keyB) & this.#mask; ; at = (at + 1) & this.#mask) {
      const row = this.#slots[at] ?? 0;
      if (row === 0) return 0;
      if (rows.keyB[row] === keyB && rows.keyA[row] === keyA && rows.owner[row] === owner && rows.tag[row] === tag) {
        return row;
      }
    }
  }

  /** Adds a row whose key is not there yet. */
  add(rows: KeyColumns, row: number): void {
    const hash = hashOf(rows.tag[row] ?? 0, rows.owner[row] ?? 0, rows.keyA[row] ?? 0, rows.keyB[row] ?? 0);
    let at = hash & this.#mask;
    while (this.#slots[at] !== 0) at = (at + 1) & this.#mask;
    this.#slots[at] = row;
    this.#used += 1;
  }

  /** Forgets a row that is there, while its key still is what it was when it was added. */
  remove(rows: KeyColumns, row: number): void {
    const home = (at: number): number =>
      hashOf(rows.tag[at] ?? 0, rows.owner[at] ?? 0, rows.keyA[at] ?? 0, rows.keyB[at] ?? 0) & this.#mask;
    let gap = home(row);
    while (this.#slots[gap] !== row) {
      if (this.#slots[gap] === 0) return;
      gap = (gap + 1) & this.#mask;
    }
    this.#used -= 1;
    // What was pushed past the gap by it comes back, so that no probe ends at the gap too early.
    for (let at = (gap + 1) & this.#mask; this.#slots[at] !== 0; at = (at + 1) & this.#mask) {
      const other = this.#slots[at] ?? 0;
      if (((at - home(other)) & this.#mask) < ((at - gap) & this.#mask)) continue;
      this.#slots[gap] = other;
      gap = at;
    }
    this.#slots[gap] = 0;
  }

  /** The same index with room for `rows`. */
  grown(rows: number, columns: KeyColumns): KeyIndex {
    const bigger = new KeyIndex(rows);
    for (const row of this.#slots) if (row !== 0) bigger.add(columns, row);
    return bigger;
  }
}
