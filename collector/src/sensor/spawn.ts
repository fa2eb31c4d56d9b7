// Runs the sensor, the one privileged program, and reads what it writes.
import { spawn, type ChildProcessByStdio } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { messageOf, UserError } from "../errors.ts";
import type { Frame } from "./frame.ts";
import { FrameReader } from "./frames.ts";
import { findSensor } from "./program.ts";

export interface SensorOptions {
  readonly args: readonly string[];
  /** The tables of an egress policy that it is to enforce, as `kernelPolicy` makes them. */
  readonly policy?: Uint8Array | undefined;
  /** Where it keeps what enforces that: a name of its own in the BPF file system. */
  readonly pins?: string | undefined;
  /** Called for each frame, in order. */
  readonly onFrame: (frame: Frame) => void;
  /** Called when all frames that arrived together have been handed over. */
  readonly onPause: () => void;
  /** A line for the user: what the sensor says once it runs, without its prefix, and that it takes long to start. */
  readonly onMessage: (line: string) => void;
  /** Gives the start up. */
  readonly signal: AbortSignal;
}

export interface Sensor {
  readonly pid: number;
  /** Resolves when the last frame is read and the process gone: undefined if it ended as asked, else what went wrong. */
  readonly ended: Promise<string | undefined>;
  /** Asks it to write out what it has and to end; it is killed where that takes too long. */
  stop(): void;
}

const PREFIX = "runglass-sensor: ";
/** It takes a second or two; on a machine with far more work than processors, most of a minute. */
const START_MS = 90_000;
const LONG_START_MS = 10_000;
const DRAIN_MS = 20_000;
const MOST_STDERR = 64 * 1024;

type Child = ChildProcessByStdio<Writable, Readable, Readable>;
interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const readLines = (stream: Readable, onLine: (line: string) => void): void => {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = (lines.pop() ?? "").slice(-MOST_STDERR);
    for (const line of lines) onLine(line);
  });
  stream.on("end", () => {
    if (rest !== "") onLine(rest);
  });
};

/** Thrown where the sensor cannot enforce the policy that it was given. */
export class NotEnforced extends UserError {}

/** Begins what the sensor says then. */
const NOT_ENFORCED = "cannot enforce the egress policy: ";
const POLICY_FD = 3;

const givePolicy = (child: Child, policy: Uint8Array | undefined): void => {
  const pipe = child.stdio[POLICY_FD] as Writable | null | undefined;
  if (policy === undefined || !pipe) return;
  pipe.on("error", () => undefined); // It ended before it had read all of it; what it said tells.
  pipe.end(policy);
};

/** Why a sensor that was not asked to end is gone. */
const describeEnd = (exit: Exit, said: string | undefined): string => {
  if (exit.signal !== null) return `the sensor was killed by ${exit.signal}${said === undefined ? "" : ` (${said})`}`;
  if (said === undefined) return `the sensor ended with exit code ${exit.code ?? 0} and said nothing`;
  // 2 and 3 are its own, and then what it says is for the user as it is.
  return exit.code === 2 || exit.code === 3 ? said : `the sensor ended with exit code ${exit.code ?? 0}: ${said}`;
};

/**
 * Starts the sensor and resolves when it has attached everything (READY). Throws a `UserError` with what it said where it
 * cannot. Frames that come before READY are handed over as well.
 */
export const startSensor = async (options: SensorOptions): Promise<Sensor> => {
  const path = await findSensor();
  options.signal.throwIfAborted();
  // A session of its own: signals of the terminal are for the command, and the sensor outlives them to see its end.
  const { policy, pins = "" } = options;
  const enforcing = policy === undefined ? [] : ["--policy-fd", String(POLICY_FD), "--pins", pins];
  const args = [...options.args, ...enforcing];
  const stdio = ["pipe", "pipe", "pipe", policy === undefined ? "ignore" : "pipe"] as const;
  const child = spawn(path, args, { stdio: [...stdio], detached: true }) as unknown as Child;
  givePolicy(child, policy);
  child.stdin.on("error", () => undefined); // It ended before we asked it to; `ended` tells.

  let said: string | undefined;
  let running = false;
  let bye = false;
  let stopping = false;
  let broken: string | undefined;
  readLines(child.stderr, (line) => {
    const text = line.startsWith(PREFIX) ? line.slice(PREFIX.length) : line;
    said = text;
    if (running) options.onMessage(text);
  });

  let onReady: (() => void) | undefined;
  const ready = new Promise<void>((resolve) => (onReady = resolve));
  const reader = new FrameReader((frame) => {
    if (frame.kind === "ready") onReady?.();
    else if (frame.kind === "bye") bye = true;
    options.onFrame(frame);
  });
  child.stdout.on("data", (chunk: Buffer) => {
    if (broken !== undefined) return;
    try {
      reader.push(chunk);
    } catch (error) {
      broken = messageOf(error);
      child.kill("SIGKILL");
      // Whatever it is, something that it started may hold its pipes open.
      child.stdout.destroy();
      child.stderr.destroy();
    }
    options.onPause();
  });

  const gone = new Promise<Exit>((resolve, reject) => {
    child.once("error", (error) => reject(new UserError(`cannot start the sensor ${path}: ${messageOf(error)}`, 3)));
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  const ended = gone.then((exit) => {
    if (broken !== undefined) return broken;
    if (bye && !reader.midFrame && exit.code === 0) return stopping ? undefined : "the sensor ended unasked";
    return describeEnd(exit, said);
  });

  const failed = gone.then(async (exit): Promise<never> => {
    const what = broken ?? describeEnd(exit, said);
    if (what.startsWith(NOT_ENFORCED)) throw new NotEnforced(what.slice(NOT_ENFORCED.length), 3);
    throw new UserError(exit.code === 2 ? `${what}: take the sensor and the collector from one build` : what, 3);
  });
  const slow = setTimeout(() => {
    const limit = `it has ${START_MS / 1000} s`;
    options.onMessage(`the sensor is not ready after ${LONG_START_MS / 1000} s: still waiting for it (${limit})`);
  }, LONG_START_MS);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `the sensor is not ready after ${START_MS / 1000} s: see "runglass doctor"`;
    timer = setTimeout(() => reject(new UserError(message, 3)), START_MS);
    options.signal.addEventListener("abort", () => reject(options.signal.reason), { once: true });
  });
  try {
    await Promise.race([ready, failed, late]);
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  } finally {
    clearTimeout(timer);
    clearTimeout(slow);
    failed.catch(() => undefined);
    late.catch(() => undefined);
    // Where it could not even be started, nobody looks at its end.
    ended.catch(() => undefined);
  }
  running = true;

  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    child.stdin.end();
    const kill = setTimeout(() => child.kill("SIGKILL"), DRAIN_MS);
    void ended.finally(() => clearTimeout(kill));
  };
  return { pid: child.pid ?? 0, ended, stop };
};
