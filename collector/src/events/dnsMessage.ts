// Reads one DNS message as it was on the wire (RFC 1035). The bytes come from whoever we watch: every length is checked,
// compression pointers may only point backwards, and what does not fit gives undefined, never an exception.
import { ipv4Text, ipv6Text } from "../net/ip.ts";

export interface DnsQuestion {
  /** Lower case, without the final dot; "." for the root. Bytes that are not printable stand as \DDD. */
  readonly name: string;
  /** `A`, `AAAA`, … or `TYPE65280` for types without a name here. */
  readonly qtype: string;
}
export interface DnsMessage {
  readonly id: number;
  readonly response: boolean;
  /** The answer did not fit and is asked for again over TCP. */
  readonly truncated: boolean;
  /** `NOERROR`, `NXDOMAIN`, … or `RCODE11`. */
  readonly rcode: string;
  readonly question: DnsQuestion;
  /** As text: addresses as such, names of CNAME and the like, the type alone for what is not shown. */
  readonly answers: readonly string[];
  /** The addresses among the answers. */
  readonly addresses: readonly string[];
}

const TYPES: Readonly<Record<number, string>> = {
  1: "A",
  2: "NS",
  5: "CNAME",
  6: "SOA",
  12: "PTR",
  15: "MX",
  16: "TXT",
  28: "AAAA",
  33: "SRV",
  35: "NAPTR",
  39: "DNAME",
  43: "DS",
  46: "RRSIG",
  48: "DNSKEY",
  52: "TLSA",
  64: "SVCB",
  65: "HTTPS",
  251: "IXFR",
  252: "AXFR",
  255: "ANY",
  257: "CAA",
};
const RCODES = [
  "NOERROR",
  "FORMERR",
  "SERVFAIL",
  "NXDOMAIN",
  "NOTIMP",
  "REFUSED",
  "YXDOMAIN",
  "YXRRSET",
  "NXRRSET",
  "NOTAUTH",
  "NOTZONE",
];
const MAX_NAME = 255;
const MAX_ANSWERS = 64;

interface Read<T> {
  readonly value: T;
  /** Offset behind what was read. */
  readonly next: number;
}

const labelText = (bytes: Uint8Array, from: number, to: number): string => {
  let text = "";
  for (let i = from; i < to; i++) {
    const c = bytes[i] ?? 0;
    if (c >= 0x41 && c <= 0x5a) text += String.fromCharCode(c + 0x20);
    else if (c > 0x20 && c < 0x7f && c !== 0x2e && c !== 0x5c) text += String.fromCharCode(c);
    else text += `\\${String(c).padStart(3, "0")}`;
  }
  return text;
};

const readName = (bytes: Uint8Array, start: number): Read<string> | undefined => {
  const labels: string[] = [];
  let at = start;
  let next = -1;
  let limit = start; // A pointer must point before the place where the name (or the last jump) began: so it ends.
  let total = 0;
  for (;;) {
    const length = bytes[at];
    if (length === undefined) return undefined;
    if (length >= 0xc0) {
      const low = bytes[at + 1];
      if (low === undefined) return undefined;
      const target = ((length & 0x3f) << 8) | low;
      if (target >= limit) return undefined;
      if (next < 0) next = at + 2;
      limit = target;
      at = target;
      continue;
    }
    if (length > 63) return undefined;
    if (length === 0) return { value: labels.join(".") || ".", next: next < 0 ? at + 1 : next };
    total += length + 1;
    if (total >= MAX_NAME || at + 1 + length > bytes.length) return undefined;
    labels.push(labelText(bytes, at + 1, at + 1 + length));
    at += 1 + length;
  }
};

const u16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
const typeName = (type: number): string => TYPES[type] ?? `TYPE${type}`;

/** Where the name stands in the data of types whose data is shown as a name. */
const NAME_AT: Readonly<Record<number, number>> = { 2: 0, 5: 0, 12: 0, 15: 2, 33: 6, 39: 0 };

const answerText = (bytes: Uint8Array, type: number, at: number, length: number): string => {
  if (type === 1 && length === 4) return ipv4Text(bytes, at);
  if (type === 28 && length === 16) return ipv6Text(bytes, at);
  const nameAt = NAME_AT[type];
  const name = nameAt === undefined || nameAt >= length ? undefined : readName(bytes, at + nameAt);
  return name === undefined ? typeName(type) : name.value;
};

/** A question by itself, as it stands behind the head of a message; undefined for what is none. */
export const parseDnsQuestion = (bytes: Uint8Array): DnsQuestion | undefined => {
  const name = readName(bytes, 0);
  if (name === undefined || name.next + 2 > bytes.length) return undefined;
  return { name: name.value, qtype: typeName(u16(bytes, name.next)) };
};

/** Undefined for what is not a DNS message with exactly one question. Answers that are cut off are left out. */
export const parseDnsMessage = (bytes: Uint8Array): DnsMessage | undefined => {
  if (bytes.length < 12 || u16(bytes, 4) !== 1) return undefined;
  const flags = u16(bytes, 2);
  const question = readName(bytes, 12);
  if (question === undefined || question.next + 4 > bytes.length) return undefined;
  const answers: string[] = [];
  const addresses: string[] = [];
  let at = question.next + 4;
  for (let left = Math.min(u16(bytes, 6), MAX_ANSWERS); left > 0; left--) {
    const owner = readName(bytes, at);
    if (owner === undefined || owner.next + 10 > bytes.length) break;
    const type = u16(bytes, owner.next);
    const length = u16(bytes, owner.next + 8);
    const data = owner.next + 10;
    if (data + length > bytes.length) break;
    const text = answerText(bytes, type, data, length);
    answers.push(text);
    if ((type === 1 && length === 4) || (type === 28 && length === 16)) addresses.push(text);
    at = data + length;
  }
  const rcode = flags & 0xf;
  return {
    id: u16(bytes, 0),
    response: (flags & 0x8000) !== 0,
    truncated: (flags & 0x200) !== 0,
    rcode: RCODES[rcode] ?? `RCODE${rcode}`,
    question: { name: question.value, qtype: typeName(u16(bytes, question.next)) },
    answers,
    addresses,
  };
};
