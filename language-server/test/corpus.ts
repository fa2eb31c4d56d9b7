// The workflows in corpus/, written by hand as people write them: in right/ the policies are right, in wrong/ is what
// expected.txt says. The name says the path that a file is judged by: `copilot-setup-steps.what.yml` as that file, `x.action.yml`
// as an action, and all others as workflows.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Diagnostic } from "../src/lint/lintText.ts";
import { Positions } from "../src/lint/positions.ts";

export interface CorpusFile {
  readonly name: string;
  /** As in a repository. */
  readonly path: string;
  readonly text: string;
}

const folder = fileURLToPath(new URL("corpus", import.meta.url));

const pathOf = (name: string): string => {
  const [, copilot, ending] = /^(copilot-setup-steps)\..*?(\.ya?ml)$/.exec(name) ?? [];
  if (copilot !== undefined) return `.github/workflows/${copilot}${ending ?? ""}`;
  const [, action] = /^(.+)\.action\.yml$/.exec(name) ?? [];
  return action === undefined ? `.github/workflows/${name}` : `${action}/action.yml`;
};

const filesIn = (kind: string): readonly CorpusFile[] =>
  readdirSync(join(folder, kind))
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => ({ name, path: pathOf(name), text: readFileSync(join(folder, kind, name), "utf8") }));

export const RIGHT = filesIn("right");
export const WRONG = filesIn("wrong");

/** What expected.txt says of each file in wrong/: `rule@line:column-line:column`. */
export const expected: ReadonlyMap<string, readonly string[]> = (() => {
  const files = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of readFileSync(join(folder, "wrong/expected.txt"), "utf8").split("\n")) {
    if (line.startsWith("  ")) current.push(line.trim());
    else if (line !== "" && !line.startsWith("#")) files.set(line, (current = []));
  }
  return files;
})();

/** A finding as expected.txt has it. */
export const place = (text: string, { rule, start, end }: Diagnostic): string => {
  const range = new Positions(text).range({ start, end });
  const [from, to] = [range.start, range.end].map(({ line, character }) => `${line + 1}:${character + 1}`);
  return `${rule}@${from}-${to}`;
};
