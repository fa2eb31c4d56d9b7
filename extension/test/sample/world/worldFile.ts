import { readFileSync } from "node:fs";

import { SampleError } from "../errors.ts";
import { startTime, type WorldNames } from "./names.ts";

/** What a session needs to know of the world that it is played in. Written by the world, read by `session.ts --world FILE`. */
export interface World extends WorldNames {
  /** The process that owns the world, and its start time in ticks after boot. */
  readonly pid: number;
  readonly start: number;
  /** The servers' record of what they were asked, NDJSON. */
  readonly truth: string;
  /** PEM of the world's certificate authority, and the key of its package archives. */
  readonly ca: string;
  readonly archiveKey: string;
}

const isWorld = (value: unknown): value is World => {
  if (typeof value !== "object" || value === null) return false;
  const fields = value as Record<string, unknown>;
  return (
    ["id", "net", "runner", "dir", "truth", "ca", "archiveKey"].every((key) => typeof fields[key] === "string") &&
    ["pid", "start"].every((key) => typeof fields[key] === "number")
  );
};

/** Reads a world file. Throws a SampleError when it is none, or when its world is gone. */
export const readWorld = (path: string): World => {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new SampleError(`The world file ${path} can't be read: ${(error as Error).message}`, 2);
  }
  if (!isWorld(value)) throw new SampleError(`${path} is no world file; "world.ts up --file FILE" writes one.`, 2);
  if (startTime(value.pid) !== value.start) {
    throw new SampleError(`The world of ${path} is no longer up; start one with "world.ts up".`, 2);
  }
  return value;
};
