// What the stream needs of one line of a log: its seq, type and time. Lines that we wrote have these at their start in a
// fixed order, and are not parsed as JSON for it; a line of another writer is.

export interface LineHead {
  readonly seq: number;
  readonly type: string;
  readonly t: number;
  /** The line, fit for one `data:` field. */
  readonly json: string;
}

/** How our own serializer starts a line. The type has no escapes, so what is between its quotes is the type. */
const OURS = /^\{"v":1,"seq":([1-9]\d{0,15}),"t":(\d{1,16}),"type":"([a-z][a-z.-]*)"[,}]/;

/**
 * Reads the head of one line (without its line end). `line` may be text or Latin-1 decoded bytes: what we look at is
 * ASCII, and `json` comes back in the encoding that was given. Undefined where the line is no event.
 */
export const lineHead = (line: string): LineHead | undefined => {
  const ours = OURS.exec(line);
  // A raw carriage return is legal white space in JSON, but would end a field of the event stream.
  if (ours !== null && !line.includes("\r")) {
    return { seq: Number(ours[1]), t: Number(ours[2]), type: ours[3] ?? "", json: line };
  }
  try {
    const value = JSON.parse(line) as { seq?: unknown; t?: unknown; type?: unknown } | null;
    if (typeof value?.seq !== "number" || typeof value.t !== "number" || typeof value.type !== "string") {
      return undefined;
    }
    const json = line.includes("\r") ? JSON.stringify(value) : line;
    return { seq: value.seq, t: value.t, type: value.type, json };
  } catch {
    return undefined;
  }
};
