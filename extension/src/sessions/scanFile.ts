// Feeds a log file to a scanner in blocks of whole lines.
import type { FileHandle } from "node:fs/promises";
import { decodeLine } from "../../../collector/protocol/decode.ts";
import type { LogScanner } from "./logScanner.ts";

const BLOCK_BYTES = 1 << 20;
/** A longer line is no event of ours; reading it would take memory without a bound. */
const LONGEST_LINE = 8 << 20;
const NEWLINE = 0x0a;

/** Fills as much of `block` as the file has at `position`. */
const fill = async (file: FileHandle, block: Buffer, position: number): Promise<number> => {
  let length = 0;
  while (length < block.length) {
    const { bytesRead } = await file.read(block, length, block.length - length, position + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length;
};

export interface ScanResult {
  /** Where the next scan goes on: behind the last whole line. */
  readonly position: number;
  /** The file ends within a line that can't be read. */
  readonly cutOff: boolean;
}

export interface ScanOptions {
  /** Start of the first line to scan, in bytes. */
  readonly position: number;
  /** Whether a last line without a line end is taken when it is whole. */
  readonly takeUnended: boolean;
  /** Called after each block with where the scan stands; ends the scan by returning false. */
  readonly onBlock: (position: number) => boolean;
}

/** Scans to the present end of the file. */
export const scanFile = async (file: FileHandle, scanner: LogScanner, options: ScanOptions): Promise<ScanResult> => {
  let at = options.position;
  let block = Buffer.allocUnsafe(BLOCK_BYTES);
  for (;;) {
    const length = await fill(file, block, at);
    const newline = length === 0 ? -1 : block.lastIndexOf(NEWLINE, length - 1);
    if (newline >= 0) {
      scanner.feed(block.subarray(0, newline + 1), at);
      at += newline + 1;
    } else if (length < block.length) return length === 0 ? { position: at, cutOff: false } : lastLine(block, length);
    else if (block.length >= LONGEST_LINE) {
      scanner.note(`a line is longer than ${LONGEST_LINE >> 20} MiB`);
      return { position: at, cutOff: false };
    } else block = Buffer.allocUnsafe(block.length * 2);
    if (!options.onBlock(at) || scanner.hopeless) return { position: at, cutOff: false };
  }

  /** The file may just be growing, or end in a line that was cut off. */
  function lastLine(bytes: Buffer, length: number): ScanResult {
    if (!options.takeUnended || !decodeLine(bytes.toString("utf8", 0, length)).ok)
      return { position: at, cutOff: true };
    scanner.feed(bytes.subarray(0, length), at);
    return { position: at + length, cutOff: false };
  }
};
