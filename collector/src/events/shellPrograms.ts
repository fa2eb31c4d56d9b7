// Shells, by their command lines.
import { basename } from "node:path";

const SHELLS = new Set(["sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "fish", "busybox"]);

export const isShell = (exe: string): boolean => SHELLS.has(basename(exe));

/** Options that have the word behind them as their value. */
const VALUED = /^(?:--(?:rcfile|init-file)|[-+][oO])$/;

/** The text of `sh -c`, or undefined for any other use of a shell. */
export const shellText = (argv: readonly string[]): string | undefined => {
  for (let at = 1; at < argv.length; at++) {
    const word = argv[at] ?? "";
    if (!/^[-+]/.test(word)) return undefined;
    if (/^-[A-Za-z]*c[A-Za-z]*$/.test(word)) return argv.slice(at + 1).find((next) => !/^-[A-Za-z]/.test(next));
    if (VALUED.test(word)) at++;
  }
  return undefined;
};

/** A shell that takes its commands from its stdin or terminal, one after the other. */
export const isPersistentShell = (exe: string, argv: readonly string[]): boolean => {
  if (!isShell(exe)) return false;
  for (let at = 1; at < argv.length; at++) {
    const word = argv[at] ?? "";
    if (/^-[A-Za-z]*c[A-Za-z]*$/.test(word) || !/^[-+]/.test(word)) return false;
    if (VALUED.test(word)) at++;
  }
  return true;
};

/** Programs that become, or start, the program that is named behind them. */
const WRAPPERS = new Set(
  "env setsid nice ionice nohup stdbuf timeout sudo script setpriv unbuffer bwrap firejail unshare spawn-helper".split(
    " ",
  ),
);

export const isWrapper = (exe: string): boolean => WRAPPERS.has(basename(exe));
