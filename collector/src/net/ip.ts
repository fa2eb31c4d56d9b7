// IP addresses as text.

/** The texts that were made last, each at a place that its address decides: most connections are to few addresses. */
const RECENT = 256;
const recentKeys = new Uint32Array(RECENT);
const recentTexts = Array.from({ length: RECENT }, () => "");

export const ipv4Text = (bytes: Uint8Array, at: number): string => {
  const [a, b, c, d] = [bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0, bytes[at + 3] ?? 0];
  const key = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  const place = (a + 3 * b + 5 * c + d) % RECENT;
  const known = recentTexts[place] ?? "";
  if (known !== "" && recentKeys[place] === key) return known;
  const text = `${a}.${b}.${c}.${d}`;
  recentKeys[place] = key;
  recentTexts[place] = text;
  return text;
};

/** As RFC 5952 says: lower case, the longest run of two or more zero groups becomes `::`. */
export const ipv6Text = (bytes: Uint8Array, at: number): string => {
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(((bytes[at + i] ?? 0) << 8) | (bytes[at + i + 1] ?? 0));
  let best = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && groups[i + length] === 0) length++;
    if (length > bestLength) [best, bestLength] = [i, length];
  }
  const text = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(":");
  return best < 0 ? text(0, 8) : `${text(0, best)}::${text(best + bestLength, 8)}`;
};

/** `family` is 4 or 6; the bytes are in network order. */
export const ipText = (bytes: Uint8Array, at: number, family: number): string =>
  family === 6 ? ipv6Text(bytes, at) : ipv4Text(bytes, at);
