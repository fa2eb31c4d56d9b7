// What the sample's tests share: starting its programs, and looking for what they left behind.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import type { TruthLine } from "./servers/truth.ts";

/** A program of the sample that is running. */
export interface Started {
  readonly child: ChildProcess;
  /** What it has printed so far, on both streams. */
  readonly output: () => string;
  /** Resolves to its exit code (or the signal's name) when it has ended. */
  readonly ended: Promise<number | string>;
}

/** Starts main.ts, session.ts or world.ts (or another command, given whole) with `tmp` as its TMPDIR. */
export const start = (tmp: string, command: readonly string[]): Started => {
  const [name = "", ...args] = command;
  const whole = name.endsWith(".ts") ? [process.execPath, join(import.meta.dirname, name), ...args] : command;
  const child = spawn(whole[0] ?? "", whole.slice(1), {
    env: { ...process.env, TMPDIR: tmp },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const ended = once(child, "close").then(([code, signal]: unknown[]) => (code ?? signal) as number | string);
  return { child, output: () => output, ended };
};

/** A fresh temporary directory; worlds started with it as TMPDIR put everything there. */
export const makeTmp = (): string => mkdtempSync("/tmp/runglass-sample-test-");

export const removeTmp = (tmp: string): void => rmSync(tmp, { recursive: true, force: true });

/** Waits until a condition holds; throws after `seconds`, with what the program has printed. */
export const until = async (what: string, started: Started, holds: () => boolean, seconds = 60): Promise<void> => {
  for (let waited = 0; waited < seconds * 1000; waited += 20) {
    if (holds()) return;
    await sleep(20);
  }
  throw new Error(`${what} did not come within ${seconds} s:\n${started.output()}`);
};

/** The ids of the worlds below a temporary directory. */
export const worldsIn = (tmp: string): string[] =>
  readdirSync(tmp)
    // Other directories of the sample's, as the one for a log while a world starts, have no pid there.
    .filter((name) => /^rgs-\d/.test(name))
    .map((name) => name.slice("rgs-".length));

/** Command lines of the processes that belong to a world: run from its directory, or talk of it. */
const processesOf = (id: string): string[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const text = readFileSync(`/proc/${pid}/cmdline`, "utf8") + readFileSync(`/proc/${pid}/environ`, "latin1");
        return text.includes(`rgs-${id}`) ? [`${pid}: ${text.split("\0").slice(0, 4).join(" ")}`] : [];
      } catch {
        return [];
      }
    });

/** All that is left of a world on this machine: namespaces, their configuration, files, processes. */
export const leftOf = (tmp: string, id: string): string[] => [
  ...["net", "runner"]
    .flatMap((side) => [`/run/netns/rgs-${id}-${side}`, `/etc/netns/rgs-${id}-${side}`])
    .filter(existsSync),
  ...[join(tmp, `rgs-${id}`)].filter(existsSync),
  ...processesOf(id),
];

/** The ground truth in a file. */
export const readTruth = (path: string): TruthLine[] =>
  readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as TruthLine);
