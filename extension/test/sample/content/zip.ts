import { crc32, deflateRawSync } from "node:zlib";

import type { PackedFile } from "./tar.ts";

const DEFLATE = 8;
const VERSION = 20;
// 1 January 1980, the first day that the format can say; a fixed one, so that the same files give the same archive.
const DOS_DATE = 0x21;

/** A zip archive of deflated files with permission bits, as a wheel is one. */
export const zip = (files: readonly PackedFile[]): Buffer => {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const name = Buffer.from(file.path);
    const packed = deflateRawSync(file.data);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(VERSION, 0);
    common.writeUInt16LE(DEFLATE, 4);
    common.writeUInt16LE(DOS_DATE, 8);
    common.writeUInt32LE(crc32(file.data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(file.data.length, 18);
    common.writeUInt16LE(name.length, 22);
    locals.push(Buffer.from("PK\x03\x04", "latin1"), common, name, packed);

    const more = Buffer.alloc(14);
    more.writeUInt32LE((((file.mode ?? 0o644) | 0o100000) << 16) >>> 0, 6);
    more.writeUInt32LE(offset, 10);
    // "Made by" Unix, without which readers ignore the permission bits.
    central.push(Buffer.from([0x50, 0x4b, 1, 2, VERSION, 3]), common, more, name);
    offset += 4 + common.length + name.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
};
