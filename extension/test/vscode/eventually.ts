import { setTimeout as sleep } from "node:timers/promises";

/**
 * Tries `check` until it does not throw.
 * @throws what it threw last, after `timeoutMs`
 */
export const eventually = async <T>(check: () => Promise<T> | T, timeoutMs = 20_000): Promise<T> => {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(100);
    }
  }
};
