// Root is needed to install packages and to load the sensor. Asked for once, then kept until the program ends.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { Interrupted, SetupFailure } from "./failure.mjs";

export const isRoot = () => process.geteuid?.() === 0;

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
  if (spawnSync("sudo", ["-n", "-v"], { stdio: "ignore" }).status !== 0) {
    if (!process.stdin.isTTY) {
      throw new SetupFailure(
        `Root is needed ${why}, and without a terminal sudo can't ask for a password.`,
        "Run the same command as root or in a terminal, or run `sudo -v` in this session first.",
      );
    }
    say(`Root is needed ${why}: sudo asks once.`);
    const { status, signal } = spawnSync("sudo", ["-v"], { stdio: "inherit" });
    if (signal === "SIGINT" || status === 130) throw new Interrupted();
    if (status !== 0) {
      throw new SetupFailure("sudo did not let us in.", "Run the same command as root, or as a user who may use sudo.");
    }
  }
  // sudo forgets after some minutes; a first set-up can take longer.
  keepAlive = setInterval(() => spawnSync("sudo", ["-n", "-v"], { stdio: "ignore" }), 60_000);
  keepAlive.unref();
};

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {[string, string[]]} the same, run as root
 */
export const asRoot = (command, args) => (isRoot() ? [command, [...args]] : ["sudo", ["-n", command, ...args]]);

/**
 * The same with the whole environment, for what runs the user's own command. Where sudo does not let variables through,
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
