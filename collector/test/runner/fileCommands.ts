// The files by which a step gives the runner values: NAME=VALUE, or NAME<<END with lines up to END.
import { randomUUID } from "node:crypto";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Reads what a step has written there. Throws where the runner fails the step. */
export const parseValues = (text: string): Map<string, string> => {
  const values = new Map<string, string>();
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    if (line === "") continue;
    const equals = line.indexOf("=");
    const document = line.indexOf("<<");
    if (equals >= 0 && (document < 0 || equals < document)) {
      values.set(line.slice(0, equals), line.slice(equals + 1));
      continue;
    }
    if (document <= 0 || line.length === document + 2) throw new Error(`Invalid format '${line}'`);
    const end = lines.indexOf(line.slice(document + 2), at + 1);
    if (end < 0) throw new Error(`Matching delimiter not found '${line.slice(document + 2)}'`);
    values.set(line.slice(0, document), lines.slice(at + 1, end).join("\n"));
    at = end;
  }
  return values;
};

const FILES = {
  GITHUB_ENV: "set_env_",
  GITHUB_OUTPUT: "set_output_",
  GITHUB_STATE: "save_state_",
  GITHUB_PATH: "add_path_",
  GITHUB_STEP_SUMMARY: "step_summary_",
} as const;
type FileName = keyof typeof FILES;

/** The files of one step. As with GitHub's runner they stay until the job ends, for all of its steps to read. */
export class StepFiles {
  readonly #paths: Readonly<Record<FileName, string>>;

  constructor(folder: string) {
    const suffix = randomUUID();
    const paths = Object.entries(FILES).map(([name, prefix]) => [name, join(folder, prefix + suffix)] as const);
    this.#paths = Object.fromEntries(paths) as Record<FileName, string>;
    for (const [, path] of paths) {
      writeFileSync(path, "");
      chmodSync(path, 0o644);
    }
  }

  get environment(): Readonly<Record<string, string>> {
    return this.#paths;
  }

  text(name: FileName): string {
    const path = this.#paths[name];
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  }
}
