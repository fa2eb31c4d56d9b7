// Before the job's first step: starts watching.
import { begin } from "./begin.ts";
import { saveState } from "./runnerCommands.ts";

void begin().then((outputs) => {
  for (const [name, value] of Object.entries(outputs)) saveState(name, value);
});
