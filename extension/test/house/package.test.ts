// What ships: the files in the package, their sizes, and that the README of the extension tells of everything a user can call or set.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { distDir, pinnedNode, root } from "../../scripts/setup/paths.mjs";
import { textOf } from "./trackedFiles.ts";

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
  };
}

const manifest = JSON.parse(textOf("package.json")) as Manifest;
const size = (path: string): number => statSync(join(distDir, path)).size;

/** @returns name and content of each file in a ZIP archive, read by its central directory */
const unzip = (path: string): Map<string, Buffer> => {
  const zip = readFileSync(path);
  const files = new Map<string, Buffer>();
  const end = zip.lastIndexOf(Buffer.from("PK\u0005\u0006", "latin1"));
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const method = zip.readUInt16LE(at + 10);
    const packed = zip.readUInt32LE(at + 20);
    const nameLength = zip.readUInt16LE(at + 28);
    const local = zip.readUInt32LE(at + 42);
    const name = zip.toString("utf8", at + 46, at + 46 + nameLength);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const content = zip.subarray(start, start + packed);
    files.set(name, method === 0 ? content : inflateRawSync(content));
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return files;
};

describe("the package", () => {
  it("holds these files and no others", () => {
    const vsce = join(root, "node_modules/@vscode/vsce/vsce");
    const listed = execFileSync(pinnedNode, [vsce, "ls", "--no-dependencies"], { cwd: root, encoding: "utf8" });
    const files = listed.split("\n").filter((line) => line !== "");
    assert.deepEqual(files.sort(), [
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "dist/exportThread.cjs",
      "dist/extension.cjs",
      "dist/github.cjs",
      "dist/language-server.js",
      "dist/languageClient.cjs",
      "dist/relatedDiffs.cjs",
      "dist/runFiles.cjs",
      "dist/webview/codicon.ttf",
      "dist/webview/monitor.css",
      "dist/webview/monitor.js",
      "dist/workflow-validation.js",
      "extension/media/icon.png",
      "extension/media/ranHereDark.svg",
      "extension/media/ranHereLight.svg",
      "extension/media/runglass.svg",
      "language-server/schema/runglass.schema.json",
      "package.json",
    ]);
  });

  it("is small", () => {
    assert.ok(size("runglass.vsix") < 1_000_000, `runglass.vsix: ${size("runglass.vsix")}`);
    assert.ok(size("extension.cjs") < 100_000, `extension.cjs: ${size("extension.cjs")}`);
    assert.ok(size("webview/monitor.js") < 200_000, `monitor.js: ${size("webview/monitor.js")}`);
  });

  it("was made of what is built now", () => {
    const files = unzip(join(distDir, "runglass.vsix"));
    for (const path of ["dist/extension.cjs", "dist/webview/monitor.js", "dist/webview/monitor.css"]) {
      assert.ok(files.get(`extension/${path}`)?.equals(readFileSync(join(root, path))), path);
    }
  });

  it("carries no source maps, no paths of this machine, and nothing that evaluates text", () => {
    for (const name of ["extension.cjs", "webview/monitor.js", "runglass.js"]) {
      const text = readFileSync(join(distDir, name), "utf8");
      assert.ok(!text.includes("sourceMappingURL"), name);
      assert.ok(!text.includes(root), `${name} names ${root}`);
      assert.doesNotMatch(text, /\beval\(|new Function\(/, name);
    }
  });
});

describe("extension/README.md", () => {
  const text = textOf("extension/README.md");

  it("tells of every command and every setting", () => {
    const { commands, configuration } = manifest.contributes;
    const names = [...commands.map(({ command }) => command), ...Object.keys(configuration.properties)];
    assert.deepEqual(
      names.filter((name) => !text.includes(`\`${name}\``)),
      [],
    );
  });

  it("tells of no command or setting that is not there", () => {
    const { commands, configuration } = manifest.contributes;
    const names = new Set([...commands.map(({ command }) => command), ...Object.keys(configuration.properties)]);
    const told = [...text.matchAll(/`(runglass\.[a-zA-Z.]+)`/g)].map((match) => match[1] ?? "");
    const isFile = (name: string): boolean => /\.(js|vsix|ndjson)$/.test(name);
    assert.deepEqual(
      told.filter((name) => !names.has(name) && !isFile(name)),
      [],
    );
  });
});
