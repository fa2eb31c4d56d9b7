// What a header block of HTTP/2 asks for, or answers (RFC 9113 8.3). It comes from whoever we watch.
import { authority, maskPath, METHOD, type RequestHead, TARGET } from "./http1.ts";
import type { Field } from "./hpack.ts";

/** The fields that are read; all others are dropped where they are unpacked. */
export const REQUEST_FIELDS: ReadonlySet<string> = new Set([":method", ":authority", ":path", "host"]);
export const RESPONSE_FIELDS: ReadonlySet<string> = new Set([":status"]);

/** Longer than servers take; so much of a log line is enough for anyone. */
const MOST_PATH = 8192;

/** The value of a field that is there once; one that is there twice is none. */
const only = (fields: readonly Field[], name: string): string | undefined => {
  const found = fields.filter((field) => field.name === name);
  return found.length === 1 ? found[0]?.value : undefined;
};

/** Undefined for what is no request, such as the fields behind its body. */
export const requestOf = (fields: readonly Field[]): RequestHead | undefined => {
  const method = only(fields, ":method");
  const path = only(fields, ":path");
  if (method === undefined || !METHOD.test(method)) return undefined;
  const named = fields.some(({ name }) => name === ":authority") ? ":authority" : "host";
  const host = authority(only(fields, named) ?? "");
  if (path === undefined && method === "CONNECT") return { method, host, path: "", version: "2", form: "tunnel" };
  if (path === undefined || path.length > MOST_PATH || !TARGET.test(path)) return undefined;
  return { method, host, path: maskPath(path), version: "2", form: "origin" };
};

/** Undefined for the fields behind a body. */
export const statusOf = (fields: readonly Field[]): number | undefined => {
  const status = only(fields, ":status") ?? "";
  return /^[1-9]\d\d$/.test(status) ? Number(status) : undefined;
};
