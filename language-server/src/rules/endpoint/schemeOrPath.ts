import { parsePort } from "../../../../collector/policy/faults.ts";
import { replaceEntry, syntaxRule } from "./support.ts";

const PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, ssh: 22, git: 9418, ftp: 21, ws: 80, wss: 443 };

/** `host:port` of what is, or nearly is, a URL; undefined where there is no host in it. */
const endpointOf = (text: string): string | undefined => {
  const [, scheme, authority = ""] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^/?#]*)/i.exec(text) ?? [];
  const [, host = "", written] = /^(?:[^@]*@)?([^:]*)(?::(.*))?$/.exec(authority) ?? [];
  if (!/^[\w*.-]+\.[\w-]+$/.test(host)) return undefined;
  const trailing = /:(\d+)$/.exec(text)?.[1];
  const port = parsePort(written ?? "") ?? parsePort(scheme === undefined ? (trailing ?? "") : "");
  return `${host}:${port ?? PORTS[(scheme ?? "https").toLowerCase()] ?? 443}`;
};

export const schemeOrPath = syntaxRule(
  "scheme-or-path",
  {
    severity: "error",
    title: "A URL in the list turns the whole policy off",
    why: "The agent splits at the colon: of `https://host` it takes `https` for the host. Nobody can resolve that, and then the agent takes its enforcement back; the job runs open.",
    fix: "`host:port`, with the port that the scheme stands for where none is written.",
    wrong: "https://api.github.com/repos",
    right: "api.github.com:443",
  },
  (entry, list, { text }) => {
    const endpoint = endpointOf(entry.text);
    const fixes = endpoint === undefined ? [] : [replaceEntry(`Write ${endpoint}`, text, list, entry, endpoint)];
    return { message: "an entry is host:port; a scheme or path makes the agent give up all enforcement", fixes };
  },
);
