import { SocketAddress, isIPv6 } from "node:net";

/** The record types that the resolver knows by name. */
export const QTYPES: Readonly<Record<number, string>> = { 1: "A", 5: "CNAME", 28: "AAAA" };

export interface Question {
  readonly id: number;
  readonly recursionDesired: boolean;
  readonly name: string;
  readonly qtype: number;
  /** The question as it came, to be repeated in the answer. */
  readonly raw: Buffer;
}

/** An answer record: a name and its alias or address. */
export interface Answer {
  readonly name: string;
  readonly type: "A" | "AAAA" | "CNAME";
  readonly value: string;
}

const HEADER = 12;

/** Reads the question of a DNS query; undefined for anything that is no plain query with one question. */
export const parseQuery = (message: Buffer): Question | undefined => {
  if (message.length < HEADER + 5 || message.readUInt16BE(4) !== 1) return undefined;
  const flags = message.readUInt16BE(2);
  if ((flags & 0xf800) !== 0) return undefined;
  const labels: string[] = [];
  let at = HEADER;
  for (;;) {
    const length = message[at] ?? 64;
    if (length === 0) break;
    if (length > 63 || at + 1 + length >= message.length) return undefined;
    labels.push(message.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  if (at + 5 > message.length) return undefined;
  return {
    id: message.readUInt16BE(0),
    recursionDesired: (flags & 0x0100) !== 0,
    name: labels.join(".").toLowerCase(),
    qtype: message.readUInt16BE(at + 1),
    raw: message.subarray(HEADER, at + 5),
  };
};

const encodeName = (name: string): Buffer =>
  Buffer.concat([
    ...name.split(".").map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label, "latin1")])),
    Buffer.from([0]),
  ]);

const groups = (text: string): string[] => (text === "" ? [] : text.split(":"));

/** The 16 bytes of an IPv6 address in text. */
const encodeIpv6 = (ip: string): Buffer => {
  const [head = "", tail] = new SocketAddress({ address: ip, family: "ipv6" }).address.split("::");
  const left = groups(head);
  const right = groups(tail ?? "");
  const all = [...left, ...Array<string>(8 - left.length - right.length).fill("0"), ...right];
  const bytes = Buffer.alloc(16);
  all.forEach((group, index) => bytes.writeUInt16BE(Number.parseInt(group, 16), index * 2));
  return bytes;
};

const encodeAnswer = (answer: Answer, ttl: number): Buffer => {
  const value =
    answer.type === "CNAME"
      ? encodeName(answer.value)
      : isIPv6(answer.value)
        ? encodeIpv6(answer.value)
        : Buffer.from(answer.value.split(".").map(Number));
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(answer.type === "A" ? 1 : answer.type === "AAAA" ? 28 : 5, 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt32BE(ttl, 4);
  fixed.writeUInt16BE(value.length, 8);
  return Buffer.concat([encodeName(answer.name), fixed, value]);
};

/** Writes the response to a question. `rcode` 0 is no error, 3 "no such name"; a truncated one carries no answers. */
export const writeResponse = (
  question: Question,
  rcode: number,
  answers: readonly Answer[],
  truncated = false,
): Buffer => {
  const sent = truncated ? [] : answers;
  const header = Buffer.alloc(HEADER);
  header.writeUInt16BE(question.id, 0);
  header.writeUInt16BE(0x8080 | (truncated ? 0x0200 : 0) | (question.recursionDesired ? 0x0100 : 0) | rcode, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(sent.length, 6);
  return Buffer.concat([header, question.raw, ...sent.map((answer) => encodeAnswer(answer, 60))]);
};
