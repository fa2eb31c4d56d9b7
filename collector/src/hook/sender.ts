// Who sent a hook's message. Node cannot ask a socket for its peer, so the peer proves itself: it is greeted with a word
// that nobody else knows, makes that its name (the kernel lets a process do this for itself alone), and says its pid.
// /proc then says who that is and who started it.
import { randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";
import { readStat } from "../events/procfs.ts";
import { isShell, isWrapper } from "../events/shellPrograms.ts";

/** As long as the kernel lets a name be. */
export const newWord = (): string => randomBytes(12).toString("base64url").slice(0, 15);

/** A process by pid and start; the start, in ns of the boot clock, is right to a tick. */
export interface ProcessKey {
  readonly pid: number;
  readonly start: number;
}
export interface Sender {
  /** The hook's program, then the shells between it and the agent. */
  readonly own: readonly ProcessKey[];
  /** The next process above that is no shell. */
  readonly agent: ProcessKey;
}

const DEPTH = 8;
/** They start agents, and are none. */
const NO_AGENTS = /^(?:Runner\.(?:Worker|Listener)|systemd|init)$/;

/** Has the process `pid` made `word` its name? */
const isNamed = (pid: number, word: string): boolean => {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8") === `${word}\n`;
  } catch {
    return false;
  }
};

const programOf = (pid: number): string => {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, ""));
  } catch {
    return "";
  }
};

/** The sender that says it is process `pid` and was greeted with `word`, or why it is not believed. */
export const identifySender = (pid: number, word: string): Sender | string => {
  const stat = isNamed(pid, word) ? readStat(pid) : undefined;
  // Asked again, as the pid may have been given to another process in between.
  if (stat === undefined || !isNamed(pid, word)) return "it did not prove which process it is";
  const own: ProcessKey[] = [{ pid, start: stat.start }];
  let above = stat.ppid;
  for (let depth = 0; depth < DEPTH && above > 1; depth++) {
    const next = readStat(above);
    const program = programOf(above);
    if (next === undefined || program === "") break;
    if (NO_AGENTS.test(program)) break;
    if (!isShell(program) && !isWrapper(program)) return { own, agent: { pid: above, start: next.start } };
    own.push({ pid: above, start: next.start });
    above = next.ppid;
  }
  return "no agent has started it";
};
