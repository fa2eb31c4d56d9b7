import { readFileSync } from "node:fs";
import { join } from "node:path";

import { repositoryDependencies } from "./npmPackages.ts";
import { RECEIPTS, printReceipt } from "./receipts.ts";
import { SETUP_STEPS } from "./setupSteps.ts";
import type { PackedFile } from "./tar.ts";

const SOURCES = join(import.meta.dirname, "repository");

const json = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);

/** One commit of the repository that the agent works on: its message and the files it adds or changes. */
export interface SampleCommit {
  readonly message: string;
  readonly files: readonly PackedFile[];
}

// package.json is made here and not kept as a file, so that no tool takes this folder for an npm package of ours.
const manifest = {
  name: "receipt-ocr",
  version: "0.1.0",
  private: true,
  type: "module",
  scripts: { report: "node scripts/report.mjs" },
  dependencies: repositoryDependencies(),
};

/** The history of the repository, oldest first. */
export const repositoryCommits = (): SampleCommit[] => [
  { message: "Say what this is for", files: [{ path: "README.md", data: readFileSync(join(SOURCES, "README.md")) }] },
  {
    message: "Write a report of recognized amounts",
    files: [{ path: "scripts/report.mjs", data: readFileSync(join(SOURCES, "scripts/report.mjs")) }],
  },
  { message: "Name the packages that the report needs", files: [{ path: "package.json", data: json(manifest) }] },
  {
    message: "Ignore what is installed and built",
    files: [{ path: ".gitignore", data: Buffer.from("node_modules/\n__pycache__/\nreport*.html\n") }],
  },
  {
    message: "Tell the collector of the agent's tool calls",
    files: [{ path: ".github/hooks/runglass.json", data: readFileSync(join(SOURCES, "hooks/runglass.json")) }],
  },
  {
    message: "Watch what Copilot does on its runner",
    files: [{ path: SETUP_STEPS.path, data: Buffer.from(SETUP_STEPS.text) }],
  },
  ...Object.entries(RECEIPTS).map(([name, lines], index) => ({
    message: `Add the scan of ${name}`,
    files: [{ path: `samples/${name}.pgm`, data: printReceipt(lines, index + 1) }],
  })),
  { message: "Say what the scans show", files: [{ path: "samples/expected.json", data: json(RECEIPTS) }] },
];
