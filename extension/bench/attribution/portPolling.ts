// The alternative that the benchmark measures beside the recording: `ss -tnp` ten times a second, and for a process that it
// names the step by its ancestors below /proc. With a packet capture beside it, that is what one has without a sensor.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { variableOf } from "./socketOwner.ts";

export interface Polled {
  readonly pid: number;
  /** GITHUB_ACTION of the ancestor that the runner's worker started; absent where the chain has been cut. */
  readonly step?: string;
}

const statusOf = (pid: number): { name: string; parent: number } | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/status`, "latin1");
    return { name: /^Name:\t(.*)/.exec(text)?.[1] ?? "", parent: Number(/^PPid:\t(\d+)/m.exec(text)?.[1]) };
  } catch {
    return undefined;
  }
};

const stepOf = (pid: number): string | undefined => {
  for (let child = pid; ;) {
    const parent = statusOf(child)?.parent ?? 0;
    if (parent <= 1) return undefined;
    if (statusOf(parent)?.name === "Runner.Worker") return variableOf(child, "GITHUB_ACTION");
    child = parent;
  }
};

/** Key of a connection in what `ss` prints and in what the servers saw. */
export const connectionKey = (client: string, server: string): string => `${client} ${server}`;

/** Polls in a network namespace until `stop` is called, which gives for each connection the process that was seen last. */
export const pollPorts = (namespace: string): { stop: () => Promise<ReadonlyMap<string, Polled>> } => {
  const loop = "while sleep 0.1; do ss -tnpH; done";
  const poller = spawn("ip", ["netns", "exec", namespace, "sh", "-c", loop], { stdio: ["ignore", "pipe", "ignore"] });
  const found = new Map<string, Polled>();
  createInterface(poller.stdout).on("line", (line) => {
    const [, , , client = "", server = ""] = line.split(/\s+/);
    // Names of programs can hold spaces.
    const pid = Number(/",pid=(\d+),fd=/.exec(line)?.[1]);
    const connection = connectionKey(client, server);
    if (!(pid > 0) || found.get(connection)?.pid === pid) return;
    const step = stepOf(pid);
    found.set(connection, step === undefined ? { pid } : { pid, step });
  });
  const ended = once(poller, "close");
  return {
    stop: async () => {
      poller.kill();
      await ended;
      return found;
    },
  };
};
