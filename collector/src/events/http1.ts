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

const REQUEST_LINE = /^([!#$%&'*+.^_`|~\dA-Za-z-]{1,32}) ([\x21-\x7e\x80-\xff]+) HTTP\/(1\.\d)$/;
const STATUS_LINE = /^HTTP\/1\.\d ([1-9]\d\d)(?: |$)/;
const AUTHORITY = /^(?:\[[\da-f:.]{2,45}\]|[a-z\d._-]{1,253})(?::\d{1,5})?$/;
const ABSOLUTE = /^[a-z][a-z\d+.-]{0,15}:\/\/(?:[^/?#@]*@)?([^/?#]*)(.*)$/i;
const MASKED_QUERY = "?***";

const linesOf = (head: string): string[] =>
  head
    .replaceAll("\r", "")
    .split("\n")
    .filter((line) => line !== "");

const authority = (text: string): string | undefined => {
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

const maskPath = (path: string): string => {
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

/** The end of the first head in the text: behind its empty line, if that is there and something before it. */
const endOfHead = (text: string): number => {
  let started = false;
  for (let from = 0, end = text.indexOf("\n"); end >= 0; from = end + 1, end = text.indexOf("\n", from)) {
    const empty = text.slice(from, end).replaceAll("\r", "") === "";
    if (empty && started) return end + 1;
    started ||= !empty;
  }
  return -1;
};

/** Puts the pieces of one direction together to heads. A head of which a piece is missing is left out. */
export class HeadReader {
  #message = -1;
  #text = "";

  add({ message, offset, bytes, whole }: HeadPiece): Head[] {
    if (offset === 0) [this.#message, this.#text] = [message, ""];
    else if (message !== this.#message || this.#text === "" || offset < this.#text.length) this.#text = "";
    // The end of a head that is longer than what is told of it comes without bytes.
    else if (offset > this.#text.length && bytes.length > 0) this.#text = "";
    if (offset > 0 && this.#text === "") return [];
    this.#text += Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
    const heads: Head[] = [];
    for (let end = endOfHead(this.#text); end >= 0; end = endOfHead(this.#text)) this.#take(heads, end);
    if (whole && this.#text !== "") this.#take(heads, this.#text.length);
    return heads;
  }

  #take(heads: Head[], end: number): void {
    heads.push({ message: this.#message++, text: this.#text.slice(0, end) });
    this.#text = this.#text.slice(end);
  }
}
