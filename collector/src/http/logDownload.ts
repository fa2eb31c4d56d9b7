// GET /v1/runs/{run}/log: the log as it is now, as NDJSON.
import type { ServerResponse } from "node:http";
import type { ReadableLog } from "../log/readableLog.ts";
import { COMMON_HEADERS } from "./problem.ts";
import { finish, send } from "./sending.ts";

const CHUNK_BYTES = 128 * 1024;

/**
 * Sends what is published at this moment, with its length, so that a client can tell a cut connection from the end.
 * Resolves true where the client was sent all of it.
 */
export const sendLog = async (response: ServerResponse, log: ReadableLog, headOnly: boolean): Promise<boolean> => {
  const { offset: size, seq } = log.published;
  response.writeHead(200, {
    ...COMMON_HEADERS,
    "Content-Type": "application/x-ndjson",
    "Content-Length": size,
    "X-Runglass-Last-Seq": seq,
  });
  if (headOnly) return finish(response);
  for (let at = 0; at < size;) {
    // A new buffer for each chunk: the last one may still be on its way to the socket.
    const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, size - at));
    const got = await log.readAt(chunk, at);
    if (got < chunk.length) throw new Error("the log file was cut short while it was being read");
    if (!(await send(response, chunk))) return false;
    at += got;
  }
  return finish(response);
};
