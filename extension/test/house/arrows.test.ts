// The compiler itself refuses imports against the arrows of ARCHITECTURE.md: tried on a copy of the checkout.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pinnedNode, root } from "../../scripts/setup/paths.mjs";
import { trackedFiles } from "./trackedFiles.ts";

/** Path of a file that breaks a rule, and what it holds. What they import imports nothing: of a file that several bring, the
 * compiler complains once. */
const wrongWays: Readonly<Record<string, string>> = {
  "collector/protocol/wrongNode.ts":
    'import { readFileSync } from "node:fs";\nexport const text = readFileSync("x");\n',
  "collector/protocol/wrongDom.ts": "export const page = document.body;\n",
  "collector/policy/wrongNode.ts": 'import { readFileSync } from "node:fs";\nexport const text = readFileSync("x");\n',
  "collector/policy/wrongCollector.ts": 'export { UserError } from "../src/errors.ts";\n',
  "collector/report/wrongNode.ts": 'import { readFileSync } from "node:fs";\nexport const text = readFileSync("x");\n',
  "collector/report/wrongCollector.ts": 'export { UserError } from "../src/errors.ts";\n',
  "collector/src/wrongWebview.ts": 'export type { ToPage } from "../../webview/protocol/messages.ts";\n',
  "collector/src/wrongDom.ts": "export const page = document.body;\n",
  "webview/protocol/wrongNode.ts": 'import { readFileSync } from "node:fs";\nexport const text = readFileSync("x");\n',
  "webview/src/wrongCollector.ts": 'export { UserError } from "../../collector/src/errors.ts";\n',
  "webview/src/wrongNode.ts": 'import { readFileSync } from "node:fs";\nexport const text = readFileSync("x");\n',
  "language-server/protocol/wrongNode.ts":
    'import { readFileSync } from "node:fs";\nexport const text = readFileSync("x");\n',
  "language-server/src/wrongExtension.ts": 'export { views } from "../../extension/src/ids.ts";\n',
  "language-server/src/wrongWebview.ts": 'export type { ToPage } from "../../webview/protocol/messages.ts";\n',
  "extension/src/wrongCollector.ts": 'export { UserError } from "../../collector/src/errors.ts";\n',
  "extension/src/wrongWebview.ts": 'export { isAbout } from "../../webview/src/filter/keys.ts";\n',
  "extension/src/wrongDom.ts": "export const page = document.body;\n",
};

describe("the compiler", () => {
  let copy = "";
  let output = "";

  before(function () {
    this.timeout(120_000);
    copy = mkdtempSync(join(tmpdir(), "runglass-arrows-"));
    for (const path of trackedFiles.filter((name) => /\.ts$|tsconfig.*\.json$|^package\.json$|\.mjs$/.test(name))) {
      mkdirSync(dirname(join(copy, path)), { recursive: true });
      cpSync(join(root, path), join(copy, path));
    }
    // Entry by entry, so that the compiler's output below node_modules/.cache stays in the copy.
    mkdirSync(join(copy, "node_modules"));
    for (const name of [
      "@actions",
      "@octokit",
      "@types",
      "esbuild",
      "eventsource",
      "eventsource-parser",
      "mocha",
      "octokit",
      "playwright-core",
      "fast-check",
      "tldts",
      "tldts-core",
      "vscode-jsonrpc",
      "vscode-languageclient",
      "vscode-languageserver",
      "vscode-languageserver-protocol",
      "vscode-languageserver-textdocument",
      "vscode-languageserver-types",
      "yaml",
      "yauzl",
    ]) {
      symlinkSync(join(root, "node_modules", name), join(copy, "node_modules", name));
    }
    for (const [path, text] of Object.entries(wrongWays)) {
      mkdirSync(dirname(join(copy, path)), { recursive: true });
      writeFileSync(join(copy, path), text);
    }
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    output = spawnSync(pinnedNode, [tsc, "-b", "--pretty", "false"], { cwd: copy, encoding: "utf8" }).stdout;
  });

  after(() => {
    rmSync(copy, { recursive: true, force: true });
  });

  for (const path of Object.keys(wrongWays)) {
    it(`refuses ${path}`, () => {
      const complaints = output.split("\n").filter((line) => line.startsWith(`${path}(`));
      assert.notEqual(complaints.length, 0, `no complaint; the compiler said:\n${output.slice(0, 2000)}`);
    });
  }
});
