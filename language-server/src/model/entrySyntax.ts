// What is wrong with an entry by itself: one thing at most, the first that fits in this order.
import { getDomain, getPublicSuffix } from "tldts";
import { parseAddress, parseNetwork } from "../../../collector/policy/addresses.ts";
import { parsePort } from "../../../collector/policy/faults.ts";
import type { Entry } from "./endpoints.ts";

export type EntryFault =
  | "comma-separated"
  | "scheme-or-path"
  | "cidr"
  | "ip-address"
  | "wildcard-too-broad"
  | "invalid-port"
  | "not-a-hostname"
  | "unresolvable-suffix";

const PRIVATE = { allowPrivateDomains: true };
/** Domains below which anybody can have a name, and that the public list of them does not have. */
const SHARED = new Set(["amazonaws.com", "googleusercontent.com", "windows.net", "azure.com", "core.windows.net"]);

/** That list has them, but their one owner gives out fixed names below them. */
const OWNED = new Set(["githubusercontent.com"]);

const UNRESOLVABLE = /\.(?:internal|local|localhost|test|invalid)$/i;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

const bare = (host: string): string => (host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host);

/** Can anybody get a name right below this domain? */
export const isPublicSuffix = (domain: string): boolean =>
  SHARED.has(domain) || (getPublicSuffix(domain, PRIVATE) === domain && !OWNED.has(domain));

/** The domain that one owner holds, which `host` is or is below; undefined for a public suffix. */
export const registrableDomain = (host: string): string | undefined => {
  const domain = getDomain(host, PRIVATE);
  return domain === null || SHARED.has(domain) ? undefined : domain;
};

/** `domain` of the pattern `*.domain`, which is how wildcards are meant. */
export const wildcardParent = (host: string): string | undefined =>
  host.startsWith("*.") && !host.slice(2).includes("*") ? host.slice(2).toLowerCase() : undefined;

/**
 * The two ends of a pattern as the agent compares them (it puts a dot behind each name, and looks no further than the
 * second asterisk).
 */
export const endsOf = (host: string): { readonly prefix: string; readonly suffix: string } => {
  const [prefix = "", suffix = ""] = `${host.replace(/\.$/, "")}.`.split("*");
  return { prefix, suffix };
};

/** Does the pattern reach names that the owner of what it seems to name does not hold? */
const isTooBroad = (host: string): boolean => {
  const suffix = endsOf(host).suffix.replace(/\.$/, "").toLowerCase();
  if (wildcardParent(host) !== undefined) return suffix === "";
  // Behind the first dot stand whole labels, which no other name can go on in front of.
  const whole = suffix.includes(".") ? suffix.slice(suffix.indexOf(".") + 1) : "";
  return whole === "" || (registrableDomain(whole) === undefined && !isPublicSuffixBelow(whole));
};

/** A public suffix of several labels that its owner gives names below by a scheme of its own, as in `x*.blob.core.windows.net`. */
const isPublicSuffixBelow = (domain: string): boolean => domain.split(".").length > 2 && isPublicSuffix(domain);

/** Also of a pattern, whose labels may hold asterisks. */
export const isHostName = (host: string): boolean => {
  const name = host.replace(/\.$/, "").replace(/^\*\./, "");
  const labels = name.split(".");
  if (name.length > 253 || (labels.length < 2 && !host.startsWith("*."))) return false;
  // A last label that is a number makes it an address, or a bad one.
  if (/^\d+$/.test(labels.at(-1) ?? "")) return false;
  return labels.every((label) => LABEL.test(label) || (host.includes("*") && /^[a-z0-9*-]{1,63}$/i.test(label)));
};

/** Kept with the entry, as many rules ask. */
export const faultOf = (entry: Entry): EntryFault | undefined => {
  const fault = (entry.fault ??= judge(entry) ?? "none");
  return fault === "none" ? undefined : fault;
};

/** What nearly all entries are: no address, network or pattern, whatever else could be looked for in it. */
const USUAL = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9]*$/;
const LONGEST_USUAL = 63;

const judge = ({ text, host, port }: Entry): EntryFault | undefined => {
  if (text.includes(",")) return "comma-separated";
  if (host.length <= LONGEST_USUAL && USUAL.test(host) && !text.includes("://")) {
    if (port !== undefined && parsePort(port) === undefined) return "invalid-port";
    return UNRESOLVABLE.test(host) ? "unresolvable-suffix" : undefined;
  }
  const network = parseNetwork(bare(host));
  const isCidr = network !== undefined && bare(host).includes("/");
  if (text.includes("://") || (host.includes("/") && !isCidr && !/^[\d.]+\/\d+$/.test(host))) return "scheme-or-path";
  if (isCidr || /^[\d.]+\/\d+$/.test(host)) return "cidr";
  if (parseAddress(bare(host)) !== undefined || /^\d+(?:\.\d+){3}$/.test(host)) return "ip-address";
  if (host.includes("*") && isTooBroad(host)) return "wildcard-too-broad";
  if (port !== undefined && parsePort(port) === undefined) return "invalid-port";
  if (!isHostName(host)) return "not-a-hostname";
  return UNRESOLVABLE.test(host.replace(/\.$/, "")) ? "unresolvable-suffix" : undefined;
};

/** The port that an entry means. */
export const portOf = ({ port }: Entry): number => (port === undefined ? 443 : (parsePort(port) ?? 0));

/** The entries that other rules are about: literal ones without a fault. */
export const soundEntries = (entries: readonly Entry[]): readonly Entry[] =>
  entries.filter((entry) => !entry.isExpression && faultOf(entry) === undefined);
