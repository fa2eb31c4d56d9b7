import { spawnSync } from "node:child_process";

import { SampleError } from "./errors.ts";
import { SYSTEM_PATH } from "./session/environment.ts";

/** What the sample needs beside Node and npm: a command that must work, and the Debian/Ubuntu package that brings it. */
const NEEDED: readonly { readonly command: readonly [string, ...string[]]; readonly package: string }[] = [
  { command: ["ip", "-V"], package: "iproute2" },
  { command: ["bash", "--version"], package: "bash" },
  { command: ["openssl", "version"], package: "openssl" },
  { command: ["git", "--version"], package: "git" },
  { command: ["curl", "--version"], package: "curl" },
  { command: ["apt-get", "--version"], package: "apt" },
  { command: ["python3", "--version"], package: "python3" },
  { command: ["python3", "-m", "pip", "--version"], package: "python3-pip" },
];

const works = ([name = "", ...args]: readonly string[], env: NodeJS.ProcessEnv): boolean =>
  spawnSync(name, args, { env, stdio: "ignore" }).status === 0;

/** Throws a SampleError (exit code 3) when something is missing, naming all of it and how to get it. */
export const checkRequirements = (): void => {
  if (process.getuid?.() !== 0) {
    throw new SampleError("The sample session needs root: it makes network namespaces. Start it with sudo.", 3);
  }
  // Looked for where the story will look, so that another Python or git on the caller's PATH does not hide a gap.
  const missing = NEEDED.filter(({ command }) => !works(command, { PATH: SYSTEM_PATH, HOME: "/nonexistent" }));
  if (missing.length > 0) {
    const packages = missing.map((need) => need.package).join(" ");
    throw new SampleError(
      `The sample session needs programs that are not here; install them: apt-get install ${packages}`,
      3,
    );
  }
  // Only looked for: which Node it needs to run, the session's environment sees to.
  if (!works(["sh", "-c", "command -v npm"], process.env)) {
    throw new SampleError("The sample session needs npm on the PATH: install it with Node.js.", 3);
  }
};
