import assert from "node:assert/strict";
import { matchesGlob, basename } from "node:path";
import { suites } from "../../scripts/test/suites.ts";
import { isSource, textOf, trackedFiles } from "./trackedFiles.ts";

const lineCount = (path: string): number => textOf(path).split("\n").length - 1;

/** Lists what breaks a rule, so that a failure names it. */
const offenders = (pattern: RegExp, among: (path: string) => boolean): string[] =>
  trackedFiles.filter(among).flatMap((path) =>
    textOf(path)
      .split("\n")
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim().slice(0, 100)}`] : [])),
  );

const isCode = (path: string): boolean => /\.(ts|mjs|c|h)$/.test(path);

/** Long because the thing that it lists is. */
const isTable = (path: string): boolean => /[lL]ayout\.ts$|Names\.ts$|[tT]able\.ts$/.test(path);

/** In pieces, so that this file does not find itself. */
const word = (...letters: readonly string[]): string => letters.join("");

describe("house style", () => {
  it("keeps every source file below 400 lines", () => {
    const long = trackedFiles.filter((path) => isSource(path) && !isTable(path) && lineCount(path) > 400);
    assert.deepEqual(long, []);
  });

  it("keeps the median below 120 lines and nine of ten below 300", () => {
    const sizes = trackedFiles
      .filter(isSource)
      .map(lineCount)
      .sort((a, b) => a - b);
    const at = (share: number): number => sizes[Math.floor(sizes.length * share)] ?? 0;
    assert.ok(at(0.5) <= 120, `median ${at(0.5)}`);
    assert.ok(at(0.9) <= 300, `p90 ${at(0.9)}`);
  });

  it("has camelCase file names and no catch-alls", () => {
    const bad = trackedFiles.filter(
      (path) =>
        /\.(ts|mjs)$/.test(path) &&
        (!/^[a-z][A-Za-z0-9]*(\.test|\.bench)?\.(ts|mjs)$/.test(basename(path)) ||
          /^(utils?|helpers?|index)\./.test(basename(path))),
    );
    assert.deepEqual(bad, []);
  });

  it("puts text into pages as text only", () => {
    const html =
      /\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|dangerouslySetInnerHTML)\b|\bsrcdoc\b/;
    assert.deepEqual(
      offenders(html, (path) => /^(webview|extension)\/src\//.test(path)),
      [],
    );
  });

  it("lets neither the page nor the language server use the network", () => {
    const network = /\b(fetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|node:https?|node:net)\b/;
    assert.deepEqual(
      offenders(network, (path) => /^(webview|language-server)\/src\//.test(path) && !path.endsWith(".test.ts")),
      [],
    );
  });

  it("imports nothing at run time but what its surroundings have", () => {
    const allowed: Readonly<Record<string, RegExp>> = {
      // A process of its own, which gives up its rights first.
      "collector/src/action/uploader.ts": /^(node:|\.|@actions\/artifact$)/,
      // It ships alone and runs as root beside untrusted code.
      "collector/src/": /^(node:|\.)/,
      "collector/protocol/": /^\./,
      "collector/report/": /^\./,
      "webview/src/": /^(\.|@vscode\/codicons\/)/,
      "webview/protocol/": /^\./,
      "language-server/src/":
        /^(node:|\.|yaml$|tldts$|vscode-languageserver(\/node|-textdocument)$|@actions\/languageservice\/)/,
      "language-server/protocol/": /^\./,
      "extension/src/":
        /^(node:|\.|vscode$|vscode-languageclient\/node$|octokit$|eventsource$|eventsource-parser(\/stream)?$|yauzl$)/,
    };
    const wrong = trackedFiles
      .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
      .flatMap((path) => {
        const rule = Object.entries(allowed).find(([room]) => path.startsWith(room))?.[1];
        const modules = [...textOf(path).matchAll(/^(?:import|export)\b[^"';]*?from "([^"]+)"|^import "([^"]+)"/gm)];
        return modules
          .map((match) => match[1] ?? match[2] ?? "")
          .filter((module) => rule !== undefined && !rule.test(module))
          .map((module) => `${path}: ${module}`);
      });
    assert.deepEqual(wrong, []);
  });

  it("leaves nothing for later and focuses no test", () => {
    const marks = [word("TO", "DO"), word("FIX", "ME"), word("X", "XX")].join("|");
    assert.deepEqual(offenders(new RegExp(`\\b(${marks})\\b`), isCode), []);
    const [only, skip] = [word("on", "ly"), word("sk", "ip")];
    const focus = new RegExp(`\\b(it|describe|test)\\.(${only}|${skip})\\b|\\bthis\\.${skip}\\(`);
    assert.deepEqual(offenders(focus, isCode), []);
  });

  it("names no place that only one machine has", () => {
    const hosts = [
      ["registry", "npmjs", "org"],
      ["deb", "debian", "org"],
    ].map((parts) => parts.join("\\."));
    const folder = ["", "work", ""].join("/");
    const pattern = new RegExp(`${hosts.join("|")}|(^|[\\s"'\`(=:])${folder}(main|shared|brief|\\.)`);
    // A lock file may carry addresses of package authors; those of packages are left out by npm's configuration.
    assert.deepEqual(
      offenders(pattern, () => true),
      [],
    );
  });

  it("runs every test file, in one suite", () => {
    const globs = suites.flatMap(({ name, files }) => files.map((file) => ({ name, file })));
    const wrong = trackedFiles
      .filter((path) => path.endsWith(".test.ts"))
      .map((path) => ({ path, in: globs.filter(({ file }) => matchesGlob(path, file)).map(({ name }) => name) }))
      .filter(({ in: names }) => names.length !== 1);
    assert.deepEqual(wrong, []);
  });
});
