// What was started or made is undone in the opposite order, once, however the end comes.

export interface Cleanup {
  /** Does it at the end. `what` names it where that fails. */
  defer(what: string, undo: () => Promise<void> | void): void;
  /** Undoes everything; a failure is told and does not keep the rest from being undone. */
  run(): Promise<void>;
}

export const createCleanup = (tell: (text: string) => void): Cleanup => {
  const tasks: { readonly what: string; readonly undo: () => Promise<void> | void }[] = [];
  return {
    defer(what, undo) {
      tasks.push({ what, undo });
    },
    async run() {
      for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
        try {
          await task.undo();
        } catch (error) {
          tell(`Could not ${task.what}: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
    },
  };
};
