// The bundle beside the collector's. Loaded, it is the engine of `runglass lint`; run with `--stdio` or `--node-ipc`, it is the
// language server.
import { realpathSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";

export { lintUsage, runLint } from "./commandLine/lint.ts";
export type { LintOutput } from "./commandLine/lint.ts";

/** Given by the bundler. */
declare const RUNGLASS_VERSION: string;

const isProgram = (): boolean => {
  try {
    return realpathSync(process.argv[1] ?? "") === fileURLToPath(import.meta.url);
  } catch {
    return false;
  }
};

// A thread of `runglass lint` has this file as its program too.
if (isMainThread && isProgram()) {
  if (process.argv.some((argument) => /^--(?:stdio|node-ipc)$/.test(argument))) {
    // `lint` starts without what only the protocol needs.
    const { startServer } = await import("./server/server.ts");
    startServer(typeof RUNGLASS_VERSION === "string" ? RUNGLASS_VERSION : "0");
  } else {
    process.stderr.write(
      "Usage: node language-server.js --stdio (or --node-ipc): a language server for egress policies in workflows\n",
    );
    process.exitCode = 2;
  }
}
