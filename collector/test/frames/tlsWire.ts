// What a TLS client sends first, for tests.

const vector = (size: 1 | 2 | 3, ...parts: readonly Buffer[]): Buffer => {
  const bytes = Buffer.concat(parts);
  const length = Buffer.alloc(size);
  length.writeUIntBE(bytes.length, 0, size);
  return Buffer.concat([length, bytes]);
};
const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255]);

export const extension = (type: number, data: Buffer): Buffer => Buffer.concat([u16(type), vector(2, data)]);
export const serverName = (name: string, type = 0): Buffer =>
  extension(0, vector(2, Buffer.from([type]), vector(2, Buffer.from(name, "latin1"))));

/** The handshake message. */
export const helloMessage = (...extensions: readonly Buffer[]): Buffer =>
  Buffer.concat([
    Buffer.from([1]),
    vector(
      3,
      u16(0x0303),
      Buffer.alloc(32, 7),
      vector(1, Buffer.alloc(32, 9)),
      vector(2, u16(0x1301), u16(0xc02f)),
      vector(1, Buffer.from([0])),
      vector(2, ...extensions),
    ),
  ]);

/** The message in records of at most `most` bytes. */
export const records = (message: Buffer, most = 16_384): Buffer => {
  const parts: Buffer[] = [];
  for (let at = 0; at < message.length; at += most) {
    parts.push(Buffer.from([0x16, 3, 1]), vector(2, message.subarray(at, at + most)));
  }
  return Buffer.concat(parts);
};

/** A whole ClientHello for `name`, made longer by `padding` bytes in front of the name. */
export const clientHello = (name: string, padding = 0): Buffer =>
  records(helloMessage(extension(51, Buffer.alloc(padding, 1)), serverName(name), extension(16, Buffer.from("h2"))));
