// Reads the one file in an artifact's archive. Who made the archive is the job: its directory may lie about sizes and names,
// so nothing is written by them, and what comes out is counted.
import type { Readable } from "node:stream";
import { openPromise, type Entry, type ZipFile } from "yauzl";

/** Says in a sentence part what is wrong with the archive. */
export class ArchiveError extends Error {
  override readonly name = "ArchiveError";
}

export interface ArchiveLimits {
  /** Bytes of the file when unpacked. */
  readonly maxBytes: number;
}

/** A log beside which there is more is not what we upload. */
const MOST_ENTRIES = 16;
const ENCRYPTED = 1;
/** Pieces of about this size are handed on: zlib's own are much smaller. */
const PIECE_BYTES = 256 * 1024;

const findFile = async (zip: ZipFile): Promise<Entry> => {
  let found: Entry | undefined;
  let entries = 0;
  for await (const entry of zip.eachEntry()) {
    entries += 1;
    if (entries > MOST_ENTRIES) throw new ArchiveError("it has many files");
    if (entry.fileName.endsWith("/")) continue;
    if (found !== undefined) throw new ArchiveError("it has more than one file");
    found = entry;
  }
  if (found === undefined) throw new ArchiveError("it has no file");
  if ((found.generalPurposeBitFlag & ENCRYPTED) !== 0) throw new ArchiveError("it is encrypted");
  return found;
};

/** The content of the archive's one file, piece by piece. Throws an `ArchiveError`. */
export async function* readOnlyFile(path: string, { maxBytes }: ArchiveLimits): AsyncGenerator<Buffer> {
  const tooLarge = (): ArchiveError => new ArchiveError(`it unpacks to more than ${Math.floor(maxBytes / 1e6)} MB`);
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(path, { lazyEntries: true, autoClose: false });
    const entry = await findFile(zip);
    if (entry.uncompressedSize > maxBytes) throw tooLarge();
    const content: Readable = await zip.openReadStreamPromise(entry);
    let size = 0;
    let pieces: Buffer[] = [];
    let held = 0;
    for await (const chunk of content) {
      const bytes = chunk as Buffer;
      size += bytes.length;
      if (size > maxBytes) throw tooLarge();
      pieces.push(bytes);
      held += bytes.length;
      if (held < PIECE_BYTES) continue;
      yield Buffer.concat(pieces, held);
      pieces = [];
      held = 0;
    }
    if (held > 0) yield Buffer.concat(pieces, held);
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
    // What the disk says is not the archive's fault.
    if (typeof code === "string" && code.startsWith("E") && !code.startsWith("ERR_")) throw error;
    throw new ArchiveError(`it is damaged: ${String(message).slice(0, 100)}`);
  } finally {
    zip?.close();
  }
}
