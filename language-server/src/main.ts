// The bundle beside the collector's: the engine of `runglass lint`.
export { lintUsage, runLint } from "./commandLine/lint.ts";
export type { LintOutput } from "./commandLine/lint.ts";
