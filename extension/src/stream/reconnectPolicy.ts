// How long to wait before the next try. Pure: the clock and the dice belong to the caller.

export interface ReconnectPolicy {
  readonly firstMs: number;
  readonly maxMs: number;
}

export const defaultReconnectPolicy: ReconnectPolicy = { firstMs: 500, maxMs: 30_000 };

/**
 * Milliseconds before try number `attempt` (1 is the first after a loss): doubling up to the longest wait, then spread over
 * its upper half, so that many editors don't come back to one collector at the same moment. `random` is in [0, 1).
 */
export const reconnectDelay = (policy: ReconnectPolicy, attempt: number, random: number): number => {
  const ceiling = Math.min(policy.maxMs, policy.firstMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
};
