// Behind the job's last step: ends the run and tells what came of it.
import { messageOf } from "../errors.ts";
import { readInputs } from "./inputs.ts";
import { report } from "./report.ts";
import { error, savedState } from "./runnerCommands.ts";
import { stopProof } from "./stopProof.ts";
import { stopRun } from "./stopRun.ts";

const main = async (): Promise<void> => {
  const control = savedState("control");
  // That the start failed was said then.
  if (control === "") return;
  try {
    const outcome = await stopRun(control, stopProof(savedState("word"), process.env));
    const failed = report(outcome, readInputs(process.env));
    if (failed) process.exitCode = 1;
  } catch (reason) {
    error(`what this job did is not known: ${messageOf(reason)}`);
    process.exitCode = 1;
  }
};

void main();
