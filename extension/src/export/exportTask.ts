// Runs an export on a thread of its own, and puts what it wrote in its place when it is whole. Knows no VS Code.
import { randomBytes } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Worker } from "node:worker_threads";
import { exportNotWritten, UserError } from "../errors.ts";
import type { WantedPlaces } from "../../../collector/report/runReport.ts";
import type { RepositoryPlaces } from "../../../collector/report/sarif.ts";
import type { Exported, ExportJob } from "./exportJob.ts";
import type { FromExport } from "./exportMessages.ts";

/** More than a report of any run takes; a log that is made to take more ends its thread, not the window. */
const MOST_MB = 1024;

export interface ExportTask extends Omit<ExportJob, "target"> {
  /** Path of the thread's bundle. */
  readonly bundle: string;
  /** Is replaced. */
  readonly target: string;
  readonly onProgress: (done: number) => void;
  readonly places: (wanted: WantedPlaces) => Promise<RepositoryPlaces>;
  readonly signal: AbortSignal;
}

/** What went wrong with a file, in a few words. */
export const reasonOf = (error: unknown): string => {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  if (code === "ENOSPC") return "the disk is full";
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") return "no permission";
  if (code === "ENOENT") return "the folder, or the run's own file, is not there";
  if (code === "ERR_WORKER_OUT_OF_MEMORY") return "it takes too much memory";
  return typeof code === "string" ? code : String(message);
};

const inThread = (job: ExportJob, { bundle, onProgress, places, signal }: ExportTask): Promise<Exported> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(bundle, { workerData: job, resourceLimits: { maxOldGenerationSizeMb: MOST_MB } });
    let settle: (() => void) | undefined;
    /** What comes of it; told when the thread is no more, and so writes nothing any more. */
    const end = (outcome: () => void): void => {
      settle ??= outcome;
      void worker.terminate();
    };
    const stop = (): void => end(() => reject(signal.reason as Error));
    signal.addEventListener("abort", stop);
    worker.on("message", (message: FromExport) => {
      switch (message.kind) {
        case "progress":
          return onProgress(message.done);
        case "places":
          void places(message.wanted)
            .catch((): RepositoryPlaces => ({ events: new Map() }))
            // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
            .then((found) => worker.postMessage(found));
          return;
        case "done":
          return end(() => resolve(message.exported));
        case "failed":
          return end(() => reject(Object.assign(new Error(message.message), { code: message.code })));
      }
    });
    worker.on("error", (error) => end(() => reject(error)));
    worker.on("exit", () => {
      signal.removeEventListener("abort", stop);
      if (settle === undefined) reject(new Error("its thread has ended"));
      else settle();
    });
    if (signal.aborted) stop();
  });

/** Throws a `UserError` where the file can't be written, and the signal's reason where it is aborted; then nothing is left behind. */
export const runExport = async (task: ExportTask): Promise<Exported> => {
  const { format, source, bytes, target, name, notice, version, signal } = task;
  const beside = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}.part`);
  const job = { format, source, bytes, name, version, target: beside, ...(notice === undefined ? {} : { notice }) };
  try {
    const exported = await inThread(job, task);
    await rename(beside, target);
    return exported;
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    if (signal.aborted) throw error;
    throw new UserError(exportNotWritten(basename(target), reasonOf(error)));
  }
};
