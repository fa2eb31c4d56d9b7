// What a row's request or connection is as a curl command, and as an entry of the allowlist of Copilot's own firewall.
import { kindOf, kinds } from "../model/rowKinds.ts";
import type { RawLines } from "../model/rawLines.ts";
import type { RunModel } from "../model/runModel.ts";
import { shellCommand } from "./shellQuote.ts";

interface Request {
  readonly method: string;
  readonly url: string;
}

const methodWord = /^[A-Z]{1,20}$/;

/** The request as the log has it; undefined where it is none, or the page no longer has its line. */
const requestOf = (model: RunModel, raw: RawLines, row: number): Request | undefined => {
  if (kindOf(model.rows.tag[row] ?? 0) !== kinds.http) return undefined;
  const line = raw.find(model.rows.firstSeq[row] ?? 0);
  try {
    const { http } = JSON.parse(line ?? "{}") as { readonly http?: Readonly<Record<string, unknown>> };
    const { method, host, path, tls } = http ?? {};
    if (typeof method !== "string" || typeof host !== "string" || typeof path !== "string") return undefined;
    if (!methodWord.test(method) || host === "" || !path.startsWith("/")) return undefined;
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
  return shellCommand(["curl", ...method, request.url]);
};

/** Of `host:port` entries, one a line, the narrowest that the allowlist can say: a URL's front, or a domain. */
export const allowlistEntries = (policyEntries: string): string => {
  const entries = policyEntries.split("\n").map((entry) => {
    const [, host = entry, port = ""] = /^(.*):(\d+)$/.exec(entry) ?? [];
    if (port === "443") return `https://${host}/`;
    return port === "80" ? `http://${host}/` : host;
  });
  return [...new Set(entries)].join("\n");
};
