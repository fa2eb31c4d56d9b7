// Names of hosts in a line of source text: in URLs, alone, or as the front of a path (an import in Go, an image's name).

export interface HostName {
  readonly name: string;
  readonly as: "url" | "alone" | "path";
  /** Behind the host in a URL, without its query; `/` where there is none. */
  readonly path: string;
  readonly port: number | undefined;
}

const HOST =
  /(?<scheme>[a-z][a-z0-9+.-]{1,15}:\/\/)?(?<before>[\w.$-]{1,64}@)?(?<name>(?:(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,10}[a-z][a-z0-9-]{1,62}|\d{1,3}(?:\.\d{1,3}){3}|localhost))(?::(?<port>\d{1,5}))?(?<path>\/[^\s"'`<>)\]}?#$\\]*)?/gi;

/** A line that names more is a list. */
const MAX_HOSTS = 20;

/** Names without a dot are none, but for `localhost`; what looks like one and is a file or a call does no harm. */
export const hostsIn = (text: string): HostName[] => {
  if (!/[.:]/.test(text)) return [];
  const found: HostName[] = [];
  for (const { groups = {} } of text.matchAll(HOST)) {
    const { scheme, name = "", port, path } = groups;
    const as = scheme !== undefined ? "url" : path === undefined ? "alone" : "path";
    found.push({
      name: name.toLowerCase(),
      as,
      path: path ?? "/",
      port: port === undefined ? undefined : Number(port),
    });
    if (found.length >= MAX_HOSTS) break;
  }
  return found;
};

/** Below these, the next label too is somebody's own. */
const SHARED =
  /(?:^|\.)(?:(?:co|com|org|net|ac|gov|edu)\.[a-z]{2}|github\.io|gitlab\.io|pages\.dev|workers\.dev|vercel\.app|netlify\.app|herokuapp\.com|amazonaws\.com|cloudfront\.net|azurewebsites\.net|windows\.net|googleapis\.com|appspot\.com|fly\.dev)$/;

/** The part of a host's name that its owner has registered: two labels, three where the last two are shared. */
export const registrableDomain = (name: string): string => {
  const labels = name.split(".");
  const two = labels.slice(-2).join(".");
  return SHARED.test(two) ? labels.slice(-3).join(".") : two;
};
