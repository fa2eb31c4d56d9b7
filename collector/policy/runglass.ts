// Our own dialect. A list of entries, separated by any white space; `#` starts a comment.
//
//   host  host:PORT  host:*        a name; port 443 where none is given
//   *.host[:PORT]                  everything below it, at any depth, not itself
//   ADDRESS[:PORT]  [V6]:PORT      an IPv4 or IPv6 address; NETWORK/LENGTH likewise, [V6/LENGTH]:PORT
//   …/udp  …/tcp                   behind any of these; TCP where neither
//   [METHOD|METHOD…] URL           http:// or https://, its path exact, or a prefix where it ends in `*`
//
// A bad entry is a problem with its place, and then nothing must start.
import { formatNetwork, parseNetwork, type Network } from "./addresses.ts";
import { fault, isFault, parsePort, type Fault } from "./faults.ts";
import { foldHostName } from "./hostNames.ts";
import type { Policy, Problem, Protocol, Rule, Target } from "./policy.ts";
import { parseUrlEntry } from "./urlEntries.ts";
import { within, wordsOf, type Place, type Word } from "./words.ts";

export const DEFAULT_PORT = 443;

const METHODS = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE)(?:\|[A-Z]+)*$/;
const METHOD = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE)$/;

interface Split {
  readonly host: string;
  readonly port: string | undefined;
  readonly portStart: number;
}

/** Splits host and port, where brackets may stand around an IPv6 address. */
const splitPort = (text: string): Split | Fault => {
  if (text.startsWith("[")) {
    const end = text.indexOf("]");
    if (end < 0) return fault("bad-address", "the bracket is not closed", `${text}]`);
    const rest = text.slice(end + 1);
    if (rest !== "" && !rest.startsWith(":")) {
      return fault("bad-address", "behind the bracket may only stand a port: [2001:db8::/32]:443");
    }
    return { host: text.slice(1, end), port: rest === "" ? undefined : rest.slice(1), portStart: end + 2 };
  }
  // An IPv6 address or network by itself; with a port it needs its brackets.
  if (parseNetwork(text) !== undefined) return { host: text, port: undefined, portStart: 0 };
  const colon = text.lastIndexOf(":");
  if (colon < 0) return { host: text, port: undefined, portStart: 0 };
  return { host: text.slice(0, colon), port: text.slice(colon + 1), portStart: colon + 1 };
};

const networkTarget = (host: string): Target | Fault | undefined => {
  const network = parseNetwork(host);
  if (network === undefined) return undefined;
  if (network.hostBits) {
    const fixed = formatNetwork(network);
    return fault("host-bits", `"${host}" has bits behind its length; the network is ${fixed}`, fixed, 0, host.length);
  }
  const { version, value, length }: Network = network;
  return { kind: "network", network: { version, value, length } };
};

const hostTarget = (host: string, hasPort: boolean): Target | Fault => {
  const below = host.startsWith("*.");
  const text = below ? host.slice(2) : host;
  if (text.includes("*")) {
    const [, suffix] = /^.*\*[^.]*\.([^*]+\.[^*]+)$/.exec(host) ?? [];
    const instead = suffix === undefined ? undefined : `*.${suffix}`;
    return fault("misplaced-wildcard", "a * may only stand in front, as in *.example.com", instead, 0, host.length);
  }
  const name = foldHostName(text);
  if (name === undefined) {
    if (
      /^[\d.]+$/.test(text) ||
      /^[\d.]+\//.test(text) ||
      (text.includes(":") && /^[\da-f:.]+(?:\/\d*)?$/i.test(text))
    ) {
      return fault("bad-address", `"${text}" is no address or network`, undefined, 0, host.length);
    }
    return fault("bad-host", `"${host}" is no host name`, undefined, 0, host.length);
  }
  if (!name.includes(".") && (below || (!hasPort && name !== "localhost"))) {
    const what = below ? "a top-level domain holds whatever anyone registers" : "a word without a dot is no host";
    return fault("single-label", `"${host}": ${what}; with a port it is taken as a name of your own network`);
  }
  return below ? { kind: "subdomains", parent: name } : { kind: "host", name };
};

const portOf = ({ port, portStart }: Split): number | "any" | Fault => {
  if (port === undefined) return DEFAULT_PORT;
  if (port === "*") return "any";
  const number = parsePort(port);
  if (number !== undefined) return number;
  const digits = /^\D*(\d{1,5})\D*$/.exec(port)?.[1];
  const instead = digits !== undefined && parsePort(digits) !== undefined ? digits : undefined;
  const length = Math.max(1, port.length);
  const start = port === "" ? portStart - 1 : portStart;
  return fault("bad-port", `"${port}" is no port: 1 to 65535, or * for every one`, instead, start, length);
};

/** Each part an entry of its own; a number alone is another port of the host before it. */
const withoutCommas = (text: string): string => {
  let host = "";
  const entries = text.split(",").flatMap((part) => {
    if (part === "") return [];
    if (/^\d+$/.test(part) && host !== "") return [`${host}:${part}`];
    host = /^(?:\[[^\]]*\]|[^:]*)/.exec(part)?.[0] ?? "";
    return [part];
  });
  return entries.join(" ");
};

/** A rule of one entry, without its place; `text` has no white space. */
export const parseEntry = (text: string): Omit<Rule, "place"> | Fault => {
  if (text.startsWith("${{"))
    return fault("expression", "this expression was not expanded: write the hosts themselves");
  const comma = text.indexOf(",");
  if (comma >= 0) {
    return fault("comma", "entries are separated by blanks or new lines, not by commas", withoutCommas(text));
  }
  if (text.includes("://")) return parseUrlEntry(text, undefined);
  const [, front = text, suffix] = /^(.*)\/([a-z]+)$/i.exec(text) ?? [];
  const protocol = suffix?.toLowerCase();
  if (protocol !== undefined && protocol !== "udp" && protocol !== "tcp") {
    const message = `"/${protocol}" is no protocol (/tcp, /udp); a path needs a whole URL: https://${text}`;
    return fault("bad-protocol", message, undefined, front.length, text.length - front.length);
  }
  const split = splitPort(front);
  if (isFault(split)) return split;
  if (split.host.includes("/") && parseNetwork(split.host) === undefined && !/^[\d.:a-f]*\/\d*$/i.test(split.host)) {
    return fault("bad-host", `a path needs a whole URL: https://${text}`, `https://${text}`);
  }
  const target = networkTarget(split.host) ?? hostTarget(split.host, split.port !== undefined);
  if (isFault(target)) return target;
  const port = portOf(split);
  if (typeof port === "object") return port;
  return { text, set: undefined, target, port, protocol: (protocol ?? "tcp") as Protocol, request: undefined };
};

const problemOf = (found: Fault, place: Place): Problem => ({
  code: found.code,
  effect: "refused",
  place: found.length === 0 ? place : within(place, found.start ?? 0, found.length),
  message: found.message,
  instead: found.instead,
});

/** A word that names methods, and the URL that must follow it. */
const parseMethods = (word: Word, next: Word | undefined): Rule | Problem => {
  const unknown = word.text.split("|").find((method) => !METHOD.test(method));
  if (unknown !== undefined) {
    return problemOf(fault("bad-method", `"${unknown}" is no HTTP method`), word.place);
  }
  if (next === undefined || !next.text.includes("://")) {
    const message = `behind "${word.text}" must stand a URL, as in GET https://example.com/path/*`;
    return problemOf(fault("method-without-url", message), word.place);
  }
  const rule = parseUrlEntry(next.text, [...new Set(word.text.split("|"))].sort());
  if (isFault(rule)) return problemOf(rule, next.place);
  const length = next.place.offset + next.place.length - word.place.offset;
  return { ...rule, text: `${word.text} ${rule.text}`, place: within(word.place, 0, length) };
};

/** Reads a list. Where there are problems, it must not be used. */
export const parseRunglass = (text: string, defaults: readonly Rule[] = []): Policy => {
  const rules: Rule[] = [];
  const problems: Problem[] = [];
  const words = wordsOf(text);
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    if (word === undefined) break;
    if (METHODS.test(word.text)) {
      const next = words[at + 1];
      const result = parseMethods(word, next);
      if ("effect" in result) problems.push(result);
      else rules.push(result);
      if (next?.text.includes("://") === true) at++;
      continue;
    }
    const rule = parseEntry(word.text);
    if (isFault(rule)) problems.push(problemOf(rule, word.place));
    else rules.push({ ...rule, place: word.place });
  }
  return { dialect: "runglass", rules: [...rules, ...defaults], problems };
};
