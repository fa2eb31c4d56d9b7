import { type ChildProcessByStdio, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

/** A bash that lives as long as the agent does and gets the tool calls' commands one after the other, so it is never exec'd per command. */
export class PersistentShell {
  readonly #bash: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  constructor(cwd: string) {
    this.#bash = spawn("bash", ["--noprofile", "--norc"], { cwd, stdio: ["pipe", "pipe", "inherit"] });
    this.#bash.stdin.write("exec 2>&1\n");
    this.#lines = createInterface(this.#bash.stdout)[Symbol.asyncIterator]();
  }

  /** Runs a command (it may change the shell's own state) to its end. Throws when the shell itself ends. */
  async run(command: string): Promise<{ output: string; exitCode: number }> {
    const marker = `--${randomUUID()}--`;
    // The command must not eat the commands that follow it on the shell's stdin.
    this.#bash.stdin.write(`{ ${command}\n} </dev/null\nprintf '\\n%s %d\\n' '${marker}' $?\n`);
    const output: string[] = [];
    for (;;) {
      const next = await this.#lines.next();
      if (next.done) throw new Error(`the shell ended during: ${command}`);
      if (next.value.startsWith(marker))
        return { output: output.join("\n"), exitCode: Number(next.value.slice(marker.length)) };
      output.push(next.value);
    }
  }

  /** Ends the shell. */
  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.#bash.once("exit", resolve));
    this.#bash.stdin.end("exit\n");
    await ended;
  }
}
