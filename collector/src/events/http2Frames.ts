// Puts the header blocks of HTTP/2 (RFC 9113) together: from the frames HEADERS, PUSH_PROMISE and CONTINUATION of one
// direction of a connection, one after another without the frames that stood between them.
import { type Field, HpackDecoder } from "./hpack.ts";

export interface HeaderBlock {
  readonly stream: number;
  /** Of a push promise: what the server says that the client could have asked. */
  readonly isPromise: boolean;
  readonly fields: readonly Field[];
}

const HEAD_BYTES = 9;
const TYPE = { headers: 1, pushPromise: 5, continuation: 9 } as const;
const FLAG = { endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;
/** The sensor tells no longer ones. */
const MOST_BLOCK_BYTES = 65_536;

/** And no sender cuts them into so many frames. */
const MOST_PARTS = 128;

interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Uint8Array;
}
interface OpenBlock {
  readonly stream: number;
  readonly isPromise: boolean;
  readonly parts: Uint8Array[];
  bytes: number;
}

const frameOf = (head: Uint8Array): Frame => {
  const view = new DataView(head.buffer, head.byteOffset, HEAD_BYTES);
  const [length, type] = [view.getUint32(0) >>> 8, view.getUint8(3)];
  const payload = new Uint8Array(Math.min(length, MOST_BLOCK_BYTES + 1));
  return { type, flags: view.getUint8(4), stream: view.getUint32(5) & 0x7fffffff, payload };
};

/** The fragment of a block in a frame, without padding and what stands before it. Undefined where that does not fit. */
const fragmentOf = ({ type, flags, payload }: Frame): Uint8Array | undefined => {
  if (type === TYPE.continuation) return payload;
  const isPadded = (flags & FLAG.padded) !== 0;
  const before = type === TYPE.pushPromise ? 4 : (flags & FLAG.priority) === 0 ? 0 : 5;
  const from = before + (isPadded ? 1 : 0);
  const to = payload.length - (isPadded ? (payload[0] ?? 0) : 0);
  return from <= to ? payload.subarray(from, to) : undefined;
};

export class HeaderBlocks {
  readonly #hpack: HpackDecoder;
  readonly #head = new Uint8Array(HEAD_BYTES);
  #frame: Frame | undefined;
  /** Bytes of the frame's payload that are there, or of its head. */
  #filled = 0;
  #block: OpenBlock | undefined;

  /** `wanted`: names of the fields to read. */
  constructor(wanted: ReadonlySet<string>) {
    this.#hpack = new HpackDecoder(wanted);
  }

  /** What it keeps for the next bytes. */
  get heldBytes(): number {
    return (this.#frame?.payload.length ?? 0) + (this.#block?.bytes ?? 0) + this.#hpack.tableBytes;
  }

  /** The blocks that end in these bytes. Undefined when they cannot be read: then nothing behind them can either. */
  add(bytes: Uint8Array): HeaderBlock[] | undefined {
    const blocks: HeaderBlock[] = [];
    for (let at = 0; at < bytes.length;) {
      const room = this.#frame?.payload ?? this.#head;
      const taken = bytes.subarray(at, at + room.length - this.#filled);
      room.set(taken, this.#filled);
      this.#filled += taken.length;
      at += taken.length;
      if (this.#filled < room.length) break;
      this.#filled = 0;
      if (this.#frame === undefined) {
        this.#frame = frameOf(this.#head);
        if (!this.#fits(this.#frame)) return undefined;
        if (this.#frame.payload.length > 0) continue;
      }
      const { stream, flags } = this.#frame;
      const block = this.#append(this.#frame);
      this.#frame = undefined;
      if (block === undefined) return undefined;
      if ((flags & FLAG.endHeaders) === 0) continue;
      const fields = this.#hpack.decode(Buffer.concat(block.parts));
      this.#block = undefined;
      if (fields === undefined) return undefined;
      blocks.push({ stream, isPromise: block.isPromise, fields });
    }
    return blocks;
  }

  /** Whether the frame may stand here: no other one may come between those of a block. */
  #fits({ type, stream, payload }: Frame): boolean {
    if (stream === 0 || (this.#block?.bytes ?? 0) + payload.length > MOST_BLOCK_BYTES) return false;
    if (this.#block !== undefined) return type === TYPE.continuation && stream === this.#block.stream;
    return type === TYPE.headers || type === TYPE.pushPromise;
  }

  #append(frame: Frame): OpenBlock | undefined {
    const { stream, type } = frame;
    this.#block ??= { stream, isPromise: type === TYPE.pushPromise, parts: [], bytes: 0 };
    const fragment = fragmentOf(frame);
    if (fragment === undefined || this.#block.parts.push(fragment) > MOST_PARTS) return undefined;
    this.#block.bytes += fragment.length;
    return this.#block;
  }
}
