// `runglass lint`: the language server's engine, which is a bundle of its own beside ours. We import nothing of its room.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { UserError } from "../errors.ts";
import type { Command } from "../options.ts";
import { say } from "../run/say.ts";
import { VERSION } from "../version.ts";
import { standardOutput } from "./standardOutput.ts";

interface Engine {
  readonly lintUsage: string;
  readonly runLint: (
    argv: readonly string[],
    output: { write: (text: string) => void; say: (message: string) => void; version: string },
  ) => Promise<number>;
}

/** Beside the bundle that this is in; from source, among what is built. */
const PLACES = ["./language-server.js", "../../../dist/language-server.js"];

const loadEngine = async (): Promise<Engine> => {
  const url = PLACES.map((place) => new URL(place, import.meta.url)).find((one) => existsSync(fileURLToPath(one)));
  if (url === undefined) {
    throw new UserError("lint: language-server.js is not beside runglass.js: install the whole package again", 3);
  }
  return (await import(url.href)) as Engine;
};

const run = async (argv: readonly string[]): Promise<number> => {
  const { runLint } = await loadEngine();
  const output = standardOutput();
  const code = await runLint(argv, { write: (text) => output.write(text), say, version: VERSION });
  await output.drained();
  return code;
};

export const lint: Command = {
  name: "lint",
  summary: "checks the egress policies in workflow files",
  usage: async () => (await loadEngine()).lintUsage,
  run,
};
