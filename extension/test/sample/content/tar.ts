/** A file to pack: its path inside the archive, what it holds, and its permission bits (0o644 where not given). */
export interface PackedFile {
  readonly path: string;
  readonly data: Buffer;
  readonly mode?: number;
}

const BLOCK = 512;
const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, "0")}\0`;

const header = (file: PackedFile): Buffer => {
  const block = Buffer.alloc(BLOCK);
  block.write(file.path, 0, 100);
  block.write(octal(file.mode ?? 0o644, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(file.data.length, 12), 124);
  // A fixed time, so that the same files always give the same archive and the same integrity.
  block.write(octal(499162500, 12), 136);
  block.write("        ", 148);
  block.write("0", 156);
  block.write("ustar\0", 257);
  block.write("00", 263);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
};

/** A ustar archive. Paths are at most 100 bytes long. */
export const tar = (files: readonly PackedFile[]): Buffer => {
  const parts = files.flatMap((file) => {
    if (Buffer.byteLength(file.path) > 100) throw new Error(`Path too long for this tar writer: ${file.path}`);
    return [header(file), file.data, Buffer.alloc((BLOCK - (file.data.length % BLOCK)) % BLOCK)];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
};
