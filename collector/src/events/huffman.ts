// The Huffman code of HPACK (RFC 7541 5.2 and appendix B).

/** How many bits each of the 256 octets and EOS takes, as a digit to the base 36: codes of one length follow each other. */
const LENGTHS =
  "dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6ca" +
  "d67777777777777777777777878djde6f56565666577666567655677777fbeds" +
  "kmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmn" +
  "qqkjmnmpqqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrq" +
  "u";
const EOS = 256;

/** The codes of one length: the first of them, and what they stand for. */
export interface Codes {
  readonly first: number;
  readonly symbols: readonly number[];
}
/** By their length in bits. */
export const CODES: Codes[] = [];
for (let length = 0, first = 0; length <= 30; length++) {
  const digit = length.toString(36);
  const symbols = [...LENGTHS].flatMap((of, symbol) => (of === digit ? [symbol] : []));
  CODES.push({ first, symbols });
  first = (first + symbols.length) * 2;
}

/**
 * Decodes `bytes[from..to)`, and pushes the octets to `out` where there is one. Returns how many there are, or -1 for what
 * is no text in this code.
 */
export const decodeHuffman = (bytes: Uint8Array, from: number, to: number, out?: number[]): number => {
  let [count, code, length] = [0, 0, 0];
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0;
    for (let bit = 7; bit >= 0; bit--) {
      code = (code << 1) | ((byte >> bit) & 1);
      const codes = CODES[++length];
      if (codes === undefined) return -1;
      const symbol = codes.symbols[code - codes.first];
      if (symbol === undefined) continue;
      if (symbol === EOS) return -1;
      out?.push(symbol);
      count++;
      code = 0;
      length = 0;
    }
  }
  // What fills the last octet are the first bits of EOS: ones.
  return length < 8 && code === (1 << length) - 1 ? count : -1;
};
