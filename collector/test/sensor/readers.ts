// Parts of the sensor that read what strangers have made, as ordinary programs under the compiler's checks.
import { execFileSync } from "node:child_process";
import { join } from "node:path";

const loader = join(import.meta.dirname, "../../sensor/loader");
const CHECKED = ["-O1", "-g", "-Wall", "-Werror", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

/** Folders of the sensor's sources: the machine whose programs it reads, which need not be this one. */
export type Machine = "x86" | "arm64";

/**
 * Builds `workloads/NAME.c` with `parts` of the sensor's loader; the machine's own are named `machine/…`.
 * @returns the program's path, in `folder`
 */
export const buildReader = (folder: string, name: string, machine: Machine, parts: readonly string[]): string => {
  const program = join(folder, `${name}-${machine}`);
  const sources = parts.map((part) => join(loader, part.replace(/^machine\//, `${machine}/`)));
  const source = join(import.meta.dirname, "workloads", `${name}.c`);
  const folders = [`-I${loader}`, `-I${join(loader, machine)}`];
  execFileSync("cc", [...CHECKED, ...folders, "-fsigned-char", "-o", program, source, ...sources], { stdio: "pipe" });
  return program;
};
