// The programs that root runs for a job, in a folder that only root can write: those of the Action belong to the user of the
// steps, who must not choose what runs as root later on.
import { COPYFILE_FICLONE } from "node:constants";
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** This very Node, also where its file has been replaced since. */
export const NODE = "/proc/self/exe";

export interface Programs {
  readonly collector: string;
  readonly uploader: string;
  /** The agent's hook. */
  readonly hook: string;
}

/** Copies them from the Action's own folder, before the job's first step. */
export const copyPrograms = (folder: string): Programs => {
  const built = dirname(dirname(process.argv[1] ?? ""));
  const own = join(folder, "programs");
  mkdirSync(own, { mode: 0o755 });
  const copy = (path: string, name: string): string => {
    copyFileSync(join(built, path), join(own, name), COPYFILE_FICLONE);
    return join(own, name);
  };
  // Whatever brought the files here may have dropped that it is a program.
  chmodSync(copy("runglass-sensor", "runglass-sensor"), 0o755);
  writeFileSync(join(own, "package.json"), '{ "type": "module" }\n');
  const hook = copy("runglass-hook", "runglass-hook");
  chmodSync(hook, 0o755);
  return { collector: copy("runglass.js", "runglass.js"), uploader: copy("action/uploader.cjs", "uploader.cjs"), hook };
};
