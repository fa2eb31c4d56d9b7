// Where the agent's hooks find us: a program to run, and a socket that it tells the collector by.
import { COPYFILE_FICLONE } from "node:constants";
import { chmodSync, copyFileSync, lstatSync, mkdirSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import type { Order } from "./messages.ts";

/** What a repository's `.github/hooks` names, and the program's own default. */
const KNOWN = {
  folder: "/opt/runglass",
  program: "/opt/runglass/runglass-hook",
  socket: "/run/runglass/hook.sock",
} as const;

export interface AgentHooks {
  readonly program: string;
  readonly socket: string;
}

/** Somebody listens there: another collector of this machine. */
const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });

/** Puts the program where everybody looks for it; false where that place is not root's alone. */
const install = (program: string): boolean => {
  try {
    mkdirSync(KNOWN.folder, { recursive: true, mode: 0o755 });
    const folder = lstatSync(KNOWN.folder);
    if (!folder.isDirectory() || folder.uid !== 0 || (folder.mode & 0o022) !== 0) return false;
    const made = `${KNOWN.program}.new`;
    copyFileSync(program, made, COPYFILE_FICLONE);
    chmodSync(made, 0o755);
    renameSync(made, KNOWN.program);
    return true;
  } catch {
    return false;
  }
};

/**
 * At the known places where the whole machine is watched and nobody else is there; else in the keeper's own folder, which
 * only who is told finds.
 */
export const placeHooks = async (folder: string, program: string, wholeMachine: boolean): Promise<AgentHooks> => {
  const own = { program, socket: join(folder, "hook.sock") };
  if (!wholeMachine || (await answers(KNOWN.socket))) return own;
  return { program: install(program) ? KNOWN.program : program, socket: KNOWN.socket };
};

/** Takes the program away again from where everybody looks for it. */
export const removeHooks = ({ program }: AgentHooks): void => {
  if (program !== KNOWN.program) return;
  rmSync(program, { force: true });
  try {
    rmdirSync(KNOWN.folder);
  } catch {
    // There is more in it.
  }
};

/** The collector's options for them. */
export const hookArguments = ({ socket }: AgentHooks, { name }: Order["user"]): readonly string[] => [
  "--hook-socket",
  socket,
  ...(name.startsWith("#") ? [] : ["--hook-user", name]),
];
