// Reads the heads of HTTP/1.x messages (RFC 9112) as the sensor tells them: without the bodies between them. They come
// from whoever we watch: what does not fit gives undefined, never an exception.
import { redactText } from "./redactText.ts";

export interface RequestHead {
  readonly method: string;
  /** Lower case, with the port where one is named: from the target where it is a whole URL, else from `Host`. */
  readonly host: string | undefined;
  /** Masked; empty for CONNECT. */
  readonly path: string;
  readonly version: string;
  /** What stands for the request's destination: its own server, any other (asked of a proxy), or a tunnel through one. */
  readonly form: "origin" | "absolute" | "tunnel";
}

export const METHOD = /^[!#$%&'*+.^_`|~\dA-Za-z-]{1,32}$/;
export const TARGET = /^[\x21-\x7e\x80-\xff]+$/;
const REQUEST_LINE = /^([^ ]+) ([^ ]+) HTTP\/(1\.\d)$/;
const STATUS_LINE = /^HTTP\/1\.\d ([1-9]\d\d)(?: |$)/;
const AUTHORITY = /^(?:\[[\da-f:.]{2,45}\]|[a-z\d._-]{1,253})(?::\d{1,5})?$/;
const ABSOLUTE = /^[a-z][a-z\d+.-]{0,15}:\/\/(?:[^/?#@]*@)?([^/?#]*)(.*)$/i;
const MASKED_QUERY = "?***";

const linesOf = (head: string): string[] =>
  head
    .replaceAll("\r", "")
    .split("\n")
    .filter((line) => line !== "");

/** In lower case and masked; undefined for what is none. */
export const authority = (text: string): string | undefined => {
  const lower = text.trim().toLowerCase();
  return AUTHORITY.test(lower) ? redactText(lower) : undefined;
};

/** Two different ones name no host. */
const hostHeader = (lines: readonly string[]): string | undefined => {
  const values = new Set<string>();
  for (const line of lines) if (/^host:/i.test(line)) values.add(line.slice(5).trim().toLowerCase());
  const [first, ...more] = values;
  return first === undefined || more.length > 0 ? undefined : authority(first);
};

export const maskPath = (path: string): string => {
  const query = path.search(/[?#]/);
  return query < 0 ? redactText(path) : redactText(path.slice(0, query)) + MASKED_QUERY;
};

/** `head`: from the request line on, whole or cut behind that line. Undefined for what is no request. */
export const parseRequest = (head: string): RequestHead | undefined => {
  if (!head.includes("\n")) return undefined;
  const [first = "", ...headers] = linesOf(head);
  const match = REQUEST_LINE.exec(first);
  if (match === null) return undefined;
  const [, method = "", target = "", version = ""] = match;
  if (!METHOD.test(method) || !TARGET.test(target)) return undefined;
  if (method === "CONNECT") return { method, host: authority(target), path: "", version, form: "tunnel" };
  const url = target.startsWith("/") ? null : ABSOLUTE.exec(target);
  if (url === null) return { method, host: hostHeader(headers), path: maskPath(target), version, form: "origin" };
  const path = maskPath(url[2] === "" ? "/" : (url[2] ?? "/"));
  return { method, host: authority(url[1] ?? ""), path, version, form: "absolute" };
};

/** The status of a response by its head; undefined for what is no response. */
export const parseStatus = (head: string): number | undefined => {
  const match = STATUS_LINE.exec(linesOf(head)[0] ?? "");
  return match === null ? undefined : Number(match[1]);
};

/** Some bytes of heads: of the head of `message` from `offset` on. `whole`: the last head in it ends here. */
export interface HeadPiece {
  readonly message: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly whole: boolean;
}
export interface Head {
  readonly message: number;
  /** As Latin-1: one character for each byte. */
  readonly text: string;
}

/** Puts the pieces of one direction together to heads. A head of which a piece is missing is left out. */
export class HeadReader {
  #message = -1;
  #text = "";
  /** Where the line begins whose end has not come yet: pieces may be of one byte, and what was read is not read again. */
  #line = 0;
  /** A line that is not empty was there: the next empty one ends the head. */
  #begun = false;

  add({ message, offset, bytes, whole }: HeadPiece): Head[] {
    if (offset === 0) {
      this.#message = message;
      this.#start("");
    } else if (message !== this.#message || this.#text === "" || offset < this.#text.length) this.#start("");
    // The end of a head that is longer than what is told of it comes without bytes.
    else if (offset > this.#text.length && bytes.length > 0) this.#start("");
    if (offset > 0 && this.#text === "") return [];
    this.#text += Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
    const heads: Head[] = [];
    for (let end = this.#end(); end >= 0; end = this.#end()) this.#take(heads, end);
    if (whole && this.#text !== "") this.#take(heads, this.#text.length);
    return heads;
  }

  #start(text: string): void {
    this.#text = text;
    this.#line = 0;
    this.#begun = false;
  }

  /** The end of the first head in the text: behind its empty line, if that is there and something before it. */
  #end(): number {
    for (;;) {
      const feed = this.#text.indexOf("\n", this.#line);
      if (feed < 0) return -1;
      const isEmpty = this.#text.slice(this.#line, feed).replaceAll("\r", "") === "";
      this.#line = feed + 1;
      if (isEmpty && this.#begun) return this.#line;
      this.#begun ||= !isEmpty;
    }
  }

  #take(heads: Head[], end: number): void {
    heads.push({ message: this.#message++, text: this.#text.slice(0, end) });
    this.#start(this.#text.slice(end));
  }
}
