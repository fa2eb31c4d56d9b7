// The step itself: watching has begun before, in `pre`; but the runner runs no `pre` of an action in the repository itself.
import { rmSync } from "node:fs";
import { begin, OUTPUTS } from "./begin.ts";
import { info, savedState, setOutput, warning } from "./runnerCommands.ts";

const tell = (outputs: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(outputs)) if (value !== "") setOutput(name, value);
};

/** The runner has read it, and keeps the file: the steps behind this one need not find there what the last one is to say. */
const removeSavedState = (): void => {
  const file = savedState("stateFile");
  try {
    if (file !== "") rmSync(file, { force: true });
  } catch {
    // What is in it is not enough to end the run: see stopProof.ts.
  }
};

if (savedState("control") !== "") {
  removeSavedState();
  info("Runglass has watched this job since before its first step.");
  tell(Object.fromEntries(OUTPUTS.map((name) => [name, savedState(name)])));
} else if (savedState("failed") === "") {
  warning("the steps before this one were not watched: the runner has not run the `pre` of this action");
  void begin().then(tell);
} else {
  process.exitCode = 1;
}
