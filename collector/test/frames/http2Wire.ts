// HTTP/2 as a client or server would write it, for tests.
import { STATIC_FIELDS } from "../../src/events/hpackStatic.ts";
import { CODES } from "../../src/events/huffman.ts";

export const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");
export const TYPE = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  promise: 5,
  ping: 6,
  goaway: 7,
  window: 8,
  continuation: 9,
} as const;
export const FLAG = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 0x20 } as const;

export const frame = (type: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): Buffer => {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
};

/** What the sensor tells of the frames of one direction, which may begin with the client's preface. */
export const toldOf = (wire: Buffer): Buffer => {
  const told: Buffer[] = [];
  let at = wire.subarray(0, PREFACE.length).equals(PREFACE) ? PREFACE.length : 0;
  while (at < wire.length) {
    const end = at + 9 + wire.readUIntBE(at, 3);
    if ([TYPE.headers, TYPE.promise, TYPE.continuation].some((type) => type === wire[at + 3]))
      told.push(wire.subarray(at, end));
    at = end;
  }
  return Buffer.concat(told);
};

const integer = (value: number, bits: number, lead: number): number[] => {
  const most = 2 ** bits - 1;
  if (value < most) return [lead | value];
  const octets = [lead | most];
  let left = value - most;
  for (; left >= 128; left = Math.floor(left / 128)) octets.push((left % 128) | 128);
  return [...octets, left];
};

const huffman = (text: string): Buffer => {
  let bits = "";
  for (const octet of Buffer.from(text, "latin1")) {
    const length = CODES.findIndex(({ symbols }) => symbols.includes(octet));
    const { first, symbols } = CODES[length]!;
    bits += (first + symbols.indexOf(octet)).toString(2).padStart(length, "0");
  }
  const octets = bits.padEnd(Math.ceil(bits.length / 8) * 8, "1").match(/.{8}/g) ?? [];
  return Buffer.from(octets.map((octet) => Number.parseInt(octet, 2)));
};
const string = (text: string, isPacked: boolean): number[] => {
  const octets = isPacked ? huffman(text) : Buffer.from(text, "latin1");
  return [...integer(octets.length, 7, isPacked ? 0x80 : 0), ...octets];
};

export interface WireField {
  readonly name: string;
  readonly value: string;
  /** How a field that stands in no table is written. */
  readonly form?: "added" | "plain" | "never";
  readonly packed?: boolean;
}

/** Packs blocks as an encoder may that uses all that it can; its table is its own, made another way than the decoder's. */
export class HpackEncoder {
  #table: { readonly name: string; readonly value: string }[] = [];
  #most = 4096;

  /** `most`: a new size of the table, which the block begins with. */
  block(fields: readonly WireField[], most?: number): Buffer {
    const octets: number[] = [];
    if (most !== undefined) {
      octets.push(...integer(most, 5, 0x20));
      this.#most = most;
      this.#shrink();
    }
    for (const field of fields) octets.push(...this.#field(field));
    return Buffer.from(octets);
  }

  #field({ name, value, form = "added", packed = false }: WireField): number[] {
    const all = [...STATIC_FIELDS.map(([n, v]) => ({ name: n, value: v })), ...this.#table];
    const whole = all.findIndex((entry) => entry.name === name && entry.value === value) + 1;
    if (whole > 0 && form !== "never") return integer(whole, 7, 0x80);
    const named = all.findIndex((entry) => entry.name === name) + 1;
    const [bits, lead] = { added: [6, 0x40], plain: [4, 0], never: [4, 0x10] }[form] as [number, number];
    const octets = integer(named, bits, lead);
    if (named === 0) octets.push(...string(name, packed));
    octets.push(...string(value, packed));
    if (form === "added") {
      this.#table.unshift({ name, value });
      this.#shrink();
    }
    return octets;
  }

  #shrink(): void {
    const size = (): number => this.#table.reduce((sum, { name, value }) => sum + 32 + name.length + value.length, 0);
    while (size() > this.#most) this.#table.pop();
  }
}
