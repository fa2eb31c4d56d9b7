// Decodes what a page says, once, at the edge. A page shows runner's data, so it is not trusted to be well-behaved.
import type { FromPage } from "../../../webview/protocol/messages.ts";

/** Longer texts are cut: a clipboard of hundreds of megabytes helps nobody. */
const LONGEST_COPY = 20_000_000;
const LONGEST_PATH = 8192;
const LONGEST_ENTRIES = 20_000;

/** Undefined for anything that is no message of ours. */
export const decodeFromPage = (value: unknown): FromPage | undefined => {
  if (typeof value !== "object" || value === null) return undefined;
  const message = value as Readonly<Record<string, unknown>>;
  switch (message["kind"]) {
    case "ready":
    case "retry":
    case "connect":
    case "openLog":
      return { kind: message["kind"] };
    case "ack":
      return Number.isSafeInteger(message["chunk"]) ? { kind: "ack", chunk: message["chunk"] as number } : undefined;
    case "commentOnPull":
    case "openDiff": {
      const { seq, path } = message;
      if (!Number.isSafeInteger(seq) || (seq as number) < 1) return undefined;
      const of = typeof path === "string" && path.length <= LONGEST_PATH ? { path } : {};
      return { kind: message["kind"], seq: seq as number, ...of };
    }
    case "allowEndpoint": {
      const { entries, request } = message;
      if (typeof entries !== "string" || entries.length > LONGEST_ENTRIES) return undefined;
      const of = typeof request === "string" && request.length <= LONGEST_ENTRIES ? { request } : {};
      return { kind: "allowEndpoint", entries, ...of };
    }
    case "copy": {
      const { text, what } = message;
      if (typeof text !== "string" || typeof what !== "string") return undefined;
      return { kind: "copy", text: text.slice(0, LONGEST_COPY), what: what.slice(0, 100) };
    }
    case "error":
      return typeof message["message"] === "string" ? { kind: "error", message: message["message"] } : undefined;
    default:
      return undefined;
  }
};
