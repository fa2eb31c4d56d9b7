// Waits until a run that is being fetched has come, or comes no more. Knows no VS Code.
import type { RunRegistry } from "../sessions/registry.ts";
import type { RunSession } from "../sessions/runSession.ts";

export const isLoading = ({ state: { kind } }: RunSession): boolean => kind === "loading" || kind === "connecting";

/** False where the wait was given up, or the run was removed meanwhile: then it never says anything again. */
export const untilSettled = (run: RunSession, registry: RunRegistry, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    const isHere = (): boolean => registry.get(run.key) === run;
    const settle = (): void => {
      if (isHere() && isLoading(run) && !signal.aborted) return;
      stop();
      signal.removeEventListener("abort", settle);
      resolve(isHere() && !signal.aborted);
    };
    const stop = registry.onChange(settle);
    signal.addEventListener("abort", settle);
    settle();
  });
