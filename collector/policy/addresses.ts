// IP addresses and networks, IPv4 (RFC 6943: four decimal parts, nothing looser) and IPv6 (RFC 4291, RFC 5952).

export interface Address {
  readonly version: 4 | 6;
  readonly value: bigint;
}

/** The addresses that begin with the `length` first bits of `value`; the other bits are 0. */
export interface Network extends Address {
  readonly length: number;
}

const MAPPED = 0xffffn << 32n;

const parseV4 = (text: string): bigint | undefined => {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    // No leading zeros: some read them as octal numbers.
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = (value << 8n) | BigInt(part);
  }
  return value;
};

/** Groups of 16 bits; the last two may be written as an IPv4 address where `last`. */
const parseGroups = (text: string, last: boolean): bigint[] | undefined => {
  if (text === "") return [];
  const groups: bigint[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    if (last && index === parts.length - 1 && part.includes(".")) {
      const v4 = parseV4(part);
      if (v4 === undefined) return undefined;
      groups.push(v4 >> 16n, v4 & 0xffffn);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return groups;
};

const parseV6 = (text: string): bigint | undefined => {
  const halves = text.split("::");
  if (halves.length > 2 || !text.includes(":")) return undefined;
  const [head = "", tail] = halves;
  const front = parseGroups(head, tail === undefined);
  const back = tail === undefined ? [] : parseGroups(tail, true);
  if (front === undefined || back === undefined) return undefined;
  const missing = 8 - front.length - back.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...front, ...Array.from({ length: missing }, () => 0n), ...back];
  return groups.reduce((value, group) => (value << 16n) | group, 0n);
};

/** Reads an address; one that maps IPv4 into IPv6 is the IPv4 address. Undefined where it is none (a zone makes it none). */
export const parseAddress = (text: string): Address | undefined => {
  const v4 = parseV4(text);
  if (v4 !== undefined) return { version: 4, value: v4 };
  const v6 = text.length <= 45 ? parseV6(text) : undefined;
  if (v6 === undefined) return undefined;
  return v6 >> 32n === MAPPED >> 32n ? { version: 4, value: v6 & 0xffffffffn } : { version: 6, value: v6 };
};

export const bitsOf = (version: 4 | 6): 32 | 128 => (version === 4 ? 32 : 128);

/** The first `length` bits of an address. */
export const networkOf = ({ version, value }: Address, length: number): Network => {
  const rest = BigInt(bitsOf(version) - length);
  return { version, value: (value >> rest) << rest, length };
};

/** Reads `address/length`, or an address alone as the network of just that; undefined where it is neither. */
export const parseNetwork = (text: string): (Network & { readonly hostBits: boolean }) | undefined => {
  const [head = "", tail, more] = text.split("/");
  const address = parseAddress(head);
  if (address === undefined || more !== undefined) return undefined;
  const bits = bitsOf(address.version);
  if (tail === undefined) return { ...address, length: bits, hostBits: false };
  if (!/^(?:0|[1-9]\d{0,2})$/.test(tail) || Number(tail) > bits) return undefined;
  const network = networkOf(address, Number(tail));
  return { ...network, hostBits: network.value !== address.value };
};

const formatV6 = (value: bigint): string => {
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  const text = groups.join(":");
  // The longest run of at least two zero groups, the first of equals (RFC 5952).
  const runs = [...text.matchAll(/(?<![^:])0(?::0)+(?![^:])/g)];
  const longest = runs.reduce<RegExpExecArray | undefined>(
    (best, run) => (best === undefined || run[0].length > best[0].length ? run : best),
    undefined,
  );
  if (longest === undefined) return text;
  const before = text.slice(0, longest.index).replace(/:$/, "");
  const after = text.slice(longest.index + longest[0].length).replace(/^:/, "");
  return `${before}::${after}`;
};

export const formatAddress = ({ version, value }: Address): string =>
  version === 6 ? formatV6(value) : [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join(".");

/** An address where the network is just one, else `address/length`. */
export const formatNetwork = (network: Network): string =>
  network.length === bitsOf(network.version) ? formatAddress(network) : `${formatAddress(network)}/${network.length}`;

export const contains = (network: Network, address: Address): boolean =>
  network.version === address.version && networkOf(address, network.length).value === network.value;
