/** Asks which models there are; throws on anything but 200, like all functions here. */
export const listModels = async (api: string, token: string): Promise<string[]> => {
  const response = await call(`${api}/models`, { headers: headers(token) });
  const { data } = (await response.json()) as { data: readonly { readonly id: string }[] };
  return data.map((model) => model.id);
};

const headers = (token: string): Record<string, string> => ({
  authorization: `Bearer ${token}`,
  "copilot-integration-id": "copilot-developer",
});

const call = async (url: string, init: RequestInit): Promise<Response> => {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`${init.method ?? "GET"} ${url}: ${response.status} ${await response.text()}`);
  return response;
};

/** The session's log as the service keeps it: a line of `data: {…}` for each tool call, uploaded whole each time. */
export class SessionLog {
  readonly #url: string;
  readonly #token: string;
  #text = "";

  constructor(api: string, sessionId: string, token: string) {
    this.#url = `${api}/agents/sessions/${sessionId}/logs`;
    this.#token = token;
  }

  add(name: string, args: string, output: string): void {
    const toolCall = {
      function: { name, arguments: args },
      id: `call_${this.#text.length}`,
      type: "function",
      index: 0,
    };
    const delta = { content: output, role: "assistant", tool_calls: [toolCall] };
    const chunk = {
      choices: [{ finish_reason: "tool_calls", delta }],
      created: Math.floor(Date.now() / 1000),
      object: "chat.completion.chunk",
    };
    this.#text += `data: ${JSON.stringify(chunk)}\n`;
  }

  async upload(): Promise<void> {
    const response = await call(this.#url, {
      method: "PUT",
      headers: { ...headers(this.#token), "content-type": "text/plain" },
      body: this.#text,
    });
    await response.arrayBuffer();
  }
}

/** Calls a tool of an MCP server on this machine. */
export const callMcpTool = async (port: number, name: string): Promise<string> => {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: {} } });
  const response = await call(`http://127.0.0.1:${port}/mcp`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  return response.text();
};
