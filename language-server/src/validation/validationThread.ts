// The thread that validates, started when there is something to do, and ended when it takes too long.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { Diagnostic } from "vscode-languageserver/node";
import type { ValidationAnswer, ValidationRequest } from "./messages.ts";

/** Beside the bundle that this is in; from source, among what is built. */
const PLACES = ["./workflow-validation.js", "../../../dist/workflow-validation.js"];

/** Workflows that take it longer are no people's. */
const LONGEST_MS = 15_000;
const MOST_MB = 512;

/** Its bundle; undefined where it was not installed. */
export const validationBundle = (): URL | undefined =>
  PLACES.map((place) => new URL(place, import.meta.url)).find((one) => existsSync(fileURLToPath(one)));

export class ValidationThread {
  readonly #bundle: URL;
  readonly #longestMs: number;
  #worker: Worker | undefined;
  #id = 0;

  constructor(bundle: URL, longestMs = LONGEST_MS) {
    this.#bundle = bundle;
    this.#longestMs = longestMs;
  }

  /** One text at a time. Nothing is found in one that takes too long, or too much memory. */
  async validate(uri: string, text: string): Promise<readonly Diagnostic[]> {
    const worker = (this.#worker ??= this.#start());
    const id = ++this.#id;
    const answer = new Promise<readonly Diagnostic[]>((resolve) => {
      const settle = (diagnostics: readonly Diagnostic[] | undefined): void => {
        clearTimeout(timer);
        worker.off("message", take).off("error", give).off("exit", give);
        if (diagnostics === undefined) void this.stop();
        resolve(diagnostics ?? []);
      };
      const take = ({ id: answered, diagnostics }: ValidationAnswer): void => {
        if (answered === id) settle(diagnostics);
      };
      const give = (): void => settle(undefined);
      const timer = setTimeout(give, this.#longestMs);
      worker.on("message", take).on("error", give).on("exit", give);
    });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
    worker.postMessage({ id, uri, text } satisfies ValidationRequest);
    return answer;
  }

  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(this.#bundle, { resourceLimits: { maxOldGenerationSizeMb: MOST_MB } });
    // What goes wrong in it is told to whoever waits; nobody may, by then.
    worker.on("error", () => undefined);
    worker.unref();
    return worker;
  }
}
