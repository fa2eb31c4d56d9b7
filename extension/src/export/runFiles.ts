// What makes files of runs, or reads others beside them, at a user's word: a bundle of its own, loaded when it is first asked for.
export { exportRun } from "../commands/exportRun.ts";
export { saveRunLog } from "../commands/saveRunLog.ts";
export { useSessionLog } from "../commands/useSessionLog.ts";
