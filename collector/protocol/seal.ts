// The line of a `seal` event, by which a log proves itself. Its hash is the SHA-256 of the bytes of the log's lines
// `first` to `last`, each with its line end, where `,"sha256":"…"` is left out of the seal's own line, which is one of
// them. So the hash covers `previous` and all else that the seal says; each line is covered by exactly one seal; and the
// last seal's hash stands for the whole log up to there. README.md shows how to check it with sed and sha256sum.

/** What `previous` says in the first seal of a log. */
export const NO_SEAL = "0".repeat(64);

/** The two parts of a seal's line that its hash covers, around the hash; the second ends with the line end. */
export interface SealLine {
  readonly head: string;
  readonly tail: string;
}

export const sealLine = (seq: number, timeText: string, first: number, last: number, previous: string): SealLine => ({
  head: `{"v":1,"seq":${seq},"t":${timeText},"type":"seal","first":${first},"last":${last}`,
  tail: `,"previous":"${previous}"}\n`,
});

/** How the hash stands between the two parts. */
export const hashField = (sha256: string): string => `,"sha256":"${sha256}"`;

/** The parts of a seal's line that its hash covers, as they stand in a log: bytes up to the hash, and the text behind it. */
export interface SplitSeal {
  readonly head: Uint8Array;
  readonly tail: string;
}

/** Whether `line` ends with `end`, which is ASCII. */
const endsWith = (line: Uint8Array, end: string): boolean => {
  const from = line.length - end.length;
  if (from < 0) return false;
  for (let i = 0; i < end.length; i += 1) if (line[from + i] !== end.charCodeAt(i)) return false;
  return true;
};

/**
 * Takes the parts out of the bytes of a line (with its line end) that holds a seal. Undefined where it is not written as
 * ours are: hash and `previous` stand last, lower-case, without white space.
 */
export const splitSealLine = (line: Uint8Array, sha256: string, previous: string): SplitSeal | undefined => {
  if (!/^[\da-f]{64}$/.test(sha256) || !/^[\da-f]{64}$/.test(previous)) return undefined;
  const tail = `,"previous":"${previous}"}\n`;
  const end = hashField(sha256) + tail;
  return endsWith(line, end) ? { head: line.subarray(0, line.length - end.length), tail } : undefined;
};
