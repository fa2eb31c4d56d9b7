// Whether a segment holds what its name says: whole lines that are the events `first` to `last`, each once.
import { readHeader } from "../sessions/lineHeader.ts";

export interface SegmentRange {
  readonly first: number;
  readonly last: number;
}

export type SegmentLines =
  | { readonly ok: true; /** The lines behind event `after`. */ readonly bytes: Buffer }
  | { readonly ok: false; /** In the segment, from 1. */ readonly line: number; readonly reason: string };

const NEWLINE = 0x0a;

/** Checks a segment, and gives of its lines those that are not here yet. */
export const linesBehind = (bytes: Buffer, { first, last }: SegmentRange, after: number): SegmentLines => {
  let seq = first - 1;
  let cut = after < first ? 0 : bytes.length;
  for (let from = 0; from < bytes.length;) {
    const line = seq - first + 2;
    const newline = bytes.indexOf(NEWLINE, from);
    if (newline === -1) return { ok: false, line, reason: "it is cut off" };
    const header = readHeader(bytes, from, newline);
    if (!header.ok) return { ok: false, line, reason: header.reason };
    if (header.seq !== seq + 1) {
      return { ok: false, line, reason: `it is event ${header.seq} and should be event ${seq + 1}` };
    }
    seq = header.seq;
    if (seq > last) return { ok: false, line, reason: `it should end with event ${last}` };
    from = newline + 1;
    if (seq === after) cut = from;
  }
  if (seq < last) return { ok: false, line: seq - first + 1, reason: `it should go on to event ${last}` };
  return { ok: true, bytes: bytes.subarray(cut) };
};
