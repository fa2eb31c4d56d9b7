// From one way of writing a policy to another. No two of them can say the same things, so each conversion says what it
// allows more, and what less, than the rule that it comes from.
import { formatNetwork } from "./addresses.ts";
import type { CopilotEntry } from "./copilot.ts";
import { formatRule } from "./format.ts";
import type { Rule } from "./policy.ts";

export interface Conversion {
  /** What stood there. */
  readonly from: string;
  /** What to write; nothing where it cannot be said. */
  readonly entries: readonly string[];
  /** What the new entries allow beyond the old one, a half sentence each. */
  readonly widens: readonly string[];
  /** What the old one allowed and the new ones do not. */
  readonly narrows: readonly string[];
}

const ALL = "all of it: there is no way to say this";

const nothing = (from: string, ...narrows: readonly string[]): Conversion => ({
  from,
  entries: [],
  widens: [],
  narrows,
});

/** The two ends of a pattern as names that one owner holds, where that is what they are. */
const namesOfEnds = (prefix: string, suffix: string): { entries: string[]; narrows: string[] } => {
  const tail = suffix.replace(/\.$/, "");
  const domain = tail.replace(/^\./, "");
  if (!domain.includes(".")) return { entries: [], narrows: [ALL] };
  if (prefix === "" && tail.startsWith(".")) return { entries: [`*.${domain}`], narrows: [] };
  if (tail.startsWith(".")) return { entries: [], narrows: [`${ALL}; *.${domain} would allow more`] };
  // "*example.com" is meant as the domain and what is below it.
  const entries = prefix === "" ? [domain, `*.${domain}`] : [];
  const narrows = prefix === "" ? [`names such as evil${domain}, which end alike and belong to others`] : [ALL];
  return { entries, narrows };
};

/** A rule in our own dialect. */
export const toRunglass = (rule: Rule): Conversion => {
  const from = rule.text;
  if (rule.port === 0) return nothing(from);
  const { target } = rule;
  if (target.kind !== "ends") {
    const entry = formatRule(rule);
    return { from, entries: entry === undefined ? [] : [entry], widens: [], narrows: [] };
  }
  const { entries, narrows } = namesOfEnds(target.prefix, target.suffix);
  const port = rule.port === 443 ? "" : `:${rule.port === "any" ? "*" : rule.port}`;
  return { from, entries: entries.map((entry) => entry + port), widens: [], narrows };
};

/** A rule as an entry of Harden-Runner's list, which knows names and TCP ports only. */
export const toHardenRunner = (rule: Rule): Conversion => {
  const { text: from, target, request } = rule;
  if (rule.protocol === "udp") return nothing(from, "all of it: that agent opens no UDP port");
  if (rule.port === 0) return nothing(from);
  if (target.kind === "network") {
    return nothing(
      from,
      `all of it: that agent asks DNS for ${formatNetwork(target.network)}, and reverts when nobody answers`,
    );
  }
  if (target.kind === "ends") return { from, entries: [from], widens: [], narrows: [] };
  const host = target.kind === "host" ? target.name : `*.${target.parent}`;
  const narrows: string[] = [];
  if (rule.port === "any") narrows.push("every port but 443: that agent takes one port an entry");
  if (rule.protocol === "any") narrows.push("UDP: that agent opens no UDP port");
  const widens = request === undefined ? [] : [requestsBeyond(request.path, request.prefix, request.methods)];
  return {
    from,
    entries: [`${host}:${rule.port === "any" ? 443 : rule.port}`],
    widens: widens.filter((one) => one !== ""),
    narrows,
  };
};

const requestsBeyond = (path: string, prefix: boolean, methods: readonly string[] | undefined): string => {
  const paths = path === "/" && prefix ? "" : "every other path of the host";
  const others = methods === undefined ? "" : `methods other than ${methods.join(", ")}`;
  return [paths, others].filter((one) => one !== "").join(", and ");
};

/** A rule as entries of the allowlist of Copilot's own firewall, which knows domains and URL prefixes. */
export const toCopilot = (rule: Rule): Conversion => {
  const { text: from, target, request, port } = rule;
  if (port === 0) return nothing(from);
  if (rule.protocol === "udp") return nothing(from, "all of it: that list is about HTTP and names");
  if (target.kind === "ends") return nothing(from, ALL);
  if (target.kind === "network") {
    const one = formatNetwork(target.network);
    if (one.includes("/")) return nothing(from, "all of it: that list has no networks");
    return { from, entries: [one], widens: port === "any" ? [] : ["its other ports"], narrows: [] };
  }
  const host = target.kind === "host" ? target.name : `*.${target.parent}`;
  if (request !== undefined) {
    const usual = request.scheme === "https" ? 443 : 80;
    const widens: string[] = [];
    if (!request.prefix) widens.push(`paths that go on behind ${request.path}`);
    if (request.methods !== undefined) widens.push(`methods other than ${request.methods.join(", ")}`);
    const entry = `${request.scheme}://${host}${port === usual ? "" : `:${port}`}${request.path}`;
    return { from, entries: [entry], widens, narrows: [] };
  }
  if (target.kind === "subdomains") {
    const widens = [`${target.parent} itself`, ...(port === "any" ? [] : ["every port of its names"])];
    return { from, entries: [target.parent], widens, narrows: [] };
  }
  if (port === 443 || port === 80) {
    const narrows = ["connections that are no HTTP"];
    return { from, entries: [`${port === 443 ? "https" : "http"}://${host}/`], widens: [], narrows };
  }
  const widens = [`every name below ${host}`, ...(port === "any" ? [] : ["its other ports"])];
  return { from, entries: [host], widens, narrows: [] };
};

/** An entry of the allowlist of Copilot's own firewall, in our own dialect. */
export const fromCopilot = (entry: CopilotEntry): Conversion => {
  const from = entry.text;
  if (entry.kind === "address") {
    const address = entry.address.includes(":") ? `[${entry.address}]` : entry.address;
    return { from, entries: [`${address}:*`], widens: [], narrows: [] };
  }
  if (entry.kind === "domain") {
    const hosts = [entry.domain, `*.${entry.domain}`];
    const narrows = ["ports other than 80 and 443"];
    const single = !entry.domain.includes(".");
    // A top-level domain cannot be listed with all below it; `localhost` and names of one's own network need it not.
    if (single) return { from, entries: [`${entry.domain}:443`, `${entry.domain}:80`], widens: [], narrows };
    return { from, entries: hosts.flatMap((host) => [host, `${host}:80`]), widens: [], narrows };
  }
  const port = entry.port === undefined ? "" : `:${entry.port}`;
  return { from, entries: [`${entry.scheme}://${entry.host}${port}${entry.path}*`], widens: [], narrows: [] };
};
