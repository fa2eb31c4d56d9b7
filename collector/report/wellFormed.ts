// Addresses and paths of a document out of text that anybody may have written: they hold to their grammar whatever it was.

/** Halves of a pair that stand alone: no UTF-8 has them. */
const LONE = /\p{Cs}/gu;
/** What a URL may hold as it is; of the rest each byte is written as %XX. */
const NOT_IN_URL = /[^A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]|%(?![0-9A-Fa-f]{2})/gu;
const AUTHORITY = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::(\d{1,5}))?$/;
/** A name whose last part is a number is read as an IPv4 address, and refused where it is none. */
const ENDS_IN_NUMBER = /(?:^|\.)(?:\d+|0x[0-9a-f]*)\.?$/i;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;

const isAuthority = (text: string): boolean => {
  const match = AUTHORITY.exec(text);
  if (match === null || Number(match[1] ?? 0) > 65_535) return false;
  const host = text.replace(/:\d+$/, "");
  // What is encoded as of another script must be so rightly, which is not looked into.
  if (/(?:^|\.)xn--/i.test(host)) return false;
  if (text.startsWith("["))
    return /^\[(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}\]|^\[(?=.*::)(?!.*::.*::)[0-9a-f:]{2,39}\]/i.test(text);
  return !/\.\.|\.$/.test(host) && (!ENDS_IN_NUMBER.test(host) || IPV4.test(host));
};

/** `text` where only what a URL may hold is left as it is. */
const escaped = (text: string): string => text.replace(LONE, "\ufffd").replace(NOT_IN_URL, encodeURIComponent);

/** A URL; `otherwise` is its host where `host` is none. */
export const wellFormedUrl = (scheme: string, host: string | undefined, path: string, otherwise: string): string => {
  const authority = host !== undefined && isAuthority(host) ? host : otherwise;
  return `${scheme}://${authority}${path === "" || path.startsWith("/") ? "" : "/"}${escaped(path)}`;
};

/** A relative reference to a file, from its path with `/`. */
export const fileReference = (path: string): string =>
  path.replace(LONE, "\ufffd").replace(/[^A-Za-z0-9\-._~/]/gu, encodeURIComponent);
