// Entries that are URLs: which requests are expected at a host. They open the connection; what is asked on it is judged
// where requests are seen, and reported, never cut off.
import { foldHostName } from "./hostNames.ts";
import { parseAddress } from "./addresses.ts";
import type { Rule, Target } from "./policy.ts";
import { parsePort, type Fault } from "./faults.ts";

const URL_ENTRY = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(.*)$/i;

const targetOf = (host: string): Target | undefined => {
  const bare = host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
  const address = parseAddress(bare);
  if (address !== undefined) {
    return { kind: "network", network: { ...address, length: address.version === 4 ? 32 : 128 } };
  }
  if (host.startsWith("*.")) {
    const parent = foldHostName(host.slice(2));
    return parent?.includes(".") === true ? { kind: "subdomains", parent } : undefined;
  }
  const name = foldHostName(host);
  return name === undefined ? undefined : { kind: "host", name };
};

/** Reads a URL of a list, without its place. */
export const parseUrlEntry = (text: string, methods: readonly string[] | undefined): Omit<Rule, "place"> | Fault => {
  const [, scheme = "", authority = "", path = "", rest = ""] = URL_ENTRY.exec(text) ?? [];
  const lower = scheme.toLowerCase();
  if (lower !== "http" && lower !== "https") {
    return {
      code: "bad-scheme",
      message: `"${scheme}://" is neither http:// nor https://; for other protocols write host:port`,
    };
  }
  if (authority.includes("@")) {
    return {
      code: "userinfo",
      message: "a user or password does not belong into a policy",
      instead: text.replace(/\/\/.*@/, "//"),
    };
  }
  if (rest !== "") {
    const instead = text.slice(0, text.length - rest.length);
    return { code: "url-query", message: "queries are not seen by the policy: end the URL at its path", instead };
  }
  const [, host = authority, portText] = /^(.*?)(?::([^:\]]*))?$/.exec(authority) ?? [];
  const port = portText === undefined ? (lower === "https" ? 443 : 80) : parsePort(portText);
  if (port === undefined) return { code: "bad-port", message: `"${portText}" is no port: 1 to 65535` };
  const target = targetOf(host);
  if (target === undefined) return { code: "bad-host", message: `"${host}" is no host name` };
  if (path === "") {
    const instead = `${text}/*`;
    return {
      code: "url-without-path",
      message: `a URL needs a path: ${instead} for all of the host, or just the host`,
      instead,
    };
  }
  const prefix = path.endsWith("*");
  const stem = prefix ? path.slice(0, -1) : path;
  if (stem.includes("*")) {
    return { code: "misplaced-wildcard", message: "in a path, a * may only stand at the end" };
  }
  return {
    text,
    set: undefined,
    target,
    port,
    protocol: "tcp",
    request: { scheme: lower, methods, path: stem, prefix },
  };
};
