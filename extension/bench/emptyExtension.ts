// The alternative that activation is compared with: an extension with the same activation events that does nothing.
import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { pinnedNode, root } from "../scripts/setup/paths.mjs";

const exec = promisify(execFile);

export const emptyExtensionId = "runglass-bench.empty";

/** @returns the path of its package, below `directory` */
export const packEmptyExtension = async (directory: string): Promise<string> => {
  const source = join(directory, "empty");
  await mkdir(source);
  const { activationEvents, engines } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
    activationEvents: readonly string[];
    engines: Readonly<Record<string, string>>;
  };
  const [publisher, name] = emptyExtensionId.split(".");
  const manifest = { publisher, name, version: "1.0.0", engines, activationEvents, main: "./main.cjs" };
  await writeFile(join(source, "package.json"), JSON.stringify(manifest));
  await writeFile(join(source, "main.cjs"), "exports.activate = () => {};\n");
  await writeFile(join(source, "README.md"), "Does nothing.\n");
  const vsix = join(directory, "empty.vsix");
  const vsce = join(root, "node_modules/@vscode/vsce/vsce");
  const options = ["--no-dependencies", "--skip-license", "--allow-missing-repository", "--out", vsix];
  await exec(pinnedNode, [vsce, "package", ...options], { cwd: source });
  return vsix;
};
