import { spawn } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";

import { type Site, reply } from "./webServer.ts";

/** github.com for git: smart HTTP through git's own CGI program, on the bare repositories below `root`. */
export const gitHost = (root: string): Site => {
  return async (request, response, url) => {
    const match = /^\/([\w.-]+\/[\w.-]+?)(?:\.git)?(\/info\/refs|\/git-upload-pack)$/.exec(url.pathname);
    if (!match) return reply(response, 404, "Not Found", "text/plain");
    await serve(request, response, {
      PATH: process.env["PATH"],
      HOME: root,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: `/${match[1]}.git${match[2]}`,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
      REMOTE_ADDR: request.socket.remoteAddress ?? "",
    });
  };
};

const serve = async (request: IncomingMessage, response: ServerResponse, env: NodeJS.ProcessEnv): Promise<void> => {
  const backend = spawn("git", ["http-backend"], { env, stdio: ["pipe", "pipe", "inherit"] });
  // The program may answer, and close its input, before it has read all of the request.
  const fed = pipeline(request, backend.stdin).catch(() => undefined);
  let head = Buffer.alloc(0);
  let started = false;
  for await (const chunk of backend.stdout as AsyncIterable<Buffer>) {
    if (started) {
      response.write(chunk);
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) continue;
    started = true;
    response.writeHead(...parseHead(head.toString("latin1", 0, end)));
    response.write(head.subarray(end + 4));
  }
  await fed;
  if (!started) throw new Error("git http-backend gave no answer");
  response.end();
};

const parseHead = (head: string): [number, Record<string, string>] => {
  const headers: Record<string, string> = {};
  for (const line of head.split("\r\n")) {
    const colon = line.indexOf(":");
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const { status = "200", ...rest } = headers;
  return [Number.parseInt(status, 10), rest];
};
