// What a row's request or connection is as a curl command, and as an entry of the allowlist of Copilot's own firewall.
import { flag, kindOf, kinds } from "../model/rowKinds.ts";
import type { RawLines } from "../model/rawLines.ts";
import type { RunModel } from "../model/runModel.ts";
import { shellCommand } from "./shellQuote.ts";

interface Request {
  readonly method: string;
  readonly url: string;
}

const methodWord = /^[A-Z][A-Z-]{0,19}$/;
/** A name or an address, and a port: what else stands there, as `a@b`, would make curl ask somebody else. */
const authority = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

/** The request as the log has it; undefined where it is none, or the page no longer has its line. */
const requestOf = (model: RunModel, raw: RawLines, row: number): Request | undefined => {
  if (kindOf(model.rows.tag[row] ?? 0) !== kinds.http) return undefined;
  const line = raw.find(model.rows.firstSeq[row] ?? 0);
  try {
    const { http } = JSON.parse(line ?? "{}") as { readonly http?: Readonly<Record<string, unknown>> };
    const { method, host, path, tls } = http ?? {};
    if (typeof method !== "string" || typeof host !== "string" || typeof path !== "string") return undefined;
    if (!methodWord.test(method) || !authority.test(host) || !path.startsWith("/")) return undefined;
    return { method, url: `${tls === "none" ? "http" : "https"}://${host}${path}` };
  } catch {
    return undefined;
  }
};

/** Without headers and body, which no log has; what is masked in the log is so here. */
export const curlCommand = (model: RunModel, raw: RawLines, row: number): string | undefined => {
  const request = requestOf(model, raw, row);
  if (request === undefined) return undefined;
  const method = request.method === "GET" ? [] : request.method === "HEAD" ? ["-I"] : ["-X", request.method];
  // Curl would make many URLs of one with such brackets, take away "..", and send nothing of what follows a "#".
  const glob = /[[\]{}]/.test(request.url) ? ["-g"] : [];
  const asIs = /\/\.{1,2}(?:\/|\?|$)/.test(request.url) ? ["--path-as-is"] : [];
  return shellCommand(["curl", ...glob, ...asIs, ...method, request.url.replaceAll("#", "%23")]);
};

/**
 * The entry that allows a request which no entry expects, on a connection that may be allowed already; undefined for any other
 * row, and for what could not stand in a policy. A query is no part of it.
 */
export const requestEntry = (model: RunModel, raw: RawLines, row: number): string | undefined => {
  if (((model.rows.flags[row] ?? 0) & flag.wouldBlock) === 0) return undefined;
  const request = requestOf(model, raw, row);
  const url = request?.url.replace(/\?.*/s, "") ?? "";
  const isPlain = /^[\x21-\x7e]+$/.test(url) && !/[*#]/.test(url) && /^[A-Z]+$/.test(request?.method ?? "");
  return isPlain ? `${request?.method} ${url}` : undefined;
};

/** Of `host:port` entries, one a line, the narrowest that the allowlist can say: a URL's front, or a domain. */
export const allowlistEntries = (policyEntries: string): string => {
  const entries = policyEntries.split("\n").map((entry) => {
    const [, host = entry, port = "", udp] = /^(.*):(\d+)(\/udp)?$/.exec(entry) ?? [];
    // What it calls a URL is HTTP over TCP.
    if (udp !== undefined) return host;
    if (port === "443") return `https://${host}/`;
    return port === "80" ? `http://${host}/` : host;
  });
  return [...new Set(entries)].join("\n");
};
