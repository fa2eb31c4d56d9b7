import { createHash, generateKeyPairSync, sign } from "node:crypto";

// apt accepts a package list only under an OpenPGP signature. Writing the few packets that takes here spares a dependency on
// gpg, whose agent would stay behind as a process.

const EDDSA = 22;
const SHA512 = 10;
const ED25519_OID = Buffer.from("2b06010401da470f01", "hex");

const uint16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255]);
const uint32 = (value: number): Buffer =>
  Buffer.from([value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255]);
const packet = (tag: number, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0xc0 | tag, 0xff]), uint32(body.length), body]);
const subpacket = (type: number, body: Buffer): Buffer => Buffer.concat([Buffer.from([body.length + 1, type]), body]);

/** A multiprecision integer: its length in bits, then its bytes without leading zeros. */
const mpi = (bytes: Buffer): Buffer => {
  const first = bytes.findIndex((byte) => byte !== 0);
  const value = first < 0 ? Buffer.alloc(0) : bytes.subarray(first);
  const bits = value.length === 0 ? 0 : value.length * 8 - Math.clz32(value[0] ?? 0) + 24;
  return Buffer.concat([uint16(bits), value]);
};

const crc24 = (data: Buffer): Buffer => {
  let crc = 0xb704ce;
  for (const byte of data) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit++) {
      crc <<= 1;
      if (crc & 0x1000000) crc ^= 0x1864cfb;
    }
  }
  return uint32(crc & 0xffffff).subarray(1);
};

const armor = (kind: string, data: Buffer): string =>
  `-----BEGIN PGP ${kind}-----\n\n${data.toString("base64").replace(/.{1,64}/g, "$&\n")}=${crc24(data).toString("base64")}\n-----END PGP ${kind}-----\n`;

/** A signing key that lives as long as this process. */
export interface SigningKey {
  /** The public key with its user id, binary, as apt's `Signed-By` takes it. */
  readonly publicKey: Buffer;
  /** The text with a signature around it ("clearsigned"). Lines end in LF and carry no trailing blanks. */
  clearSign(text: string): string;
}

/** Makes an Ed25519 signing key; `now` in seconds since the epoch. */
export const makeSigningKey = (userId: string, now: number): SigningKey => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const point = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const key = Buffer.concat([
    Buffer.from([4]),
    uint32(now),
    Buffer.from([EDDSA, ED25519_OID.length]),
    ED25519_OID,
    mpi(Buffer.concat([Buffer.from([0x40]), point])),
  ]);
  const hashedKey = Buffer.concat([Buffer.from([0x99]), uint16(key.length), key]);
  const fingerprint = createHash("sha1").update(hashedKey).digest();

  const signature = (type: number, data: Buffer, extra: Buffer[]): Buffer => {
    const issuer = subpacket(33, Buffer.concat([Buffer.from([4]), fingerprint]));
    const hashed = Buffer.concat([subpacket(2, uint32(now)), issuer, ...extra]);
    const head = Buffer.concat([Buffer.from([4, type, EDDSA, SHA512]), uint16(hashed.length), hashed]);
    const trailer = Buffer.concat([Buffer.from([4, 0xff]), uint32(head.length)]);
    const digest = createHash("sha512").update(data).update(head).update(trailer).digest();
    const raw = sign(null, digest, privateKey);
    const unhashed = subpacket(16, fingerprint.subarray(-8));
    return packet(
      2,
      Buffer.concat([
        head,
        uint16(unhashed.length),
        unhashed,
        digest.subarray(0, 2),
        mpi(raw.subarray(0, 32)),
        mpi(raw.subarray(32)),
      ]),
    );
  };

  const user = Buffer.from(userId);
  const certified = Buffer.concat([hashedKey, Buffer.from([0xb4]), uint32(user.length), user]);
  const certifyAndSign = subpacket(27, Buffer.from([3]));
  const hashes = subpacket(21, Buffer.from([SHA512]));
  return {
    publicKey: Buffer.concat([packet(6, key), packet(13, user), signature(0x13, certified, [certifyAndSign, hashes])]),
    clearSign: (text) => {
      const lines = text.replace(/\n$/, "").split("\n");
      const signed = signature(0x01, Buffer.from(lines.join("\r\n")), []);
      const escaped = lines.map((line) => (line.startsWith("-") ? `- ${line}` : line)).join("\n");
      return `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n${escaped}\n${armor("SIGNATURE", signed)}`;
    },
  };
};
