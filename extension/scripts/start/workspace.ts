// The run directory: what the editor is told (connect.json), the token, and an empty workspace whose marker file makes
// VS Code load the extension. Removed at the end; the run's log is kept elsewhere.
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { toolsDir } from "../setup/paths.mjs";

export interface RunDirectory {
  readonly path: string;
  readonly tokenPath: string;
  readonly connectPath: string;
  readonly workspace: string;
  readonly hookSocket: string;
  /** The run's log; outlives the directory. */
  readonly logPath: string;
}

const runsDir = join(toolsDir, "runs");
const keptRuns = 10;

/** Logs have dates in their names, so that the oldest sort first. */
const removeOldRuns = async (): Promise<void> => {
  const logs = (await readdir(runsDir)).filter((name) => name.endsWith(".ndjson")).sort();
  for (const name of logs.slice(0, Math.max(0, logs.length - keptRuns))) await rm(join(runsDir, name), { force: true });
};

/**
 * The collector, which runs as root, makes and removes the socket's directory. It listens only where nobody but root may
 * write; the run's directory is the user's.
 */
export const hookSocketOf = (runPath: string): string => join("/run", basename(runPath), "hook.sock");

/** `gitHub` is what the editor shows pull requests of. */
export const makeRunDirectory = async (
  url: string,
  title: string,
  gitHub?: { readonly url: string; readonly token: string },
): Promise<RunDirectory> => {
  await mkdir(runsDir, { recursive: true });
  await removeOldRuns();
  const path = await mkdtemp(join(tmpdir(), "runglass-"));
  const token = randomBytes(32).toString("hex");
  const workspace = join(path, title.replaceAll(/[^A-Za-z0-9._-]+/g, "-"));
  const directory: RunDirectory = {
    path,
    tokenPath: join(path, "token"),
    connectPath: join(path, "connect.json"),
    workspace,
    hookSocket: hookSocketOf(path),
    logPath: join(runsDir, `${new Date().toISOString().replaceAll(/[:.]/g, "-")}.ndjson`),
  };
  await writeFile(directory.tokenPath, `${token}\n`, { mode: 0o600 });
  await writeFile(
    directory.connectPath,
    JSON.stringify({
      url,
      token,
      title,
      ...(gitHub === undefined ? {} : { github: { url: gitHub.url, token: gitHub.token } }),
    }),
    { mode: 0o600 },
  );
  await mkdir(join(workspace, ".runglass"), { recursive: true });
  await writeFile(join(workspace, ".runglass/session"), "");
  return directory;
};
