// The way to what makes files of runs, without anything behind it.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Context } from "../context.ts";
import type * as runFiles from "../export/runFiles.ts";

/** Loads it where it is not loaded yet. */
export const loadRunFiles = async ({ folder }: Context): Promise<typeof runFiles> =>
  (await import(pathToFileURL(join(folder, "dist/runFiles.cjs")).href)) as typeof runFiles;
