// Ctrl-C, or a polite kill, as something to wait for.

/** Resolves at the first SIGINT or SIGTERM. The next one ends the process, in case ending cleanly takes too long. */
export const untilInterrupted = (): Promise<void> =>
  new Promise((resolve) => {
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
    const onSignal = (): void => {
      for (const signal of signals) process.off(signal, onSignal);
      resolve();
    };
    for (const signal of signals) process.on(signal, onSignal);
  });
