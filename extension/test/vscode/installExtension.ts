import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { pinnedNode } from "../../scripts/setup/paths.mjs";
import { serverMain, serverRoot } from "./paths.ts";

const exec = promisify(execFile);

/**
 * Installs a packaged extension the way a user does, with VS Code's own command line.
 *
 * @param vsix absolute path
 * @param dataDir the server's data directory; extensions go below it
 * @throws with VS Code's message where it refuses the package
 */
export const installExtension = async (vsix: string, dataDir: string): Promise<void> => {
  const said = await exec(
    pinnedNode,
    [serverMain, "--accept-server-license-terms", "--server-data-dir", dataDir, "--install-extension", vsix, "--force"],
    { cwd: serverRoot, timeout: 120_000 },
  ).then(
    ({ stdout, stderr }) => `${stdout}${stderr}`,
    (error: { stdout?: string; stderr?: string; signal?: string; message: string }) => {
      const output = `${error.stdout ?? ""}${error.stderr ?? ""}`.trim();
      throw new Error(`VS Code could not install ${vsix} (${error.signal ?? error.message}):\n${output}`);
    },
  );
  if (!said.includes("successfully installed")) throw new Error(`VS Code did not install ${vsix}:\n${said}`);
};
