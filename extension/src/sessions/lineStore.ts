// The one way to read a run, live or finished: whole lines of its log, by a cursor, from a file. Every reader has its own
// cursor, so a slow one costs nothing and a page that loads anew starts at the beginning.

/** A stretch of whole lines with consecutive seq numbers; in bytes of the store. */
export interface Extent {
  readonly start: number;
  end: number;
  readonly firstSeq: number;
}

export interface LineStore {
  /** In order; the last one grows. A run without damage has one. */
  readonly extents: readonly Extent[];
  /** Bytes of all that is known to be there, also of what is still to be checked. */
  readonly size: number;
  /** Bytes [start, end) of the store; they are within an extent. Rejects with a `UserError` when the file is gone. */
  readBytes(start: number, end: number): Promise<Uint8Array>;
}

export interface Cursor {
  readonly extent: number;
  readonly offset: number;
  readonly seq: number;
}

export interface LineChunk {
  /** Whole lines, the whole buffer of them, so that it can be posted as it is. */
  readonly bytes: ArrayBuffer;
  readonly firstSeq: number;
  readonly lines: number;
  /** Where the next chunk begins. */
  readonly next: Cursor;
}

export interface ChunkLimits {
  readonly maxBytes: number;
  readonly maxLines: number;
}

const NEWLINE = 0x0a;

/** Where reading `store` begins; undefined while it holds nothing. */
const begin = (store: LineStore): Cursor | undefined => {
  const first = store.extents[0];
  return first === undefined ? undefined : { extent: 0, offset: first.start, seq: first.firstSeq };
};

/** Moves over the end of an extent to the next one; undefined at the end of what is there. */
const settle = (store: LineStore, cursor: Cursor): Cursor | undefined => {
  const extent = store.extents[cursor.extent];
  if (extent === undefined) return undefined;
  if (cursor.offset < extent.end) return cursor;
  const following = store.extents[cursor.extent + 1];
  if (following === undefined) return undefined;
  return { extent: cursor.extent + 1, offset: following.start, seq: following.firstSeq };
};

/** Whether lines can be read at `cursor`. */
export const hasMore = (store: LineStore, cursor: Cursor | undefined): boolean => {
  const at = cursor ?? begin(store);
  return at !== undefined && settle(store, at) !== undefined;
};

interface Cut {
  readonly length: number;
  readonly lines: number;
}

/** The longest run of whole lines at the start of `bytes`; `last` says that they end with the extent. */
const cutLines = (bytes: Uint8Array, maxLines: number, last: boolean): Cut => {
  let length = 0;
  let lines = 0;
  while (lines < maxLines) {
    const newline = bytes.indexOf(NEWLINE, length);
    if (newline === -1) break;
    length = newline + 1;
    lines += 1;
  }
  // The last line of a file may have no line end.
  if (last && lines < maxLines && length < bytes.length) return { length: bytes.length, lines: lines + 1 };
  return { length, lines };
};

/** Reads the next whole lines at `cursor` (undefined: the start); undefined where there are none now. */
export const readChunk = async (
  store: LineStore,
  cursor: Cursor | undefined,
  limits: ChunkLimits,
): Promise<LineChunk | undefined> => {
  const from = cursor ?? begin(store);
  const at = from === undefined ? undefined : settle(store, from);
  if (at === undefined) return undefined;
  const end = store.extents[at.extent]?.end ?? at.offset;
  for (let want = limits.maxBytes; ; want *= 2) {
    const to = Math.min(end, at.offset + want);
    const bytes = await store.readBytes(at.offset, to);
    const { length, lines } = cutLines(bytes, limits.maxLines, to === end);
    if (lines > 0) {
      return {
        bytes: new Uint8Array(bytes.subarray(0, length)).buffer,
        firstSeq: at.seq,
        lines,
        next: { extent: at.extent, offset: at.offset + length, seq: at.seq + lines },
      };
    }
  }
};
