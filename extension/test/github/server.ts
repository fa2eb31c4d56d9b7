// A GitHub of the tests' own: its REST API over HTTP on a loopback port, below /api/v3 as a GitHub Enterprise Server has it, and
// beside it the store that artifacts and logs are fetched from, which takes nothing but the addresses that the API hands out.
import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { text } from "node:stream/consumers";
import type { Place } from "./payloads.ts";
import { writeComment } from "./comments.ts";
import { answerOf, type Answer } from "./routes.ts";
import { emptyState, type FakeState } from "./state.ts";

export interface SeenRequest {
  readonly method: string;
  /** With its query, without the API's prefix; of the store with its own. */
  readonly path: string;
  readonly status: number;
  /** It counted against the rate limit. */
  readonly billed: boolean;
  readonly at: number;
}

export interface FakeGitHub {
  /** What `runglass.github.url` is set to. */
  readonly url: string;
  readonly port: number;
  readonly state: FakeState;
  /** All that was asked so far, of API and store. */
  readonly requests: SeenRequest[];
  /** Requests that came to the store with a token: must stay empty. */
  readonly leaks: string[];
  close(): Promise<void>;
}

const PREFIX = "/api/v3";

const listen = async (server: Server, port: number): Promise<number> => {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return (server.address() as AddressInfo).port;
};

const send = (response: ServerResponse, status: number, headers: Record<string, string>, body = ""): void => {
  response.writeHead(status, headers).end(body);
};

const problemOf = (message: string): string =>
  JSON.stringify({ message, documentation_url: "https://docs.github.com/rest" });

/** Cuts a page out of a list; `link` is the header that tells of the next one. */
const pageOf = (
  { all, field }: Extract<Answer, { kind: "list" }>,
  url: URL,
): { readonly value: unknown; readonly link: string | undefined } => {
  const size = Math.min(100, Math.max(1, Number(url.searchParams.get("per_page") ?? 30)));
  const page = Math.max(1, Number(url.searchParams.get("page") ?? 1));
  const items = all.slice((page - 1) * size, page * size);
  const value = field === undefined ? items : { total_count: all.length, [field]: items };
  if (page * size >= all.length) return { value, link: undefined };
  const next = new URL(url);
  next.searchParams.set("page", String(page + 1));
  return { value, link: `<${next.href}>; rel="next"` };
};

export const startFakeGitHub = async (
  options: { readonly state?: FakeState; readonly port?: number } = {},
): Promise<FakeGitHub> => {
  const state = options.state ?? emptyState();
  const requests: SeenRequest[] = [];
  const leaks: string[] = [];
  const stored = new Map<string, { readonly content: Buffer | undefined; readonly type: string }>();
  const sockets = new Set<Socket>();
  let place: Place = { web: "", api: "" };
  let storeOrigin = "";

  const answerStore = (request: IncomingMessage, response: ServerResponse): void => {
    const path = request.url ?? "";
    const note = (status: number): void =>
      void requests.push({ method: request.method ?? "", path, status, billed: false, at: state.now() });
    if (request.headers.authorization !== undefined) {
      leaks.push(path);
      note(400);
      send(
        response,
        400,
        { "content-type": "application/xml" },
        "<Error><Code>InvalidAuthenticationInfo</Code></Error>",
      );
      return;
    }
    const blob = stored.get(path);
    if (blob?.content === undefined) {
      note(404);
      send(response, 404, { "content-type": "application/xml" }, "<Error><Code>BlobNotFound</Code></Error>");
      return;
    }
    note(200);
    response.writeHead(200, { "content-type": blob.type, "content-length": blob.content.length }).end(blob.content);
  };

  /** The headers by which GitHub tells of its rate limit. */
  const rateHeaders = (): Record<string, string> => ({
    "x-ratelimit-limit": String(state.rate.limit),
    "x-ratelimit-remaining": String(state.rate.remaining),
    "x-ratelimit-used": String(state.rate.limit - state.rate.remaining),
    "x-ratelimit-reset": String(Math.ceil(state.rate.resetsAt / 1000)),
    "x-ratelimit-resource": "core",
    date: new Date(state.now()).toUTCString(),
  });

  const answerApi = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", place.web);
    const path = url.pathname.slice(PREFIX.length);
    const method = request.method ?? "";
    const finish = (status: number, headers: Record<string, string>, body = "", billed = true): void => {
      if (billed) state.rate.remaining = Math.max(0, state.rate.remaining - 1);
      requests.push({ method, path: path + url.search, status, billed, at: state.now() });
      send(response, status, { "content-type": "application/json; charset=utf-8", ...rateHeaders(), ...headers }, body);
    };
    if (state.now() >= state.rate.resetsAt) {
      state.rate.remaining = state.rate.limit;
      state.rate.resetsAt = state.now() + 3_600_000;
    }
    const token = /^(?:token|Bearer) (.+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
    const viewer = state.tokens[token];
    if (viewer === undefined) return finish(401, {}, problemOf("Bad credentials"));
    if (state.rate.remaining === 0) return finish(403, {}, problemOf("API rate limit exceeded for user ID 1."), false);
    const fault = state.faults.find(({ matches }) => matches.test(`${method} ${path}${url.search}`));
    if (fault !== undefined) {
      const body = typeof fault.body === "string" ? fault.body : JSON.stringify(fault.body ?? { message: "Fault" });
      return finish(fault.status, { ...fault.headers }, body);
    }
    if (method === "POST") {
      const { status, value } = writeComment(path, await text(request), viewer, state, place);
      return finish(status, {}, JSON.stringify(value));
    }
    if (method !== "GET") return finish(404, {}, problemOf("Not Found"));
    const answer = answerOf({ path, query: url.searchParams, viewer }, state, place);
    if (answer.kind === "error") return finish(answer.status, {}, problemOf(answer.message));
    if (answer.kind === "elsewhere") {
      const address = `/store/${randomBytes(12).toString("hex")}?sig=${randomBytes(16).toString("base64url")}`;
      stored.set(address, answer);
      return finish(302, { location: storeOrigin + address });
    }
    const { value, link } = answer.kind === "list" ? pageOf(answer, url) : { value: answer.value, link: undefined };
    const body = JSON.stringify(value);
    const etag = `W/"${createHash("sha256").update(body).digest("hex")}"`;
    const headers: Record<string, string> = {
      etag,
      vary: "Accept, Authorization",
      ...(link === undefined ? {} : { link }),
    };
    if (request.headers["if-none-match"] === etag) return finish(304, headers, "", false);
    return finish(200, headers, body);
  };

  const store = createServer(answerStore);
  const api = createServer((request, response) => {
    if (request.url?.startsWith(`${PREFIX}/`) === true) void answerApi(request, response);
    else send(response, 200, { "content-type": "text/html" }, "<!doctype html><title>A page of GitHub</title>");
  });
  for (const server of [api, store]) {
    server.on("connection", (socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    });
  }
  const port = await listen(api, options.port ?? 0);
  storeOrigin = `http://127.0.0.1:${await listen(store, 0)}`;
  place = { web: `http://127.0.0.1:${port}`, api: `http://127.0.0.1:${port}${PREFIX}` };
  return {
    url: place.web,
    port,
    state,
    requests,
    leaks,
    async close() {
      for (const socket of sockets) socket.destroy();
      await Promise.all([api, store].map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
    },
  };
};
