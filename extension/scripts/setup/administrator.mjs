// Root is needed to install packages and to load the sensor. Asked for once, then kept until the program ends.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { Interrupted, SetupFailure } from "./failure.mjs";

export const isRoot = () => process.geteuid?.() === 0;

/** Whether a command can be run as root without a question; where so, sudo counts its minutes from now on. */
const sudoLetsUsIn = () => spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status === 0;

/** @type {NodeJS.Timeout | undefined} */
let keepAlive;

/**
 * Makes sure that `sudo -n` works from now on; asks for the password where it must. Does nothing for root.
 * @param {string} why shown before the question
 * @param {(text: string) => void} say
 */
export const becomeAdministrator = (why, say) => {
  if (isRoot() || keepAlive !== undefined) return;
  if (!existsSync("/usr/bin/sudo")) {
    throw new SetupFailure(
      `Root is needed ${why}, and there is no sudo here.`,
      "Run the same command as root, or install sudo and allow it for your user.",
    );
  }
  // Not `sudo -n -v`, which wants a password as soon as one of several rules about the user does: on a cloud machine the
  // user is in the group sudo, by password, and has none, as another rule asks for none.
  if (!sudoLetsUsIn()) {
    if (!process.stdin.isTTY) {
      throw new SetupFailure(
        `Root is needed ${why}, and without a terminal sudo can't ask for a password.`,
        "Run the same command as root, or in a terminal.",
      );
    }
    say(`Root is needed ${why}: sudo asks once.`);
    const { status, signal } = spawnSync("sudo", ["-v"], { stdio: "inherit" });
    if (signal === "SIGINT" || status === 130) throw new Interrupted();
    if (status !== 0) {
      throw new SetupFailure("sudo did not let us in.", "Run the same command as root, or as a user who may use sudo.");
    }
    if (!sudoLetsUsIn()) {
      throw new SetupFailure(
        "sudo wants a password for every single command here.",
        "Run the same command as root, or let sudo remember it for some minutes (`timestamp_timeout` in sudoers(5)).",
      );
    }
  }
  // sudo forgets after some minutes; a first set-up can take longer.
  keepAlive = setInterval(sudoLetsUsIn, 60_000);
  keepAlive.unref();
};

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {[string, string[]]} the same, run as root
 */
export const asRoot = (command, args) => (isRoot() ? [command, [...args]] : ["sudo", ["-n", command, ...args]]);

/**
 * Signals a program that was started as root: it is root's, so only root may, and sudo passes a signal on to what it runs.
 * Not, however, one from its own group of processes, so it comes from another. The shell's own `kill`, as the program is
 * no part of a small machine.
 * @param {number} pid
 * @param {"TERM" | "KILL"} name
 */
export const signalAsRoot = (pid, name) => {
  if (!isRoot()) {
    const [command, args] = asRoot("setsid", ["--wait", "sh", "-c", `kill -${name} ${pid}`]);
    spawnSync(command, args, { stdio: "ignore" });
    return;
  }
  try {
    process.kill(pid, `SIG${name}`);
  } catch {
    // It has just ended.
  }
};

/**
 * As `asRoot`, with the whole environment, for what runs the user's own command. Where sudo does not let variables through,
 * it gets only PATH.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {[string, string[]]}
 */
export const asRootWithEnvironment = (command, args, env) => {
  if (isRoot()) return [command, [...args]];
  const keeps = spawnSync("sudo", ["-n", "-E", "true"], { stdio: "ignore" }).status === 0;
  return ["sudo", ["-n", ...(keeps ? ["-E"] : []), "env", `PATH=${env.PATH ?? ""}`, command, ...args]];
};
