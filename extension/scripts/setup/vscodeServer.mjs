// The VS Code server build: what `npm start` shows where there is no desktop VS Code, and what the tests drive.
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, rename, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./command.mjs";
import { SetupFailure } from "./failure.mjs";
import { npmCi } from "./npm.mjs";
import { pinnedNode, pinnedNodeHeaders, root, vscodeServerDir } from "./paths.mjs";
import { contentHash, isDone, markDone, markUndone } from "./stamp.mjs";

const manifestDir = "extension/test/vscode/server";
const inPackage = "node_modules/code-server/lib/vscode";

/** @param {import("./progress.mjs").Progress} progress */
export const installVscodeServer = async (progress) => {
  const hash = await contentHash([manifestDir]);
  const wasDone = await isDone("vscodeServer", hash, [join(vscodeServerDir, inPackage, "out/server-main.js")]);
  await progress.stage(
    "VS Code server",
    async (stage) => {
      if (wasDone) return;
      await markUndone("vscodeServer");
      // Built beside and renamed at the end, so that an interrupted set-up leaves nothing that looks complete.
      const building = `${vscodeServerDir}.new`;
      await rm(building, { recursive: true, force: true });
      await mkdir(building, { recursive: true });
      for (const name of ["package.json", "package-lock.json"]) {
        await copyFile(join(root, manifestDir, name), join(building, name));
      }
      // No install scripts: code-server's own fetches programs from places that need not be reachable.
      await npmCi(building, ["--ignore-scripts"], stage.detail);
      stage.detail("compiling its log module");
      await buildNativeModules(building);
      const server = join(building, inPackage);
      // It looks for its modules beside itself and, through the page, below its own folder.
      await symlink("../../../../node_modules", join(server, "node_modules"));
      // Without their services these only cost start-up time; the settings switch the chat off as well.
      for (const extension of ["copilot", "microsoft-authentication"]) {
        await rm(join(server, "extensions", extension), { recursive: true, force: true });
      }
      await rm(vscodeServerDir, { recursive: true, force: true });
      await rename(building, vscodeServerDir);
      await markDone("vscodeServer", hash);
    },
    () => (wasDone ? "already there" : "installed"),
  );
};

/**
 * spdlog writes the log files that VS Code's Output panel shows; the watchdog ends an extension host whose server died.
 * Both are small and compile in seconds. node-pty and the file watcher bring their binaries.
 *
 * With a node-gyp of our own, under the pinned Node: the machine's npm would build for the machine's Node, and Debian's
 * links everything with a libnode that the pinned Node must not meet.
 * @param {string} dir
 */
const buildNativeModules = async (dir) => {
  const headers = pinnedNodeHeaders();
  if (headers === undefined) {
    throw new SetupFailure(
      "The C headers of the project's own Node are missing.",
      "Remove node_modules and run the same command again.",
    );
  }
  // The makefiles of node-gyp split this path at blanks, and a checkout may be anywhere.
  const short = await mkdtemp(join(tmpdir(), "runglass-node-"));
  try {
    await symlink(headers, join(short, "node"));
    await buildIn(dir, join(short, "node"));
  } finally {
    await rm(short, { recursive: true, force: true });
  }
};

/** @param {string} dir @param {string} headers */
const buildIn = async (dir, headers) => {
  const compiler = existsSync("/usr/bin/g++") ? {} : { CC: "clang", CXX: "clang++" };
  for (const name of ["@vscode/spdlog", "@vscode/native-watchdog"]) {
    await run(
      pinnedNode,
      [join(dir, "node_modules/node-gyp/bin/node-gyp.js"), "rebuild", "--release", `--nodedir=${headers}`],
      { cwd: join(dir, "node_modules", name), env: { ...process.env, ...compiler } },
    );
    // A module that crashes must be known now, not as an editor that does not come up.
    await run(pinnedNode, ["-e", `require(${JSON.stringify(join(dir, "node_modules", name))})`]);
  }
};
