// Tells the keeper that the job is over, and waits for what came of the run.
import { createConnection } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../errors.ts";
import { readJsonLines } from "./jsonLines.ts";
import type { Outcome, StopReport } from "./messages.ts";
import { info } from "./runnerCommands.ts";

export interface StopPatience {
  /** How long it is tried to be heard. */
  readonly heardMs: number;
  /** How long a single try takes at most to be heard, and how long the next one waits. */
  readonly tryMs: number;
  readonly pauseMs: number;
  /** How long the run may take to end: a log of gigabytes takes its time to be uploaded. */
  readonly endMs: number;
}

const PATIENCE: StopPatience = { heardMs: 60_000, tryMs: 5_000, pauseMs: 200, endMs: 20 * 60_000 };

/** Nobody listens at this path any more. */
const GONE = new Set(["ENOENT", "ECONNREFUSED"]);

type Tried =
  | { readonly kind: "outcome"; readonly outcome: Outcome }
  | { readonly kind: "failed"; readonly reason: string }
  /** Not heard; another try may be. */
  | { readonly kind: "unheard" };

const attempt = (control: string, word: string, patience: StopPatience): Promise<Tried> =>
  new Promise((resolve) => {
    const socket = createConnection(control);
    let taken = false;
    const done = (tried: Tried): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(tried);
    };
    const fail = (reason: string): void => done({ kind: "failed", reason });
    let timer = setTimeout(() => done({ kind: "unheard" }), patience.tryMs);
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (GONE.has(error.code ?? "")) fail(`Runglass was ended before the job was (${error.message})`);
    });
    socket.once("close", () => {
      if (taken) fail("Runglass was ended while it was telling what the job did");
      else done({ kind: "unheard" });
    });
    readJsonLines(socket, (message) => {
      const report = message as StopReport;
      if (report.kind === "message") info(report.text);
      else if (report.kind === "refused") fail(report.reason);
      else if (report.kind === "outcome") done({ kind: "outcome", outcome: report.outcome });
      else {
        taken = true;
        clearTimeout(timer);
        timer = setTimeout(() => fail("the collector does not end"), patience.endMs);
      }
    });
    socket.write(`${word}\n`);
  });

/**
 * The job's other programs run as the same user and can keep the socket busy: it is tried again for a time. Throws a
 * `UserError` where nobody is there any more to ask, or nobody hears: then this step does not know what the job did. The run
 * is ended and uploaded all the same as soon as the runner's worker is gone, and what is contained stays so until then.
 */
export const stopRun = async (control: string, word: string, patience = PATIENCE): Promise<Outcome> => {
  const end = Date.now() + patience.heardMs;
  for (;;) {
    const tried = await attempt(control, word, patience);
    if (tried.kind === "outcome") return tried.outcome;
    if (tried.kind === "failed") throw new UserError(tried.reason, 3);
    if (Date.now() >= end)
      throw new UserError(
        `a program of this job keeps others from reaching Runglass (${control}): it watches on, and ends and uploads its log when the runner ends the job`,
        3,
      );
    await sleep(patience.pauseMs);
  }
};
