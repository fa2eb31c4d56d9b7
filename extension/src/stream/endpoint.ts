// Which addresses the extension talks to. The token goes to whoever answers there, so plain http is for this machine only.

export interface Endpoint {
  /** Scheme, host, port and path prefix, without a slash at the end: `/v1/…` is appended to it. */
  readonly base: string;
  /** Scheme, host and port: what a token is stored under, and what a person is shown. */
  readonly origin: string;
}

export type ParsedEndpoint =
  { readonly ok: true; readonly endpoint: Endpoint } | { readonly ok: false; readonly reason: string };

const refuse = (reason: string): ParsedEndpoint => ({ ok: false, reason });

/** `hostname` as `URL` gives it, which has every spelling of an IPv4 address normalised. */
export const isLoopback = (hostname: string): boolean =>
  hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);

/** What a person types for a collector on this machine often has no scheme; anything else without one means https. */
const withScheme = (text: string): string => {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text;
  const host = /^(\[[^\]]*\]|[^:/]*)/.exec(text)?.[0]?.toLowerCase() ?? "";
  return `${isLoopback(host) ? "http" : "https"}://${text}`;
};

/** Checks an address that a person, a link or a file gave; `reason` is a whole sentence. */
export const parseEndpoint = (text: string): ParsedEndpoint => {
  const trimmed = text.trim();
  if (trimmed === "") return refuse("The address is empty.");
  if (trimmed.length > 2048) return refuse("The address is too long.");
  let url: URL;
  try {
    url = new URL(withScheme(trimmed));
  } catch {
    return refuse("This is not an address of the form https://HOST:PORT.");
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    return refuse(`A collector speaks http or https, not ${url.protocol.slice(0, -1)}.`);
  }
  if (url.username !== "" || url.password !== "") {
    return refuse("The address must not hold a user name or a password; the token is asked for on its own.");
  }
  if (url.search !== "" || url.hash !== "") {
    return refuse("The address must end before any “?” or “#”; the token is asked for on its own.");
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    return refuse("Plain http would show the token to the network; it is for 127.0.0.1, [::1] and localhost only.");
  }
  const prefix = url.pathname.replace(/\/v1(\/.*)?$/, "").replace(/\/+$/, "");
  return { ok: true, endpoint: { base: url.origin + prefix, origin: url.origin } };
};
