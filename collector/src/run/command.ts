// The command that `record` runs: found before anything is started, and put into its cgroup before it begins.
import { spawn, type ChildProcess } from "node:child_process";
import { accessSync, closeSync, constants, existsSync, openSync, readSync, statSync } from "node:fs";
import { constants as os } from "node:os";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { messageOf, UserError } from "../errors.ts";
import { findUser, type User } from "../events/users.ts";

const isProgram = (path: string): "yes" | "no" | "not executable" => {
  try {
    if (!statSync(path).isFile()) return "no";
  } catch {
    return "no";
  }
  try {
    accessSync(path, constants.X_OK);
    return "yes";
  } catch {
    return "not executable";
  }
};

/** What the kernel reads of a script's first line. */
const FIRST_LINE_BYTES = 256;

/** The interpreter that the first line of a script names and that is not there; it ends where the kernel sees its end. */
const missingInterpreter = (path: string): string | undefined => {
  const start = Buffer.alloc(FIRST_LINE_BYTES);
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      readSync(fd, start, 0, start.length, 0);
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined; // The kernel will say what there is to say.
  }
  // A path is bytes: in latin1 each byte is one character, whatever they mean.
  const interpreter = /^#![ \t]*([^ \t\n\0]+)[ \t\n\0]/.exec(start.toString("latin1"))?.[1];
  if (interpreter === undefined) return undefined;
  const bytes = Buffer.from(interpreter, "latin1");
  return existsSync(bytes) ? undefined : bytes.toString("utf8").replaceAll("\r", "\\r");
};

/**
 * Throws a `UserError` (exit code 2) where the shell would not find `name` either, or could not start it. A script without
 * its interpreter does not end the search: the shell goes on to the next directory of `path`, and so does this.
 */
export const checkCommand = (name: string, path: string): void => {
  const places = name.includes("/")
    ? [name]
    : path.split(":").map((folder) => join(folder === "" ? "." : folder, name));
  const found = places.map(isProgram);
  let lacking: string | undefined;
  for (const program of places.filter((_, at) => found[at] === "yes")) {
    const missing = missingInterpreter(program);
    if (missing === undefined) return;
    lacking ??= `${program} cannot start: its first line names ${missing}, and nothing is there`;
  }
  if (lacking !== undefined) throw new UserError(`record: ${lacking}`, 2);
  if (name === "" || name.startsWith("-")) throw new UserError(`record: "${name}" is not the name of a command`, 2);
  const at = found.indexOf("not executable");
  if (at >= 0)
    throw new UserError(
      `record: ${places[at]} is not executable: make it so with chmod +x, or run it by its interpreter`,
      2,
    );
  const where = name.includes("/") ? "no program is there" : "it is in no directory of PATH";
  throw new UserError(`record: the command "${name}" is not found: ${where}`, 2);
};

/** The user that `--user` names. Throws a `UserError` (exit code 2) where there is none. */
export const userFor = (name: string | undefined): User | undefined => {
  if (name === undefined) return undefined;
  const user = findUser(name);
  if (user === undefined) throw new UserError(`record: --user ${name}: /etc/passwd has no user of that name`, 2);
  return user;
};

/** Waits, still outside of the cgroup, until it was put into it, and becomes the command: no helper is ever watched. */
const WAIT = 'read -r go <&3 || exit 125; exec "$@" 3<&-';

const becomeUser = (user: User): string[] => [
  "setpriv",
  `--reuid=${user.uid}`,
  `--regid=${user.gid}`,
  "--init-groups",
  "--",
];

export interface RunningCommand {
  /** Resolves with the exit code: the command's, or 128 and the number of the signal that ended it. */
  readonly exitCode: Promise<number>;
  kill(signal: NodeJS.Signals): void;
}

const exitCodeOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once("error", (error) => reject(new UserError(`cannot start the command: ${messageOf(error)}`, 3)));
    child.once("exit", (code, signal) => resolve(signal === null ? (code ?? 0) : 128 + os.signals[signal]));
  });

/** Starts the command with our stdin, stdout, stderr and environment plus `env`; `enter` puts its pid into the cgroup. */
export const startCommand = (
  command: readonly string[],
  user: User | undefined,
  env: Readonly<Record<string, string>>,
  enter: (pid: number) => void,
): RunningCommand => {
  const [program = "/bin/sh", ...args] = [...(user === undefined ? [] : becomeUser(user)), "/bin/sh", "-c", WAIT, "sh"];
  const identity = user && { HOME: user.home, SHELL: user.shell, USER: user.name, LOGNAME: user.name };
  const child = spawn(program, [...args, ...command], {
    stdio: ["inherit", "inherit", "inherit", "pipe"],
    env: { ...process.env, ...identity, ...env },
  });
  const exitCode = exitCodeOf(child);
  const go = child.stdio[3] as Writable | null | undefined;
  if (child.pid !== undefined && go) {
    go.on("error", () => undefined); // It was killed before it began; exitCode tells.
    try {
      enter(child.pid);
    } catch (error) {
      child.kill("SIGKILL");
      throw new UserError(`cannot put the command into its cgroup: ${messageOf(error)}`, 3);
    }
    go.end("go\n");
  }
  return { exitCode, kill: (signal) => void child.kill(signal) };
};
