// A real HTTP server for tests, with the collector's surface and with faults on demand.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { sseMessage } from "../../../collector/protocol/sse.ts";

export const testToken = "test-token-1";

export interface TestCollector {
  readonly url: string;
  readonly port: number;
  /** Lines of the run, without line ends; pushing one and calling `grown` streams it. */
  readonly lines: string[];
  grown(): void;
  /** The run is over: streams end, and then 204. */
  ended: boolean;
  /** Cuts all connections. */
  cut(): void;
  /** Answers the next requests instead of the server; removed by setting it to undefined. */
  fault: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  /** Changes what a stream sends for a seq. */
  message: (seq: number, line: string) => string;
  /** What the requests for events asked for, in order: `Last-Event-ID`, "" without one. */
  readonly resumes: string[];
  /** How many streams are open now. */
  streamCount(): number;
  close(): Promise<void>;
}

export const problem = (response: ServerResponse, status: number, code: string, detail: string): true => {
  response.writeHead(status, { "Content-Type": "application/problem+json" });
  response.end(JSON.stringify({ type: "about:blank", title: "Error", status, code, detail }));
  return true;
};

export const testEvent = (seq: number, type = "file.read", more = '"file":{"path":"/etc/passwd"}'): string =>
  `{"v":1,"seq":${seq},"t":${1_790_000_000_000_000 + seq},"type":"${type}",${more}}`;

export const startLine = (title = "npm ci"): string =>
  testEvent(
    1,
    "run.start",
    `"run":{"id":"r1","title":${JSON.stringify(title)}},"host":{"name":"runner-1","os":"Linux","kernel":"6.8","arch":"x64"},` +
      '"collector":{"version":"0.1.0"},"policy":{"mode":"none","endpoints":[]}',
  );

export const startTestCollector = async (port = 0): Promise<TestCollector> => {
  const sockets = new Set<Socket>();
  const streams = new Set<() => void>();
  const stream = (request: IncomingMessage, response: ServerResponse): void => {
    const header = request.headers["last-event-id"];
    collector.resumes.push(typeof header === "string" ? header : "");
    let at = typeof header === "string" ? Number(header) : 0;
    if (collector.ended && at >= collector.lines.length) {
      response.writeHead(204).end();
      return;
    }
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write(": hello\n\n");
    const send = (): void => {
      for (; at < collector.lines.length; at += 1) response.write(collector.message(at + 1, collector.lines[at] ?? ""));
      if (collector.ended) response.end();
    };
    streams.add(send);
    response.on("close", () => streams.delete(send));
    send();
  };
  const server = createServer((request, response) => {
    if (collector.fault?.(request, response) === true) return;
    if (request.headers.authorization !== `Bearer ${testToken}`) {
      problem(response, 401, "wrong-token", "The token is not the one of this collector");
    } else if (request.url === "/v1/health") {
      response
        .writeHead(200, { "Content-Type": "application/json" })
        .end('{"status":"ok","version":"0.1.0","protocol":1}');
    } else if (request.url === "/v1/runs") {
      response.writeHead(200, { "Content-Type": "application/json" });
      response.end(
        JSON.stringify({
          runs: [{ id: "r1", title: "npm ci", attempt: 2, state: collector.ended ? "ended" : "live" }],
        }),
      );
    } else if (request.url === "/v1/runs/r1/events") stream(request, response);
    else problem(response, 404, "not-found", "There is no run of this name here");
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address() as AddressInfo;
  const collector: TestCollector = {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    lines: [],
    ended: false,
    fault: undefined,
    message: (seq, line) => sseMessage(seq, (JSON.parse(line) as { type: string }).type, line),
    resumes: [],
    streamCount: () => streams.size,
    grown: () => {
      for (const send of streams) send();
    },
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return collector;
};

/** Waits until `done`; fails after fifteen seconds, which only a busy machine needs, with what it waited for. */
export const until = async (what: string, done: () => boolean): Promise<void> => {
  const end = Date.now() + 15_000;
  while (!done()) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};
