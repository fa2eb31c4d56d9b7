// The thread that exports one run: a bundle of its own, started with its job, ended with it.
import { parentPort, workerData } from "node:worker_threads";
import { exportLines, type ExportJob } from "./exportJob.ts";
import type { FromExport, ToExport } from "./exportMessages.ts";

const PROGRESS_MS = 100;

const say = (message: FromExport): void => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
  parentPort?.postMessage(message);
};

const work = async (): Promise<void> => {
  let saidAt = 0;
  try {
    const exported = await exportLines(workerData as ExportJob, {
      onProgress: (done) => {
        const now = Date.now();
        if (now - saidAt < PROGRESS_MS) return;
        saidAt = now;
        say({ kind: "progress", done });
      },
      places: (wanted) =>
        new Promise((resolve) => {
          parentPort?.once("message", (places: ToExport) => resolve(places));
          say({ kind: "places", wanted });
        }),
    });
    say({ kind: "done", exported });
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
    say({ kind: "failed", code: typeof code === "string" ? code : undefined, message: String(message) });
  }
};

void work();
