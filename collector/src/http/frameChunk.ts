// Turns lines of a log into messages of the event stream.
import { sseMessage } from "../../protocol/sse.ts";
import type { LogChunk } from "../log/cursor.ts";
import { lineHead } from "../log/lineHead.ts";

export interface Framed {
  readonly text: string;
  /** Type of the last event. */
  readonly lastType: string;
}

/**
 * The messages of a chunk, `text` as Latin-1 text of the UTF-8 bytes: each byte is one character, so nothing is decoded or
 * encoded on the way from the file to the socket. Write it with "latin1". Throws where a line is not the event that the
 * log's numbering says it is, so that a damaged log ends a stream instead of leaving a gap in it.
 */
export const frameChunk = (chunk: LogChunk): Framed => {
  const text = chunk.bytes.toString("latin1");
  let framed = "";
  let lastType = "";
  let seq = chunk.firstSeq;
  for (let from = 0; from < text.length; seq++) {
    const end = text.indexOf("\n", from);
    const head = lineHead(text.slice(from, text[end - 1] === "\r" ? end - 1 : end));
    if (head?.seq !== seq) throw new Error(`the log's line ${seq} is not event ${seq}`);
    framed += sseMessage(seq, head.type, head.json);
    lastType = head.type;
    from = end + 1;
  }
  return { text: framed, lastType };
};
