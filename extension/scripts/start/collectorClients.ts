// Asks the collector, and the kernel, how things stand.
import { get } from "node:http";
import { readFile } from "node:fs/promises";

/** @returns the status of `GET /v1/health`, undefined where nothing answers */
export const health = (port: number, token: string): Promise<number | undefined> =>
  new Promise((resolve) => {
    // No agent: a connection kept open would look like a client that reads.
    const request = get(
      {
        host: "127.0.0.1",
        port,
        path: "/v1/health",
        agent: false,
        timeout: 2000,
        headers: { authorization: `Bearer ${token}` },
      },
      (response) => {
        response.resume();
        response.once("close", () => resolve(response.statusCode));
      },
    );
    request.once("timeout", () => request.destroy());
    request.once("error", () => resolve(undefined));
  });

/**
 * @param table /proc/net/tcp or tcp6
 * @returns how many established connections have `port` on this side
 */
export const countEstablished = (table: string, port: number): number => {
  const local = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return table
    .split("\n")
    .slice(1)
    .filter((line) => {
      const [, from, , state] = line.trim().split(/\s+/);
      return state === "01" && from?.endsWith(local) === true;
    }).length;
};

/** Whether somebody is connected to the collector. */
export const hasClient = async (port: number): Promise<boolean> =>
  countEstablished(await readFile("/proc/net/tcp", "latin1"), port) > 0;
