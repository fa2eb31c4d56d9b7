import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import { type Site, bodyOf, reply } from "./webServer.ts";

const TOOLS = [
  { name: "get_issue", description: "Reads an issue of the repository", inputSchema: { type: "object" } },
  { name: "list_commits", description: "Lists commits of a branch", inputSchema: { type: "object" } },
];

const MODELS = {
  object: "list",
  data: [
    { id: "gpt-5.4", object: "model", name: "GPT-5.4", vendor: "Azure OpenAI", capabilities: { type: "chat" } },
    {
      id: "claude-sonnet-4.6",
      object: "model",
      name: "Claude Sonnet 4.6",
      vendor: "Anthropic",
      capabilities: { type: "chat" },
    },
  ],
};

/** api.github.copilot.com: the models, the agent's session and its log, and the remote MCP server with its read-only tools. */
export const copilotApi = (): Site => {
  /** Bytes of log by session. */
  const logs = new Map<string, number>();
  return async (request, response, url) => {
    if (url.pathname === "/mcp/readonly") return mcp(request, response);
    if (url.pathname === "/models" && request.method === "GET") return reply(response, 200, JSON.stringify(MODELS));
    const session = /^\/agents\/sessions\/([0-9a-f-]{36})(\/logs)?$/.exec(url.pathname);
    const [, id = "", isLog] = session ?? [];
    if (session && isLog && request.method === "PUT") {
      logs.set(id, (await bodyOf(request)).length);
      return reply(response, 200, JSON.stringify({ id, bytes: logs.get(id) }));
    }
    if (session && !isLog && request.method === "GET") {
      const state = logs.has(id) ? "completed" : "queued";
      return reply(response, 200, JSON.stringify({ id, state, logs_bytes: logs.get(id) ?? 0 }));
    }
    return reply(response, 404, `{"message":"Not Found"}`);
  };
};

interface RpcRequest {
  readonly id?: number;
  readonly method?: string;
}

/** Model Context Protocol over streamable HTTP: POST carries one JSON-RPC message, GET opens the stream of the server's own. */
const mcp = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  if (request.method === "GET") {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
    response.write(": connected\n\n");
    const keepAlive = setInterval(() => response.write(": still here\n\n"), 5000);
    response.once("close", () => clearInterval(keepAlive));
    return;
  }
  if (request.method !== "POST") return reply(response, 405);
  const message = JSON.parse((await bodyOf(request)).toString("utf8")) as RpcRequest;
  if (message.id === undefined) return reply(response, 202);
  const result =
    message.method === "initialize"
      ? {
          protocolVersion: "2025-06-18",
          capabilities: { tools: {} },
          serverInfo: { name: "github-mcp-server", version: "1.0.0" },
        }
      : message.method === "tools/list"
        ? { tools: TOOLS }
        : { content: [{ type: "text", text: `answer to ${message.method ?? "nothing"}` }] };
  if (message.method === "initialize") response.setHeader("mcp-session-id", randomUUID());
  reply(response, 200, JSON.stringify({ jsonrpc: "2.0", id: message.id, result }));
};
