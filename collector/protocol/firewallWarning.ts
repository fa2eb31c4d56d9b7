// What the agent's own firewall has blocked, as the agent tells it where people read: in the body of its pull request, in a
// comment there, or at the end of its job's log. Pure. It is Markdown that the agent has written, redacted, with command lines
// that lost their quotes, and whoever can write there can write the same: a help to see, no proof.
import { hostOfAuthority } from "./authority.ts";
import type { FirewallPoint } from "./firewallLog.ts";

export interface FirewallWarning {
  /** As it is written: a host, an address, or a URL. */
  readonly address: string;
  /** Without a port, in lower case; empty where it is none. */
  readonly host: string;
  /** Where it is a URL. */
  readonly url: string | undefined;
  readonly at: FirewallPoint;
  /** Of the program that was blocked; empty where the firewall did not know it. */
  readonly command: string;
}

const LIMITS = { text: 4_000_000, line: 4096, warnings: 500, address: 2048, command: 512 } as const;

const HEADING = /I tried to connect to the following addresses, but was blocked by firewall rules/i;
const END = /^(?:If you need me to access|<\/details>)/i;
const ITEM = /^[-*] /;
const COMMAND = /^[-*] {1,3}Triggering command:/i;
const BLOCK = /\((dns|http|packet|ip) block\)$/i;
/** The runner's time in front of a job log's line, and what makes a line of Markdown a quotation. */
const MARGIN = /^(?:\d{4}-\d\d-\d\dT[\d:.]+Z )?[>\s]*/;
const HOST = /^[a-z0-9_*](?:[a-z0-9_.*-]*[a-z0-9_])?$/;
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

/** What stands in a code span; without one, the text itself. No expression for it: each could be made slow. */
const codeOf = (text: string): string => {
  let [from, to] = [0, text.length];
  while (from < to && (text[from] === "`" || text[from] === " ")) from += 1;
  while (to > from && (text[to - 1] === "`" || text[to - 1] === " ")) to -= 1;
  return text.slice(from, to);
};

const pointOf = (word: string): FirewallPoint => {
  const lower = word.toLowerCase();
  return lower === "dns" || lower === "http" ? lower : "packet";
};

const hostOf = (address: string): string => {
  const authority = /^[a-z]+:\/\/([^/?#]*)/i.exec(address)?.[1] ?? address;
  const host = hostOfAuthority(authority.toLowerCase().replace(/^.*@/, "")).replace(/\.$/, "");
  return host.length <= 253 && (HOST.test(host) || /^\[?[\da-f:]{2,39}\]?$/.test(host)) ? host : "";
};

/** All warnings in a text, each once. */
export const parseFirewallWarnings = (text: string): FirewallWarning[] => {
  const found = new Map<string, FirewallWarning>();
  let isWithin = false;
  let address: string | undefined;
  for (const raw of text.slice(-LIMITS.text).split("\n")) {
    const line = raw.slice(0, LIMITS.line).replace(MARGIN, "").trimEnd();
    if (HEADING.test(line)) {
      isWithin = true;
      address = undefined;
      continue;
    }
    if (!isWithin) continue;
    if (END.test(line)) {
      isWithin = false;
      continue;
    }
    const begin = COMMAND.exec(line)?.[0];
    if (begin === undefined) {
      const code = ITEM.test(line) ? codeOf(line.slice(2)).replace(CONTROL, "") : "";
      if (code !== "" && !code.includes("`")) address = code;
      continue;
    }
    const block = BLOCK.exec(line.slice(-20));
    if (block === null || address === undefined || found.size >= LIMITS.warnings) continue;
    const said = codeOf(line.slice(begin.length, -block[0].length)).replace(CONTROL, " ").slice(0, LIMITS.command);
    const warning: FirewallWarning = {
      address: address.slice(0, LIMITS.address),
      host: hostOf(address),
      url: /^https?:\/\//i.test(address) ? address.slice(0, LIMITS.address) : undefined,
      at: pointOf(block[1] ?? ""),
      command: /^root process \(pid 0\)$/i.test(said) ? "" : said,
    };
    found.set(JSON.stringify(warning), warning);
  }
  return [...found.values()];
};
