// Listens for the agent's hooks on a Unix socket. Whoever may write to the socket may say anything at any rate: each
// connection brings one message at most, of bounded size and in bounded time, and a hook that waits gets its answer.
import { once } from "node:events";
import { lchownSync } from "node:fs";
import { rmdir } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";
import { messageOf, UserError } from "../errors.ts";
import { parseToolMessage, type ToolMessage } from "../events/toolMessage.ts";
import { identifySender, newWord, type Sender } from "./sender.ts";
import { freeSocketPath } from "./socketFile.ts";
import { TokenBucket } from "./tokenBucket.ts";

const LIMITS = {
  connections: 64,
  header: 512,
  message: 257 * 1024,
  /** Longer than a hook waits for its agent's words. */
  connectionMs: 1_500,
  /** Messages a second, and how many may come at once. */
  rate: 500,
  burst: 2_000,
  /** How long a message waits for the sensor to tell of who sent it, and how often that is looked for, in ms. */
  patienceMs: 100,
  lookMs: 2,
} as const;

/** What is done with a message: it is taken (undefined), refused (why), or who sent it is not known yet. */
export type Verdict = undefined | string | "not yet";

export interface HookServerOptions {
  readonly path: string;
  /** Whom the socket belongs to; us where absent. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  readonly onMessage: (message: ToolMessage, sender: Sender) => Verdict;
  readonly onRefused: (why: string) => void;
}

export interface HookServer {
  close(): Promise<void>;
}

interface Header {
  readonly event: string;
  readonly pid: number;
}

const parseHeader = (line: string): Header | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { v, event, pid } = value as Readonly<Record<string, unknown>>;
  if (v !== 1 || typeof event !== "string" || !Number.isSafeInteger(pid) || Number(pid) <= 0) return undefined;
  return { event, pid: Number(pid) };
};

/** Gathers two lines; `done` is called once, with both, or with why they do not come, also where the sender goes away. */
const readMessage = (socket: Socket, done: (lines: readonly [string, string] | string) => void): void => {
  const chunks: Buffer[] = [];
  let size = 0;
  let lineEnds = 0;
  let finished = false;
  const finish = (result: readonly [string, string] | string): void => {
    if (finished) return;
    finished = true;
    done(result);
  };
  socket.on("data", (chunk) => {
    if (finished) return;
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    chunks.push(bytes);
    size += bytes.length;
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lineEnds++;
    if (lineEnds >= 2) {
      const [header = "", body = ""] = Buffer.concat(chunks).toString("utf8").split("\n", 2);
      finish(header.length > LIMITS.header ? "it is not a hook's message" : [header, body]);
    } else if (size > (lineEnds === 0 ? LIMITS.header : LIMITS.message)) {
      finish("it is too long");
    }
  });
  for (const ending of ["end", "close"]) socket.once(ending, () => finish("it ended before it was whole"));
};

class Hooks {
  readonly #options: HookServerOptions;
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  readonly #bucket = new TokenBucket(LIMITS.rate, LIMITS.burst);

  constructor(options: HookServerOptions) {
    this.#options = options;
    // Half open: a sender may close its side behind its message and still wait for the answer.
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#take(socket));
    this.#server.maxConnections = LIMITS.connections;
    this.#server.on("drop", () => options.onRefused("too many of them come at a time"));
  }

  async listen(): Promise<void> {
    const { path, owner } = this.#options;
    // Nobody else may open it before it belongs to whom it should; it is made before `listen` returns.
    const mask = process.umask(0o177);
    const listening = once(this.#server.listen(path), "listening");
    process.umask(mask);
    try {
      await listening;
      // The socket itself, not what somebody may have put in its place.
      if (owner !== undefined) lchownSync(path, owner.uid, owner.gid);
    } catch (error) {
      throw new UserError(`--hook-socket: cannot listen on ${path}: ${messageOf(error)}`, 2);
    }
    this.#server.on("error", () => undefined);
  }

  close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #take(socket: Socket): void {
    this.#open.add(socket);
    socket.on("error", () => undefined); // It went away; nothing is owed to it.
    const late = setTimeout(() => socket.destroy(), LIMITS.connectionMs);
    socket.once("close", () => {
      clearTimeout(late);
      this.#open.delete(socket);
    });
    const word = newWord();
    socket.write(`${word}\n`);
    readMessage(socket, (lines) => {
      if (typeof lines === "string") return this.#answer(socket, lines);
      if (!this.#bucket.take(performance.now())) return this.#answer(socket, "too many of them come at a time");
      this.#judge(socket, lines, word);
    });
  }

  #judge(socket: Socket, [head, body]: readonly [string, string], word: string): void {
    const header = parseHeader(head);
    if (header === undefined) return this.#answer(socket, "it is not a hook's message");
    const sender = identifySender(header.pid, word);
    if (typeof sender === "string") return this.#answer(socket, sender);
    const message = parseToolMessage(header.event, body);
    if (message === undefined) return this.#answer(socket, "it holds no JSON object");
    const until = performance.now() + LIMITS.patienceMs;
    const look = (): void => {
      const verdict = this.#options.onMessage(message, sender);
      if (verdict !== "not yet") return this.#answer(socket, verdict);
      if (performance.now() >= until) return this.#answer(socket, "it is not from a watched process of an agent");
      setTimeout(look, LIMITS.lookMs);
    };
    look();
  }

  #answer(socket: Socket, refused: string | undefined): void {
    if (refused !== undefined) this.#options.onRefused(refused);
    if (!socket.destroyed) socket.end(refused === undefined ? "ok\n" : `${refused}\n`);
    socket.resume(); // What else it sends is read away, so that it can end.
  }
}

/** Listens on `path`. Throws a `UserError` where that cannot be. */
export const startHookServer = async (options: HookServerOptions): Promise<HookServer> => {
  const made = await freeSocketPath(options.path);
  const hooks = new Hooks(options);
  await hooks.listen();
  return {
    async close() {
      await hooks.close();
      // Another run may have put its own socket there by now.
      if (made) await rmdir(dirname(options.path)).catch(() => undefined);
    },
  };
};
