// A rule as an entry of our own dialect.
import { formatNetwork } from "./addresses.ts";
import { DEFAULT_PORT } from "./runglass.ts";
import type { Rule, Target } from "./policy.ts";

const hostOf = (target: Exclude<Target, { kind: "ends" }>): string => {
  if (target.kind === "host") return target.name;
  if (target.kind === "subdomains") return `*.${target.parent}`;
  return formatNetwork(target.network);
};

/** The shortest entry with the rule's meaning; undefined where our dialect has none. */
export const formatRule = ({
  target,
  port,
  protocol,
  request,
}: Omit<Rule, "text" | "place" | "set">): string | undefined => {
  if (target.kind === "ends" || port === 0) return undefined;
  const host = hostOf(target);
  if (request !== undefined) {
    const usual = request.scheme === "https" ? 443 : 80;
    const bare = host.includes(":") ? `[${host}]` : host;
    const url = `${request.scheme}://${bare}${port === usual ? "" : `:${port}`}${request.path}${request.prefix ? "*" : ""}`;
    return request.methods === undefined ? url : `${request.methods.join("|")} ${url}`;
  }
  const needsPort = port !== DEFAULT_PORT || (!host.includes(".") && !host.includes(":"));
  const entry = !needsPort ? host : `${host.includes(":") ? `[${host}]` : host}:${port === "any" ? "*" : port}`;
  // An entry for both protocols is written as two.
  if (protocol === "any") return `${entry} ${entry}/udp`;
  return protocol === "udp" ? `${entry}/udp` : entry;
};
