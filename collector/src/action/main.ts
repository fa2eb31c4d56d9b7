// The step itself: watching has begun before, in `pre`; but the runner runs no `pre` of an action in the repository itself.
import { begin, OUTPUTS } from "./begin.ts";
import { info, savedState, setOutput, warning } from "./runnerCommands.ts";

const tell = (outputs: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(outputs)) if (value !== "") setOutput(name, value);
};

if (savedState("control") !== "") {
  info("Runglass has watched this job since before its first step.");
  tell(Object.fromEntries(OUTPUTS.map((name) => [name, savedState(name)])));
} else if (savedState("failed") === "") {
  warning("the steps before this one were not watched: the runner has not run the `pre` of this action");
  void begin().then(tell);
} else {
  process.exitCode = 1;
}
