// What the tests of the log and the HTTP side share: a temporary directory, events, and a server on a log.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startHttpServer, type HttpServer, type HttpServerOptions } from "../../src/http/server.ts";
import { createRunLog, type RunLog, type RunLogOptions } from "../../src/log/runLog.ts";

export const TOKEN = "test-token-0123456789abcdef";
export const AUTHORISED = { authorization: `Bearer ${TOKEN}` };

/** One line as our own serializer writes it, about `size` bytes long. */
export const line = (seq: number, size = 0): string => {
  const path = `/srv/é/${seq}-`.padEnd(Math.max(0, size - 110), "x");
  const file = JSON.stringify({ op: "write", path });
  return `{"v":1,"seq":${seq},"t":${1_790_000_000_000_000 + seq},"type":"file.write","process":"1-a","file":${file}}\n`;
};

/** The lines `first` to `last`. */
export const lines = (first: number, last: number, size = 0): string => {
  let text = "";
  for (let seq = first; seq <= last; seq++) text += line(seq, size);
  return text;
};

/** A run.end with this number. */
export const runEnd = (seq: number): string =>
  `{"v":1,"seq":${seq},"t":${1_790_000_000_000_000 + seq},"type":"run.end","counts":{},"lost":0}\n`;

/** Things to take away after a test, in reverse order. */
export class Cleanup {
  readonly #tasks: (() => Promise<unknown> | unknown)[] = [];

  add(task: () => Promise<unknown> | unknown): void {
    this.#tasks.push(task);
  }

  async run(): Promise<void> {
    for (let task = this.#tasks.pop(); task !== undefined; task = this.#tasks.pop()) await task();
  }
}

export const temporaryDirectory = async (cleanup: Cleanup): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), "runglass-test-"));
  cleanup.add(() => rm(directory, { recursive: true, force: true }));
  return directory;
};

export const newLog = async (cleanup: Cleanup, options?: RunLogOptions): Promise<RunLog> => {
  const directory = await temporaryDirectory(cleanup);
  const log = await createRunLog(join(directory, "run.ndjson"), "run-1", options);
  cleanup.add(() => log.close());
  return log;
};

export const serveLog = async (
  cleanup: Cleanup,
  log: RunLog,
  options: Partial<HttpServerOptions> = {},
): Promise<HttpServer> => {
  const runs = (): readonly { id: string; title: string; log: RunLog }[] => [{ id: "run-1", title: "a run", log }];
  const server = await startHttpServer({
    host: "127.0.0.1",
    port: 0,
    token: TOKEN,
    version: "0.1.0",
    runs,
    ...options,
  });
  cleanup.add(() => server.close(0));
  return server;
};

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until `condition` holds; fails after `ms`. */
export const until = async (condition: () => boolean, what: string, ms = 10_000): Promise<void> => {
  const start = Date.now();
  while (!condition()) {
    if (Date.now() - start > ms) throw new Error(`not within ${ms} ms: ${what}`);
    await sleep(5);
  }
};
