// The collector as a process of its own, as `runglass collect` is started by hand.
import { spawn, type ChildProcessByStdio } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { messageOf } from "../errors.ts";
import { NODE } from "./programs.ts";

const MOST_MESSAGES = 50;
const MOST_TOLD = 12;
const MOST_LINE = 4_000;
const PREFIX = "runglass: ";

export interface CollectorOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly onMessage: (text: string) => void;
}

const readLines = (stream: Readable, onLine: (line: string) => void): void => {
  let rest = "";
  stream.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = (lines.pop() ?? "").slice(-MOST_LINE);
    for (const line of lines) onLine(line.slice(0, MOST_LINE));
  });
};

export class CollectorProcess {
  readonly #child: ChildProcessByStdio<Writable, null, Readable>;
  readonly #messages: string[] = [];
  #stopping = false;
  /** Resolves when it watches; with why it never will where it ends before. */
  readonly ready: Promise<string | undefined>;
  /** Resolves when it is gone: with what is wrong with that, undefined where it ended well and as it was told. */
  readonly ended: Promise<string | undefined>;
  url: string | undefined;
  tokenFile: string | undefined;

  constructor({ program, args, environment, onMessage }: CollectorOptions) {
    const child = spawn(NODE, [program, "collect", ...args], {
      stdio: ["pipe", "ignore", "pipe"],
      env: environment,
      cwd: "/",
    });
    this.#child = child;
    child.stdin.on("error", () => undefined); // It is gone; `ended` tells.
    let watching: (() => void) | undefined;
    const begun = new Promise<undefined>((resolve) => (watching = () => resolve(undefined)));
    readLines(child.stderr, (line) => {
      const text = line.startsWith(PREFIX) ? line.slice(PREFIX.length) : line;
      if (text === "watching") return watching?.();
      this.url ??= /^listening on (\S+)$/.exec(text)?.[1];
      this.tokenFile ??= /^token in (\S+)$/.exec(text)?.[1];
      if (this.#messages.length < MOST_MESSAGES) this.#messages.push(text);
      onMessage(text);
    });
    this.ended = new Promise((resolve) => {
      child.once("error", (error) => resolve(`the collector cannot be started: ${messageOf(error)}`));
      child.once("close", (code, signal) => resolve(this.#describe(code, signal)));
    });
    const failed = this.ended.then((problem) => problem ?? "the collector ended at once");
    this.ready = Promise.race([begun, failed]);
  }

  /**
   * Lets it end its log; kills it after `patienceMs`. Only where that is `meant` does it open what the policy contains.
   */
  stop(patienceMs: number, meant: boolean): void {
    this.#stopping = true;
    this.#child.stdin.end(meant ? "end\n" : "");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), patienceMs);
    void this.ended.then(() => clearTimeout(timer));
  }

  #describe(code: number | null, signal: NodeJS.Signals | null): string | undefined {
    // At its start each bad entry has a line of its own.
    const said = this.#messages.slice(-MOST_TOLD).join("; ");
    const words = said === "" ? "" : `: ${said}`;
    if (signal !== null) return `the collector was killed by ${signal}${words}`;
    if (code === 0) return this.#stopping ? undefined : "the collector was told to end before the job's end";
    return `the collector ended with exit code ${code ?? 0}${words}`;
  }
}
