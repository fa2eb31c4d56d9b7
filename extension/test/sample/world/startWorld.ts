import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

import { SampleError } from "../errors.ts";
import { startTime } from "./names.ts";
import type { World } from "./worldFile.ts";

export interface WorldOptions {
  /** Live only as long as this process holds on to it; else until it is told to end. */
  readonly attached: boolean;
  /** End when this process does. */
  readonly owner?: number;
  /** Where to write the world file; in the world's own directory where not given. */
  readonly file?: string;
  /** Where to write the ground truth; in the world's own directory where not given. */
  readonly truth?: string;
  /** The name whose answers are too long for UDP, so that it is looked up over TCP; none where not given. */
  readonly dnsOverTcp?: string;
  /** Leave the files behind at the end. */
  readonly keep?: boolean;
}

const daemonArgs = (options: WorldOptions): string[] => [
  join(import.meta.dirname, "daemon.ts"),
  ...(options.attached ? ["--attached"] : []),
  ...(options.owner === undefined ? [] : ["--owner", String(options.owner)]),
  ...(options.file === undefined ? [] : ["--file", options.file]),
  ...(options.truth === undefined ? [] : ["--truth", options.truth]),
  ...(options.dnsOverTcp === undefined ? [] : ["--dns-over-tcp", options.dnsOverTcp]),
  ...(options.keep ? ["--keep"] : []),
];

/** A file without a name, for what a world complains of: it needs no reader to stay there, and leaves nothing behind. */
const openComplaints = (): { fd: number; read: () => string } => {
  const dir = mkdtempSync(join(tmpdir(), "rgs-log-"));
  const fd = openSync(join(dir, "log"), "w+", 0o600);
  rmSync(dir, { recursive: true });
  return { fd, read: () => readFileSync(`/proc/self/fd/${fd}`, "utf8").trim() };
};

/**
 * Starts a world and waits until its servers listen. Its process is a session of its own, so that Ctrl-C reaches it only
 * through `stopWorld` (or the end of its owner), after the session that is played in it. Throws a SampleError that says why it could not be made.
 */
export const startWorld = async (options: WorldOptions): Promise<World> => {
  const complaints = openComplaints();
  const daemon = spawn(process.execPath, daemonArgs(options), {
    detached: true,
    stdio: [options.attached ? "pipe" : "ignore", "pipe", complaints.fd],
  });
  const lines = createInterface(daemon.stdout as Readable);
  const started = once(lines, "line") as Promise<[string]>;
  const failed = once(daemon, "exit").then(([code]: unknown[]): never => {
    const why = complaints.read() || "its process ended without a word";
    throw new SampleError(
      `The sample's small internet could not be made: ${why}`,
      typeof code === "number" && code > 0 ? code : 3,
    );
  });
  try {
    const [line] = await Promise.race([started, failed]);
    return JSON.parse(line) as World;
  } finally {
    failed.catch(() => undefined);
    closeSync(complaints.fd);
    // From here on it lives by itself; where it is attached, this process's end closes its stdin.
    daemon.stdout?.destroy();
    daemon.unref();
    (daemon.stdin as Socket | null)?.unref();
  }
};

/** Tells a world to end and waits until it has removed itself. Throws when it has not after ten seconds. */
export const stopWorld = async (world: World): Promise<void> => {
  const gone = (): boolean => startTime(world.pid) !== world.start;
  if (!gone()) process.kill(world.pid, "SIGTERM");
  for (let waited = 0; waited < 10_000; waited += 50) {
    if (gone()) return;
    await sleep(50);
  }
  throw new SampleError(`The world's process ${world.pid} does not end.`);
};
