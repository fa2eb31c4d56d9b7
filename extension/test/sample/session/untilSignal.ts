import { constants } from "node:os";

/**
 * An abort signal that follows SIGINT, SIGTERM and SIGHUP, and the exit code that then is due. The process itself is not ended, so that it can clean up; further signals
 * while it does change nothing.
 */
export const abortOnSignal = (): { signal: AbortSignal; exitCode: () => number | undefined } => {
  const abort = new AbortController();
  let exitCode: number | undefined;
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      exitCode ??= 128 + constants.signals[name];
      abort.abort();
    });
  }
  return { signal: abort.signal, exitCode: () => exitCode };
};
