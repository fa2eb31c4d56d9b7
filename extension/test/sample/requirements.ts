import { spawnSync } from "node:child_process";

import { SampleError } from "./errors.ts";

/** What the sample needs beside Node and npm: a command that must work, and the Debian/Ubuntu package that brings it. */
const NEEDED: readonly { readonly command: readonly string[]; readonly package: string }[] = [
  { command: ["ip", "-V"], package: "iproute2" },
  { command: ["bash", "--version"], package: "bash" },
  { command: ["openssl", "version"], package: "openssl" },
  { command: ["git", "--version"], package: "git" },
  { command: ["curl", "--version"], package: "curl" },
  { command: ["apt-get", "--version"], package: "apt" },
  { command: ["/usr/bin/python3", "--version"], package: "python3" },
  { command: ["/usr/bin/python3", "-m", "pip", "--version"], package: "python3-pip" },
  { command: ["npm", "--version"], package: "npm" },
];

/** The packages that the set-up installs for the sample (npm is there before, or the set-up would not run). */
export const SAMPLE_PACKAGES: readonly string[] = [...NEEDED.map((need) => need.package), "ca-certificates"].filter(
  (name) => name !== "npm",
);

/** Throws a SampleError (exit code 3) when something is missing, naming all of it and how to get it. */
export const checkRequirements = (): void => {
  if (process.getuid?.() !== 0) {
    throw new SampleError("The sample session needs root: it makes network namespaces. Start it with sudo.", 3);
  }
  const missing = NEEDED.filter(({ command: [name = "", ...args] }) => spawnSync(name, args).status !== 0);
  if (missing.length > 0) {
    const packages = missing.map((need) => need.package).join(" ");
    throw new SampleError(
      `The sample session needs programs that are not here; install them: apt-get install ${packages}`,
      3,
    );
  }
};
