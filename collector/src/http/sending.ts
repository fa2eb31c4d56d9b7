// Writes to a client that may be slow or gone.
import type { ServerResponse } from "node:http";

const waitsSince = new WeakMap<ServerResponse, number>();

/** For how long the client has not taken what was written to it; 0 where it has taken all. */
export const stalledMs = (response: ServerResponse): number => {
  const since = waitsSince.get(response);
  return since === undefined ? 0 : performance.now() - since;
};

/** Resolves true when more may be written, false when the client is gone. */
const drained = (response: ServerResponse): Promise<boolean> =>
  new Promise((resolve) => {
    waitsSince.set(response, performance.now());
    const settle = (alive: boolean): void => {
      waitsSince.delete(response);
      response.off("drain", onDrain).off("close", onClose);
      resolve(alive);
    };
    const onDrain = (): void => settle(true);
    const onClose = (): void => settle(false);
    response.on("drain", onDrain).on("close", onClose);
  });

/**
 * Writes, and where the client is slow waits until it has taken what is there: one chunk per client is all the memory it
 * can cost. Resolves false when the client is gone; a client that takes nothing at all is cut by the socket's timeout.
 */
export const send = async (response: ServerResponse, data: string | Buffer, latin1 = false): Promise<boolean> => {
  if (response.destroyed || response.socket?.destroyed !== false) return false;
  const more = typeof data === "string" ? response.write(data, latin1 ? "latin1" : "utf8") : response.write(data);
  return more || drained(response);
};

/** Resolves true when the end of the response is handed to the system, false when the client is gone before. */
export const finish = (response: ServerResponse): Promise<boolean> =>
  new Promise((resolve) => {
    if (response.destroyed) {
      resolve(false);
      return;
    }
    response.once("close", () => resolve(response.writableFinished));
    response.end();
  });
