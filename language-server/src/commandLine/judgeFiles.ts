// Many files of `lint`, on several threads where there are enough of them. What comes of it is the same, in the same order,
// whoever has judged which file.
import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import process from "node:process";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import type { LintOptions } from "../lint/lintText.ts";
import type { Format } from "./formats.ts";
import { judgeFile, messageOf, type FileOutcome } from "./judgeFile.ts";

export interface FileToJudge {
  readonly path: string;
  readonly options: Pick<LintOptions, "rules" | "branch">;
}

/** What a thread is given. It is known by its `task`, as its program may be a bundle that does other things too. */
interface Work {
  readonly task: "runglass lint";
  readonly files: readonly FileToJudge[];
  readonly format: Format;
  /** Holds the index of the next file that nobody has taken. */
  readonly next: SharedArrayBuffer;
}

interface Judged {
  readonly from: number;
  readonly outcomes: readonly FileOutcome[];
}

/** Files that are taken at once. */
const CHUNK = 16;

export interface ThreadChoice {
  /** Threads in all, this one too. */
  readonly threads: number;
  /** Whether others are worth their start is known once some files have been judged. */
  readonly startAfterMs: number;
  /** What is left must take longer, as a thread needs some 150 ms to start. */
  readonly worthMs: number;
  readonly program: URL;
}

/** Reading files sets a limit that more threads do not move. */
const MOST_THREADS = 8;

const USUAL: ThreadChoice = {
  threads: Math.min(availableParallelism(), MOST_THREADS),
  startAfterMs: 100,
  worthMs: 350,
  program: new URL(import.meta.url),
};

/** Judges files that nobody else has taken, until there are none. */
function* chunks({ files, format, next }: Work): Iterable<Judged> {
  const counter = new Int32Array(next);
  for (;;) {
    const from = Atomics.add(counter, 0, CHUNK);
    if (from >= files.length) return;
    const some = files.slice(from, from + CHUNK);
    yield { from, outcomes: some.map(({ path, options }) => judgeFile(path, format, false, options)) };
  }
}

/** Resolves when the thread has ended; what ended it before its time is said. */
const help = (
  program: URL,
  work: Work,
  take: (judged: Judged) => void,
  say: (message: string) => void,
): Promise<void> =>
  new Promise((resolve) => {
    const fail = (error: unknown): void => {
      say(`lint: a thread of it has failed, so that its files are judged again: ${messageOf(error)}`);
      resolve();
    };
    try {
      const worker = new Worker(program, { workerData: work });
      worker.on("message", take).on("error", fail);
      worker.on("exit", () => resolve());
    } catch (error) {
      fail(error);
    }
  });

/** The outcome of each file, in their order. */
export const judgeFiles = async (
  files: readonly FileToJudge[],
  format: Format,
  say: (message: string) => void,
  choice: Partial<ThreadChoice> = {},
): Promise<readonly FileOutcome[]> => {
  const { threads, startAfterMs, worthMs, program } = { ...USUAL, ...choice };
  const outcomes: (FileOutcome | undefined)[] = files.map(() => undefined);
  const take = ({ from, outcomes: some }: Judged): void => {
    for (const [at, outcome] of some.entries()) outcomes[from + at] = outcome;
  };
  const work: Work = { task: "runglass lint", files, format, next: new SharedArrayBuffer(4) };
  const helpers: Promise<void>[] = [];
  const start = process.cpuUsage();
  for (const judged of chunks(work)) {
    take(judged);
    if (helpers.length > 0) {
      // What the others have judged is taken as it comes.
      await setImmediate();
      continue;
    }
    const done = judged.from + CHUNK;
    // Of the processor: on a busy machine, a few files take long by the clock.
    const took = process.cpuUsage(start).user / 1000;
    if (threads < 2 || took < startAfterMs || (took / done) * (files.length - done) < worthMs) continue;
    for (let n = 1; n < threads; n++) helpers.push(help(program, work, take, say));
  }
  await Promise.all(helpers);
  return files.map(({ path, options }, at) => outcomes[at] ?? judgeFile(path, format, false, options));
};

if (!isMainThread && (workerData as Partial<Work> | undefined)?.task === "runglass lint") {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
  for (const judged of chunks(workerData as Work)) parentPort?.postMessage(judged);
}
