import type { Entry } from "../../model/endpoints.ts";
import { isHostName } from "../../model/entrySyntax.ts";
import { KNOWN_ENDPOINTS } from "../../model/knownEndpoints.ts";
import { replaceEntry, syntaxRule, removeEntry } from "./support.ts";

const reasonOf = (host: string): string => {
  if (/(?:^|\.)_/.test(host)) return "this is the name of a service record, not of a host";
  if (!host.includes(".")) return "a single word is no host of the internet";
  return "this is no host name";
};

/** Where services are that have records of their own. */
const SERVICE_PORTS: Readonly<Record<string, string>> = { _http: "80", _https: "443", _ssh: "22" };

const asciiOf = (host: string): string => {
  try {
    return new URL(`http://${host}`).hostname;
  } catch {
    return "";
  }
};

interface Meant {
  readonly host: string;
  readonly port: string | undefined;
  /** It is what stands there, without what cannot belong to it. */
  readonly isSame?: boolean;
}

/** What the author may have meant, the likeliest first. */
const meantBy = ({ host, port }: Entry): readonly Meant[] => {
  const unquoted = host.replace(/^["'`]+|["'`;]+$/g, "");
  if (unquoted !== host && isHostName(unquoted)) return [{ host: unquoted, port, isSame: true }];
  const [, service = "", owner] = /^(_[a-z\d-]+)\._(?:tcp|udp)\.(.+)$/i.exec(host) ?? [];
  if (owner !== undefined) return [{ host: owner, port: SERVICE_PORTS[service.toLowerCase()] ?? port }];
  if (/[^\0-\x7f]/.test(host)) return [{ host: asciiOf(host), port }];
  const dotted = host.replaceAll(/\.{2,}/g, ".").replace(/^\./, "");
  // Other tools take `.example.com` for all below it.
  if (dotted !== host)
    return [dotted, ...(host.startsWith(".") ? [`*.${dotted}`] : [])].map((one) => ({ host: one, port }));
  const known = Object.keys(KNOWN_ENDPOINTS).find((one) => /^[^.]+\.[^.:]+:/.test(one) && one.startsWith(`${host}.`));
  return known === undefined ? [] : [{ host: known.replace(/:.*/, ""), port }];
};

export const notAHostname = syntaxRule(
  "not-a-hostname",
  {
    severity: "error",
    title: "An entry is no host name",
    why: "The agent must resolve each entry; when nobody answers it takes its enforcement back. Names of service records (`_http._tcp…`), single words and misspelt hosts all do that.",
    fix: "What was most likely meant (the host of a service record, an international name in its ASCII form, the known host that begins with the word), else the entry is removed. Only quotes are taken off unasked.",
    wrong: "_http._tcp.azure.archive.ubuntu.com:443",
    right: "azure.archive.ubuntu.com:80",
  },
  (entry, list, { text }) => {
    const meant = meantBy(entry).filter(({ host }) => isHostName(host));
    const fixes = meant.map(({ host, port, isSame = false }) => {
      const written = port === undefined ? host : `${host}:${port}`;
      return replaceEntry(`Write ${written}`, text, list, entry, written, !isSame);
    });
    return {
      message: `${reasonOf(entry.host)}: the agent cannot resolve it, and gives up all enforcement`,
      fixes: [...fixes, removeEntry("Remove the entry", text, list, entry, true)],
    };
  },
);
