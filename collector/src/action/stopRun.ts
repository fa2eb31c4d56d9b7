// Tells the keeper that the job is over, and waits for what came of the run.
import { createConnection } from "node:net";
import { UserError } from "../errors.ts";
import { readJsonLines } from "./jsonLines.ts";
import type { Outcome, StopReport } from "./messages.ts";
import { info } from "./runnerCommands.ts";

/** A log of gigabytes takes its time to be uploaded. */
const PATIENCE_MS = 20 * 60_000;

/** Throws a `UserError` where nobody is there any more to ask: then the job was not watched to its end. */
export const stopRun = (control: string, word: string): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const socket = createConnection(control);
    const fail = (reason: string): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(new UserError(reason, 3));
    };
    const timer = setTimeout(() => fail("the collector does not end"), PATIENCE_MS);
    socket.once("error", (error) => fail(`Runglass was ended before the job was (${error.message})`));
    socket.once("close", () => fail("Runglass was ended while it was telling what the job did"));
    readJsonLines(socket, (message) => {
      const report = message as StopReport;
      if (report.kind === "message") info(report.text);
      else if (report.kind === "refused") fail(report.reason);
      else {
        clearTimeout(timer);
        socket.removeAllListeners("close").destroy();
        resolve(report.outcome);
      }
    });
    socket.write(`${word}\n`);
  });
