// Lines in raw bytes: UTF-8 never holds the newline byte inside a character, so nothing needs decoding.

export const NEWLINE = 0x0a;

/** How many lines end in `bytes`. */
export const countLines = (bytes: Buffer): number => {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
};
