// What the rules about our own Action's step share.
import type { MonitorStep } from "../../model/monitorSteps.ts";
import type { FileContext, Finding } from "../rule.ts";

/** One finding at most for each step of our Action. */
export const eachMonitor = (
  find: (monitor: MonitorStep, file: FileContext) => Finding | undefined,
): ((file: FileContext) => Iterable<Finding>) =>
  function* (file) {
    for (const monitor of file.monitors) {
      const found = find(monitor, file);
      if (found !== undefined) yield found;
    }
  };
