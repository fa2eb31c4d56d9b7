// Reads the server name out of the first bytes that a TLS client sends (RFC 8446 4.1.2, RFC 6066 3). They come from
// whoever we watch: every length is checked, and what does not fit gives `none`, never an exception.
//
// Where the hello is encrypted (ECH), the name is the outer one. It cannot be told apart: browsers send the extension of
// ECH with a plain name too, filled at random.
import { isHostName } from "./hostName.ts";
import { StreamBytes } from "./streamBytes.ts";

/** `more`: the bytes are the beginning of a ClientHello. `none`: there is no ClientHello, or it names no server. */
export type ClientHello =
  { readonly kind: "more" } | { readonly kind: "none" } | { readonly kind: "name"; readonly name: string };

const NONE: ClientHello = { kind: "none" };
const MORE: ClientHello = { kind: "more" };

const HANDSHAKE = 0x16;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const HOST_NAME = 0;
const RECORD_HEAD = 5;
const MAX_RECORD = 16_384;
/** Far longer than any that a client sends. */
const MAX_HELLO = 65_536;

/** A part of a message; reading beyond its end gives undefined once and for all. */
class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  number(size: 1 | 2 | 3): number | undefined {
    if (this.left < size) return undefined;
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + (this.#bytes[this.#at++] ?? 0);
    return value;
  }

  take(length: number): Uint8Array | undefined {
    if (this.left < length) return undefined;
    const from = this.#at;
    this.#at += length;
    return this.#bytes.subarray(from, this.#at);
  }

  /** A vector: its length in `size` bytes, then its bytes. */
  vector(size: 1 | 2 | 3): Uint8Array | undefined {
    const length = this.number(size);
    return length === undefined ? undefined : this.take(length);
  }
}

/** Of the handshake message that begins here, with its four leading bytes; undefined as long as these are not there. */
const messageLength = (bytes: Uint8Array): number | undefined =>
  bytes.length < 4 ? undefined : 4 + (((bytes[1] ?? 0) << 16) | ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0));

/** Puts the first handshake message together from the records that carry it; each byte is looked at once. */
class HandshakeReader {
  readonly #head: number[] = [];
  /** Bytes of the record that have not come yet. */
  #left = 0;
  #message = new Uint8Array(1024);
  #size = 0;

  get message(): Uint8Array {
    return this.#message.subarray(0, this.#size);
  }

  /** False where something else than a handshake comes before the end of the message. */
  add(bytes: Uint8Array): boolean {
    for (let at = 0; at < bytes.length && !this.#isWhole;) {
      if (this.#left === 0) {
        if (!this.#addToHead(bytes[at++] ?? 0)) return false;
        continue;
      }
      const part = bytes.subarray(at, at + this.#left);
      this.#append(part);
      this.#left -= part.length;
      at += part.length;
    }
    return true;
  }

  get #isWhole(): boolean {
    return this.#size >= (messageLength(this.message) ?? Infinity);
  }

  #addToHead(byte: number): boolean {
    const head = this.#head;
    head.push(byte);
    if (head[0] !== HANDSHAKE || (head.length > 1 && head[1] !== 3)) return false;
    if (head.length < RECORD_HEAD) return true;
    this.#left = ((head[3] ?? 0) << 8) | (head[4] ?? 0);
    head.length = 0;
    return this.#left > 0 && this.#left <= MAX_RECORD;
  }

  #append(part: Uint8Array): void {
    if (this.#size + part.length > this.#message.length) {
      const grown = new Uint8Array(Math.max(this.#message.length * 2, this.#size + part.length));
      grown.set(this.message);
      this.#message = grown;
    }
    this.#message.set(part, this.#size);
    this.#size += part.length;
  }
}

const serverName = (extension: Uint8Array): string | undefined => {
  const list = new Reader(extension).vector(2);
  if (list === undefined) return undefined;
  const entries = new Reader(list);
  for (;;) {
    const type = entries.number(1);
    const value = entries.vector(2);
    if (type === undefined || value === undefined) return undefined;
    if (type !== HOST_NAME) continue;
    const name = Buffer.from(value).toString("latin1").toLowerCase().replace(/\.$/, "");
    return isHostName(name) ? name : undefined;
  }
};

/** Of the message, without its four leading bytes. */
const readHello = (message: Uint8Array): ClientHello => {
  const hello = new Reader(message);
  const versionAndRandom = hello.take(34);
  const session = hello.vector(1);
  const suites = hello.vector(2);
  const compressions = hello.vector(1);
  const all = hello.vector(2);
  if (!versionAndRandom || !session || !suites || !compressions || !all) return NONE;
  const extensions = new Reader(all);
  let name: string | undefined;
  while (extensions.left > 0) {
    const type = extensions.number(2);
    const value = extensions.vector(2);
    if (type === undefined || value === undefined) return NONE;
    if (type === SERVER_NAME) name ??= serverName(value);
  }
  return name === undefined ? NONE : { kind: "name", name };
};

const clientHelloOf = (handshake: Uint8Array): ClientHello => {
  if (handshake.length > 0 && handshake[0] !== CLIENT_HELLO) return NONE;
  const length = messageLength(handshake);
  if (length === undefined) return MORE;
  if (length > MAX_HELLO) return NONE;
  return handshake.length < length ? MORE : readHello(handshake.subarray(4, length));
};

/** Reads a ClientHello that comes in pieces. */
export class ClientHelloReader {
  readonly #stream = new StreamBytes();
  readonly #handshake = new HandshakeReader();
  #size = 0;

  /** `offset`: of the first of the bytes in the stream. */
  add(offset: number, bytes: Uint8Array): ClientHello {
    const more = this.#stream.add(offset, bytes);
    if (more === undefined || this.#size + more.length > MAX_HELLO) return NONE;
    this.#size += more.length;
    return this.#handshake.add(more) ? clientHelloOf(this.#handshake.message) : NONE;
  }
}

/** `bytes`: the stream from its first byte on, as far as it is known. */
export const readClientHello = (bytes: Uint8Array): ClientHello => new ClientHelloReader().add(0, bytes);
