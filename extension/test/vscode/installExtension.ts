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
  const { stdout, stderr } = await exec(
    pinnedNode,
    [serverMain, "--accept-server-license-terms", "--server-data-dir", dataDir, "--install-extension", vsix, "--force"],
    { cwd: serverRoot, timeout: 120_000 },
  );
  if (!stdout.includes("successfully installed"))
    throw new Error(`VS Code did not install ${vsix}:\n${stdout}${stderr}`);
};
