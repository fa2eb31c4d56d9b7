// GitHub's own language service for workflows on all workflow files of a folder, as a program of its own: it prints how many
// findings there were.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { clearCache } from "@actions/languageservice/utils/workflow-cache";
import { validate } from "@actions/languageservice/validate";
import { TextDocument } from "vscode-languageserver-textdocument";

const folder = process.argv[2] ?? ".";
let findings = 0;
for (const name of readdirSync(folder)) {
  const text = readFileSync(join(folder, name), "utf8");
  // It keeps each file that it has parsed.
  clearCache();
  findings += (await validate(TextDocument.create(`file:///${name}`, "yaml", 0, text))).length;
}
process.stdout.write(`${findings} findings\n`);
