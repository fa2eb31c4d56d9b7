import { type WriteStream, createWriteStream } from "node:fs";
import { once } from "node:events";

const KEPT_LINES = 40;
const TITLE_WIDTH = 90;

/** What a line of the job log tells the person who watches; undefined for lines that only the log keeps. Exported for the tests. */
export const progressOf = (line: string): string | undefined => {
  const step = /^##\[step\](\d+) (.*)$/.exec(line);
  if (step) return `step ${step[1]}: ${step[2]}`;
  const error = /^##\[error\](.*)$/.exec(line);
  if (error) return `  error: ${error[1]}`;
  const call = /^\[cca-engine\] turn=\d+ tool\.execution_start: ([\w-]+) — (.*)$/.exec(line);
  if (!call) return undefined;
  const text = `  ${call[1]}: ${call[2]}`;
  return text.length > TITLE_WIDTH ? `${text.slice(0, TITLE_WIDTH - 1)}…` : text;
};

/** Writes the job log, with the runner's time stamps, and shows the steps and tool calls in it. */
export class JobLog {
  readonly #file: WriteStream;
  readonly #show: (line: string) => void;
  #last: string[] = [];

  constructor(path: string, show: (line: string) => void) {
    this.#file = createWriteStream(path, { flags: "a", mode: 0o600 });
    this.#show = show;
  }

  add(line: string): void {
    this.#file.write(`${new Date().toISOString()} ${line}\n`);
    this.#last = [...this.#last.slice(1 - KEPT_LINES), line];
    const progress = progressOf(line);
    if (progress !== undefined) this.#show(progress);
  }

  /** The last lines, to say what went wrong. */
  get tail(): string {
    return this.#last.join("\n");
  }

  async close(): Promise<void> {
    this.#file.end();
    await once(this.#file, "close");
  }
}
