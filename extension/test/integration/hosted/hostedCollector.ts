// The collector that the tests in the extension host follow: a real one, which replays a log so slowly that it stays live
// throughout.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { countEstablished } from "../../../scripts/start/collectorClients.ts";
import { startServing, type Collector } from "../../vscode/collector.ts";
import { writeRunLog } from "../../vscode/runLogFixture.ts";
import { hostedDirectory } from "./waiting.ts";

let collector: Collector | undefined;

const slow = 0.0001;
const logPath = (): string => join(hostedDirectory(), "live.ndjson");

/** Starts the collector and writes the file by which a start script tells the extension of it; returns its path. */
export const startHostedCollector = async (): Promise<string> => {
  const directory = hostedDirectory();
  await writeRunLog(logPath(), "live", 50);
  collector = await startServing(logPath(), { directory, speed: slow });
  const path = join(directory, "connect.json");
  await writeFile(path, JSON.stringify({ url: collector.url, token: collector.token }), { mode: 0o600 });
  return path;
};

/** Kills the collector and starts it again in its old place. */
export const restartHostedCollector = async (): Promise<void> => {
  if (collector === undefined) throw new Error("There is no collector.");
  const { port, token } = collector;
  await collector.stop("SIGKILL");
  collector = await startServing(logPath(), { directory: hostedDirectory(), port, token, speed: slow });
};

export const stopHostedCollector = (): Promise<void> | undefined => collector?.stop();

/** Whether somebody is connected to the collector. */
export const isFollowed = async (): Promise<boolean> =>
  countEstablished(await readFile("/proc/net/tcp", "latin1"), collector?.port ?? 0) > 0;
