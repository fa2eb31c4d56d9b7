// A shell that does the jobs that a benchmark gives it, one a line, and says how long each took. What it is started by, a
// recording for instance, stays the same for all of them.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";

/** Seconds; `cpu` is what the job's processes used of the processors. */
export interface Times {
  readonly wall: number;
  readonly cpu: number;
}

const LOOP = 'TIMEFORMAT="took %3R %3U %3S"; while read -r job; do time { eval "$job" || echo failed >&2; }; done';

export class JobShell {
  readonly #child: ChildProcess;
  #said = "";

  /** `starter`: a command that runs another one, which is put behind it; none: the shell runs by itself. */
  constructor(starter: readonly string[]) {
    const [program = "", ...rest] = [...starter, "bash", "-c", LOOP];
    this.#child = spawn(program, rest, { stdio: ["pipe", "ignore", "pipe"] });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.#said += text));
  }

  /** Throws where the job failed, or the shell has ended. */
  async does(job: string): Promise<Times> {
    this.#said = "";
    this.#child.stdin?.write(`${job}\n`);
    for (;;) {
      const [, took] = /took (.*)\n/.exec(this.#said) ?? [];
      const [wall, user = 0, system = 0] = (took ?? "").split(" ").map(Number);
      if (took !== undefined && wall !== undefined) {
        if (this.#said.includes("failed\n")) throw new Error(`${job}: ${this.#said}`);
        return { wall, cpu: user + system };
      }
      if (this.#child.exitCode !== null) throw new Error(`the shell for ${job} has ended: ${this.#said}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  async end(): Promise<void> {
    this.#child.stdin?.end();
    if (this.#child.exitCode === null) await once(this.#child, "exit");
    if (this.#child.exitCode !== 0) throw new Error(`a shell ended with ${this.#child.exitCode}: ${this.#said}`);
  }
}
