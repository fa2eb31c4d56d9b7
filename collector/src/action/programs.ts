// The programs that root runs for a job, in a folder that only root can write: those of the Action belong to the user of the
// steps, who must not choose what runs as root later on.
import { COPYFILE_FICLONE } from "node:constants";
import { chmodSync, copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** This very Node, also where its file has been replaced since. */
export const NODE = "/proc/self/exe";

export interface Programs {
  readonly collector: string;
  readonly uploader: string;
  /** The agent's hook. */
  readonly hook: string;
}

/** What the Action brings: its own folder's `dist`, where the bundle that runs stands in `action/`. */
const builtFolder = (): string => dirname(dirname(process.argv[1] ?? ""));

/** Why the Action can run nothing on such a machine; undefined where it can. `arch` and `platform` as Node names them. */
export const unsupportedMachine = (
  { platform, arch }: { readonly platform: string; readonly arch: string },
  built = builtFolder(),
): string | undefined => {
  if (platform !== "linux") return `Runglass watches Linux runners, and this is ${platform}`;
  const known = ["x64", "arm64"];
  if (!known.includes(arch)) return `there are sensors for ${known.join(" and ")}, and this is ${arch}`;
  if (existsSync(join(built, arch, "runglass-sensor"))) return undefined;
  return `this copy of the Action has no sensor for ${arch}: use a release of it, which has all of them`;
};

/** Copies them from the Action's own folder, before the job's first step. */
export const copyPrograms = (folder: string): Programs => {
  const built = builtFolder();
  const own = join(folder, "programs");
  mkdirSync(own, { mode: 0o755 });
  const copy = (path: string, name: string): string => {
    copyFileSync(join(built, path), join(own, name), COPYFILE_FICLONE);
    return join(own, name);
  };
  // Whatever brought the files here may have dropped that it is a program.
  chmodSync(copy(join(process.arch, "runglass-sensor"), "runglass-sensor"), 0o755);
  writeFileSync(join(own, "package.json"), '{ "type": "module" }\n');
  const hook = copy(join(process.arch, "runglass-hook"), "runglass-hook");
  chmodSync(hook, 0o755);
  return { collector: copy("runglass.js", "runglass.js"), uploader: copy("action/uploader.cjs", "uploader.cjs"), hook };
};
