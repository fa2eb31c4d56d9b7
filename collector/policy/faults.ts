// What our own dialect refuses an entry for.

/** What is wrong with an entry, from `start` on in it. */
export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly instead?: string | undefined;
  readonly start?: number;
  readonly length?: number;
}

export const fault = (code: string, message: string, instead?: string, start = 0, length?: number): Fault => ({
  code,
  message,
  instead,
  start,
  ...(length === undefined ? {} : { length }),
});

export const isFault = (result: object): result is Fault => "code" in result;

/** Reads a port number; undefined where it is none. */
export const parsePort = (text: string): number | undefined =>
  /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;
