// What a process runs, rendered once at its exec.
import { quote } from "./json.ts";
import { redactArgv } from "./redactArgv.ts";
import { redactText } from "./redactText.ts";
import type { Image } from "./process.ts";
import { onlyLists } from "./secretFiles.ts";

/** A program with a long command line may fork without end; what is said of each fork is cut to about this many bytes. */
const FORK_BYTES = 1024;

const render = (exe: string, argv: readonly string[], cwd: string, truncated: boolean): string =>
  `"exe":${quote(exe)},"argv":[${argv.map(quote).join(",")}],"cwd":${quote(cwd)}` +
  (truncated ? ',"truncated":true' : "");

/** Masks secrets; `truncated` says that argv is cut. */
export const createImage = (exe: string, argv: readonly string[], cwd: string, truncated: boolean): Image => {
  const masked = redactArgv(argv, truncated);
  const [safeExe, safeCwd] = [redactText(exe), redactText(cwd)];
  const lists = onlyLists(exe, argv);
  const json = render(safeExe, masked, safeCwd, truncated);
  if (json.length <= FORK_BYTES) return { exe, onlyLists: lists, json, forkJson: json };
  let room = FORK_BYTES;
  const start: string[] = [];
  for (const arg of masked) {
    room -= arg.length;
    if (room < 0) break;
    start.push(arg);
  }
  return { exe, onlyLists: lists, json, forkJson: render(safeExe, start, safeCwd, true) };
};

/** Of a process that nothing is known of. */
export const UNKNOWN_IMAGE: Image = createImage("", [], "", false);
