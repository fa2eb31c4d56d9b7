import { once } from "node:events";
import { closeSync, writeSync } from "node:fs";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

// An MCP server on the runner: it offers the tools of the remote read-only server on a loopback port. It first reads a token from stdin,
// greets the remote server (POST), keeps the remote's own stream open (GET), then writes a line to file descriptor 3 and stays.

const { values } = parseArgs({ options: { port: { type: "string", default: "2301" } } });
const upstream = `${process.env["COPILOT_API_URL"] ?? ""}/mcp/readonly`;
const READY_FD = 3;

const [token] = (await once(createInterface(process.stdin), "line")) as [string];
let session: string | undefined;
let nextId = 1;

const headers = (): Record<string, string> => ({
  authorization: `Bearer ${token}`,
  "content-type": "application/json",
  accept: "application/json, text/event-stream",
  ...(session === undefined ? {} : { "mcp-session-id": session }),
});

const post = async (message: Record<string, unknown>): Promise<string> => {
  const response = await fetch(upstream, {
    method: "POST",
    headers: headers(),
    body: JSON.stringify({ jsonrpc: "2.0", ...message }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${upstream} says ${response.status} to ${String(message["method"])}: ${text}`);
  session ??= response.headers.get("mcp-session-id") ?? undefined;
  return text;
};

const listen = async (): Promise<void> => {
  const response = await fetch(upstream, { headers: headers() });
  if (!response.ok || !response.body) throw new Error(`${upstream} says ${response.status} to GET`);
  void (async () => {
    for await (const chunk of response.body ?? []) process.stderr.write(chunk);
  })().catch((error: unknown) => process.stderr.write(`stream ended: ${String(error)}\n`));
};

await post({ id: nextId++, method: "initialize", params: { protocolVersion: "2025-06-18", capabilities: {} } });
await post({ method: "notifications/initialized" });
await listen();
await post({ id: nextId++, method: "tools/list" });

const server = createServer((request, response) => {
  const answer = async (): Promise<void> => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk as string;
    const { params } = JSON.parse(body) as { params?: unknown };
    response.end(await post({ id: nextId++, method: "tools/call", params }));
  };
  answer().catch((error: unknown) => response.writeHead(502).end(String(error)));
});
server.listen(Number(values.port), "127.0.0.1");
await once(server, "listening");
process.once("SIGTERM", () => process.exit(0));
writeSync(READY_FD, `listening on http://127.0.0.1:${values.port}\n`);
closeSync(READY_FD);
