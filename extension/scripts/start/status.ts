// One line that says how the run goes: redrawn on a terminal, now and then in a pipe.
import { canRedraw } from "../setup/progress.mjs";
import type { RunCounts } from "./runCounts.ts";

export const clock = (ms: number): string => {
  const seconds = Math.floor(ms / 1000);
  return `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
};

export const describeCounts = ({ processes, connections, files, lost }: RunCounts): string =>
  `${processes} processes · ${connections} connections · ${files} file changes · ${lost} lost`;

export interface StatusLine {
  show(text: string): void;
  /** A line that stays. */
  say(text: string): void;
}

export const createStatusLine = (out: NodeJS.WriteStream, everyMs: number): StatusLine => {
  const live = canRedraw(out, process.env);
  let drawn = false;
  let last = 0;
  let lastText = "";
  const clear = (): void => {
    if (drawn) out.write("\r\u001b[K");
    drawn = false;
  };
  return {
    show(text) {
      if (live) {
        out.write(`\r\u001b[K${text.slice(0, out.columns - 1)}`);
        drawn = true;
      } else if (Date.now() - last >= everyMs && text !== lastText) {
        out.write(`${text}\n`);
        last = Date.now();
        lastText = text;
      }
    },
    say(text) {
      clear();
      out.write(`${text}\n`);
    },
  };
};
