// Names of hosts: letters, digits and hyphens (RFC 1123), underscores inside of labels as the wild has them, and
// international ones in their ASCII form (UTS 46, by the platform's URL parser, which browsers and Node have).

// The one thing that this room asks of its platform.
declare const URL: new (text: string) => { readonly hostname: string };

const LABEL = /^[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?$/;
const LONGEST_NAME = 253;
const LONGEST_LABEL = 63;

const toAscii = (name: string): string | undefined => {
  // What would end the host in a URL, or be decoded in it.
  if (/[\s/\\?#@:%[\]<>^|]/.test(name)) return undefined;
  try {
    return new URL(`http://${name}`).hostname;
  } catch {
    return undefined;
  }
};

/** A host's name folded: lower case, ASCII, without a final dot. Undefined where it cannot be one. */
export const foldHostName = (text: string): string | undefined => {
  const ascii = /^[\x21-\x7e]*$/.test(text) ? text.toLowerCase() : toAscii(text);
  const name = ascii?.endsWith(".") === true ? ascii.slice(0, -1) : ascii;
  if (name === undefined || name === "" || name.length > LONGEST_NAME) return undefined;
  const labels = name.split(".");
  if (!labels.every((label) => label.length <= LONGEST_LABEL && LABEL.test(label))) return undefined;
  // A name whose last label is a number is read as an address, or as a bad one.
  if (/^(?:\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? "")) return undefined;
  return name;
};
