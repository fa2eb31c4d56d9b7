// Reads the first fields of a log line from its bytes. Millions of lines pass here, so a line of our own serializer, which
// starts `{"v":1,"seq":N,"t":T,"type":"X"`, is not parsed as JSON; any other line is, and decoded in full.
import { decodeLine } from "../../../collector/protocol/decode.ts";

export type Header =
  | { readonly ok: true; readonly seq: number; readonly t: number; readonly type: string }
  | { readonly ok: false; readonly reason: string; readonly newer: boolean };

const start = Buffer.from('{"v":1,"seq":');
const time = Buffer.from(',"t":');
const type = Buffer.from(',"type":"');
const QUOTE = 0x22;
const BRACE = 0x7d;
const MAX_DIGITS = 16;

/** Whether `wanted` stands in `bytes` at `at`. */
const stands = (bytes: Buffer, at: number, wanted: Buffer): boolean => {
  for (let i = 0; i < wanted.length; i += 1) if (bytes[at + i] !== wanted[i]) return false;
  return true;
};

/** Reads digits at `at`; gives where they end, and leaves the number in `digits.value`. */
const digits = { value: 0 };
const readDigits = (bytes: Buffer, at: number): number => {
  let value = 0;
  let i = at;
  for (; i < at + MAX_DIGITS; i += 1) {
    const digit = (bytes[i] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  digits.value = value;
  return i;
};

const slow = (bytes: Buffer, from: number, to: number): Header => {
  const decoded = decodeLine(bytes.toString("utf8", from, to));
  if (decoded.ok) return { ok: true, seq: decoded.event.seq, t: decoded.event.t, type: decoded.event.type };
  return { ok: false, reason: decoded.reason, newer: /\bupdate Runglass\b/.test(decoded.reason) };
};

/** Header of the line `bytes[from..to)`, without its line end. */
export const readHeader = (bytes: Buffer, from: number, to: number): Header => {
  if (bytes[to - 1] !== BRACE || !stands(bytes, from, start)) return slow(bytes, from, to);
  const seqStart = from + start.length;
  let at = readDigits(bytes, seqStart);
  const seq = digits.value;
  if (at === seqStart || seq === 0 || !Number.isSafeInteger(seq) || !stands(bytes, at, time))
    return slow(bytes, from, to);
  const timeStart = at + time.length;
  at = readDigits(bytes, timeStart);
  const t = digits.value;
  if (at === timeStart || !Number.isSafeInteger(t) || !stands(bytes, at, type)) return slow(bytes, from, to);
  const nameStart = at + type.length;
  const nameEnd = bytes.indexOf(QUOTE, nameStart);
  if (nameEnd < nameStart || nameEnd >= to) return slow(bytes, from, to);
  const name = bytes.toString("latin1", nameStart, nameEnd);
  if (name.includes("\\")) return slow(bytes, from, to);
  return { ok: true, seq, t, type: name };
};
