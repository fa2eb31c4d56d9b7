// What the runner takes of an action.yml.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

export interface ActionFile {
  readonly folder: string;
  /** Default values by name. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: readonly string[];
  readonly pre: string | undefined;
  readonly main: string;
  readonly post: string | undefined;
}

interface Manifest {
  readonly inputs?: Readonly<Record<string, { readonly default?: unknown }>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly runs: Readonly<Record<string, string | undefined>>;
}

export const readAction = (folder: string): ActionFile => {
  const { inputs = {}, outputs = {}, runs } = parse(readFileSync(join(folder, "action.yml"), "utf8")) as Manifest;
  assert.equal(runs["using"], "node24", "the small runner runs actions of Node 24");
  for (const key of ["pre-if", "post-if"]) assert.ok([undefined, "always()"].includes(runs[key]), key);
  assert.ok(runs["main"] !== undefined);
  return {
    folder,
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([name, { default: value }]) => [name, typeof value === "string" ? value : ""]),
    ),
    outputs: Object.keys(outputs),
    pre: runs["pre"],
    main: runs["main"],
    post: runs["post"],
  };
};
