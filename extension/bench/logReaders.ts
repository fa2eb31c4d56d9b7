// Two plain readers of a run under way, each in a thread of its own: one looks at the log on the disk, one is an HTTP
// client of the event stream, as a curl in a terminal is. They say when each event was there for them.
import { once } from "node:events";
import { openSync, readSync, fstatSync, closeSync } from "node:fs";
import { request } from "node:http";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

/** seq of the newest event that was there, and the milliseconds since the epoch at which it was. */
export type Sighting = readonly [seq: number, at: number];

export type ReaderKind = "disk" | "stream";

export interface ReaderStart {
  readonly kind: ReaderKind;
  readonly path: string;
  readonly url: string;
  readonly token: string;
}

export interface Reader {
  /** Ends the thread; what it has seen. */
  stop(): Promise<readonly Sighting[]>;
}

/** Starts a reader; resolves when it has seen what there is so far. */
export const startReader = async (start: ReaderStart): Promise<Reader> => {
  const worker = new Worker(new URL(import.meta.url), { workerData: start });
  await once(worker, "message");
  return {
    async stop() {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      worker.postMessage("stop");
      const [sightings] = (await once(worker, "message")) as [Sighting[]];
      await worker.terminate();
      return sightings;
    },
  };
};

const clock = (): number => performance.timeOrigin + performance.now();
const POLL_MS = 1;
const TAIL_BYTES = 16 * 1024;

/** seq of the last whole line, or of the last message, of `text`; 0 for none. */
const lastSeq = (text: string): number => {
  const end = text.lastIndexOf("\n");
  const start = text.lastIndexOf('{"v":1,"seq":', end);
  return start < 0 || end < 0 ? 0 : Number.parseInt(text.slice(start + 13, start + 33), 10);
};

const readDisk = ({ path }: ReaderStart, see: (seq: number) => void): void => {
  const fd = openSync(path, "r");
  const tail = Buffer.alloc(TAIL_BYTES);
  let size = 0;
  const timer = setInterval(() => {
    const now = fstatSync(fd).size;
    if (now === size) return;
    size = now;
    const from = Math.max(0, size - TAIL_BYTES);
    const length = readSync(fd, tail, 0, Math.min(TAIL_BYTES, size - from), from);
    see(lastSeq(tail.toString("latin1", 0, length)));
  }, POLL_MS);
  parentPort?.once("message", () => {
    clearInterval(timer);
    closeSync(fd);
  });
};

const readStream = ({ url, token }: ReaderStart, see: (seq: number) => void): void => {
  const client = request(url, { headers: { authorization: `Bearer ${token}` } }, (response) => {
    let rest = "";
    response.setEncoding("latin1").on("data", (chunk: string) => {
      rest += chunk;
      const end = rest.lastIndexOf("\n\n") + 1;
      if (end === 0) return;
      const seq = lastSeq(rest.slice(0, end));
      rest = rest.slice(end);
      if (seq > 0) see(seq);
    });
    // Cut off by us.
    response.on("error", () => undefined);
  });
  client.on("error", () => undefined).end();
  parentPort?.once("message", () => client.destroy());
};

if (!isMainThread) {
  const start = workerData as ReaderStart;
  const sightings: Sighting[] = [];
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  const say = (message: unknown): void => parentPort?.postMessage(message);
  const see = (seq: number): void => {
    if (sightings.length === 0) say("reading");
    sightings.push([seq, clock()]);
  };
  if (start.kind === "disk") readDisk(start, see);
  else readStream(start, see);
  parentPort?.once("message", () => say(sightings));
}
