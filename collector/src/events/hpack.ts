// Reads blocks of header fields that HPACK has packed (RFC 7541), in the order in which they were sent: each can refer to
// what the ones before it have put into a table. Of fields that nobody asked for no value is kept, only its size. The
// bytes come from whoever we watch: what does not fit gives undefined, never an exception.
import { decodeHuffman } from "./huffman.ts";
import { STATIC_FIELDS } from "./hpackStatic.ts";

/** Octets as Latin-1: one character for each. */
export interface Field {
  readonly name: string;
  readonly value: string;
}
interface Entry {
  /** Undefined for one of the connection's own that is not wanted. */
  readonly field: Field | undefined;
  /** Octets of its name. */
  readonly named: number;
  readonly size: number;
}
/** A string of a block: its octets where they are wanted, and their number. */
interface Text {
  readonly octets: string;
  readonly length: number;
}

const STATIC: readonly Entry[] = STATIC_FIELDS.map(([name, value]) => {
  return { field: { name, value }, named: name.length, size: 0 };
});
/** What an entry takes in the table beyond its octets, as the RFC counts it. */
const ENTRY_OVERHEAD = 32;
/** The size of a table of which nothing else was said, and the largest that is followed. */
const TABLE_BYTES = { first: 4096, most: 65_536 } as const;
/** An integer of more than 28 bits behind its first ones means nothing here. */
const MOST_SHIFT = 21;

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");

/** A block that breaks the rules. */
class Broken extends Error {}

export class HpackDecoder {
  readonly #wanted: ReadonlySet<string>;
  /** The newest last. */
  readonly #dynamic: Entry[] = [];
  #size = 0;
  #most: number = TABLE_BYTES.first;
  #block: Uint8Array = new Uint8Array(0);
  #at = 0;

  /** `wanted`: names of the fields to read, in lower case. */
  constructor(wanted: ReadonlySet<string>) {
    this.#wanted = wanted;
  }

  /** What the table takes, in octets as the RFC counts them. */
  get tableBytes(): number {
    return this.#size;
  }

  /** The wanted fields of a whole block, in order. Undefined where it is broken: then the next ones cannot be read either. */
  decode(block: Uint8Array): Field[] | undefined {
    this.#block = block;
    this.#at = 0;
    const fields: Field[] = [];
    try {
      while (this.#at < block.length && (this.#lead() & 0xe0) === 0x20) this.#resize(this.#integer(5));
      while (this.#at < block.length) {
        const field = this.#next();
        if (field !== undefined) fields.push(field);
      }
      return fields;
    } catch (error) {
      if (error instanceof Broken) return undefined;
      throw error;
    } finally {
      this.#block = new Uint8Array(0);
    }
  }

  #next(): Field | undefined {
    const lead = this.#lead();
    if ((lead & 0x80) !== 0) {
      const { field } = this.#entry(this.#integer(7));
      return field !== undefined && this.#wanted.has(field.name) ? field : undefined;
    }
    if ((lead & 0x40) !== 0) return this.#literal(6);
    // The size of the table changes at the beginning of a block only.
    if ((lead & 0x20) !== 0) throw new Broken();
    return this.#literal(4);
  }

  /** A field whose value, and perhaps its name, is written out. `bits`: of its index; 6 where it is put into the table. */
  #literal(bits: 4 | 6): Field | undefined {
    const index = this.#integer(bits);
    const known = index === 0 ? undefined : this.#entry(index);
    const written = known === undefined ? this.#text(true) : undefined;
    const name = known === undefined ? written?.octets : known.field?.name;
    const isWanted = name !== undefined && this.#wanted.has(name);
    const value = this.#text(isWanted);
    const field = isWanted ? { name, value: value.octets } : undefined;
    const named = known?.named ?? written?.length ?? 0;
    if (bits === 6) this.#add({ field, named, size: ENTRY_OVERHEAD + named + value.length });
    return field;
  }

  /** By its index, from 1: the static ones, then the newest. */
  #entry(index: number): Entry {
    const entry = STATIC[index - 1] ?? this.#dynamic[this.#dynamic.length - (index - STATIC.length)];
    if (entry === undefined) throw new Broken();
    return entry;
  }

  #add(entry: Entry): void {
    this.#size += entry.size;
    this.#dynamic.push(entry);
    this.#evict();
  }

  #resize(most: number): void {
    if (most > TABLE_BYTES.most) throw new Broken();
    this.#most = most;
    this.#evict();
  }

  #evict(): void {
    let old = 0;
    for (; this.#size > this.#most; old++) this.#size -= this.#dynamic[old]?.size ?? 0;
    if (old > 0) this.#dynamic.splice(0, old);
  }

  #lead(): number {
    return this.#block[this.#at] ?? 0;
  }

  /** An integer that begins in the last `bits` of an octet (5.1). */
  #integer(bits: number): number {
    const most = (1 << bits) - 1;
    let value = this.#lead() & most;
    this.#at++;
    if (value < most) return value;
    for (let shift = 0; shift <= MOST_SHIFT && this.#at < this.#block.length; shift += 7) {
      const octet = this.#lead();
      this.#at++;
      value += (octet & 0x7f) << shift;
      if (octet < 0x80) return value;
    }
    throw new Broken();
  }

  /** A string (5.2). */
  #text(isWanted: boolean): Text {
    if (this.#at >= this.#block.length) throw new Broken();
    const isPacked = (this.#lead() & 0x80) !== 0;
    const length = this.#integer(7);
    const from = this.#at;
    const to = from + length;
    if (to > this.#block.length) throw new Broken();
    this.#at = to;
    if (!isPacked) return { octets: isWanted ? latin1(this.#block.subarray(from, to)) : "", length };
    const octets: number[] | undefined = isWanted ? [] : undefined;
    const count = decodeHuffman(this.#block, from, to, octets);
    if (count < 0) throw new Broken();
    return { octets: octets === undefined ? "" : latin1(Uint8Array.from(octets)), length: count };
  }
}
