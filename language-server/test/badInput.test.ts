// Files that are broken, hostile, far too many, or gone: bounded time, other files are judged all the same.
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type ProtocolConnection,
  type WorkspaceDiagnosticReport,
} from "vscode-languageserver-protocol/node";
import { runLint } from "../src/commandLine/lint.ts";
import { fixAll, fixText } from "../src/lint/applyFixes.ts";
import { lintText } from "../src/lint/lintText.ts";
import { blocking, found, WORKFLOW } from "./judged.ts";

const HALF = 512 * 1024;
const STEP = blocking("a.example.com:g443");
const HEAD = "on: push\njobs:\n  a:\n    steps:\n      - uses: step-security/harden-runner@v2\n        with:\n";
const lines = (make: (n: number) => string, head = ""): string => {
  const parts = [head];
  for (let n = 0, length = head.length; length < HALF; n++) {
    const part = make(n);
    length += part.length;
    parts.push(part);
  }
  return parts.join("");
};

/** Half a mebibyte each: where the time grew with the square, each would take minutes. */
const HOSTILE: Readonly<Record<string, string>> = {
  "entries in one line": lines((n) => ` h${n}.example.com`, `${HEAD}          allowed-endpoints:`),
  "entries again and again": lines(() => "            h.example.com:443\n", `${HEAD}          allowed-endpoints: >\n`),
  wildcards: lines((n) => `            *.h${n}.example.com:${n % 9}\n`, `${HEAD}          allowed-endpoints: >\n`),
  comments: lines((n) => `            # ${n}\n`, `${HEAD}          allowed-endpoints: >\n`),
  "expressions that are not closed": lines(() => "${{ ", `${HEAD}          allowed-endpoints: `),
  "expressions that nothing is known of": lines(() => " ${{ vars.x }}", `${HEAD}          allowed-endpoints:`),
  "commas between entries": lines(() => " a.b,c.d", `${HEAD}          allowed-endpoints:`),
  "entries in capitals": lines((n) => ` H${n}.E.com`, `${HEAD}          allowed-endpoints: >\n           `),
  "wildcards of many labels": lines(
    (n) => ` *${".a".repeat(100)}${n}.com`,
    `${HEAD}          allowed-endpoints: >\n           `,
  ),
  "patterns of any kind": lines(
    (n) => ` x*.h${n}.e.com:${n % 5000}`,
    `${HEAD}          allowed-endpoints: >\n           `,
  ),
  "escapes that end lines": `${HEAD}          allowed-endpoints: "${"\\n".repeat(HALF / 2)}"`,
  "steps in one job": lines(
    (n) => `      - uses: step-security/harden-runner@v${n}\n        with: {egress-policy: x}\n`,
    "on: push\njobs:\n  a:\n    steps:\n",
  ),
  "steps in a broken file": lines(() => "uses: step-security/harden-runner@v2\n", 'x: "\n'),
  "suppressions without effect": lines((n) => `# runglass: ignore[a/b${n}]\n`, STEP),
  quotes: `harden-runner: ${'"'.repeat(HALF)}`,
  brackets: `harden-runner: ${"[".repeat(10_000)}`,
  "brackets line by line": lines(() => `- ${"[".repeat(150)}${"]".repeat(150)}\n`, "# harden-runner\n"),
  "nested maps": `a: 1 # harden-runner\n${Array.from({ length: 1000 }, (_, n) => `${" ".repeat(n)}k:\n`).join("")}`,
  aliases: `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 40 }, (_, n) => `b${n}: &b${n} [${`*${n === 0 ? "a" : `b${n - 1}`},`.repeat(9)}]\n`).join("")}jobs: *b39 # harden-runner\n`,
  "jobs that share their steps": `on: push\njobs:\n a:\n  steps: &a\n${"   - run: a\n".repeat(12_000)}${Array.from({ length: 12_000 }, (_, n) => ` b${n}: {steps: *a}\n`).join("")}# harden-runner\n`,
  "steps that are one": `on: push\njobs:\n a:\n  steps:\n   - &s\n     uses: step-security/harden-runner@v2\n${"   - *s\n".repeat(35_000)}`,
  documents: STEP + "---\na: 1\n".repeat(50_000),
};

/** Of this process alone, whatever else the machine does. */
const cpuSeconds = (work: () => void): number => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000_000;
};

describe("bad input", function () {
  this.timeout(120_000);

  for (const [what, text] of Object.entries(HOSTILE)) {
    it(`takes a bounded time: ${what}`, () => {
      const took = cpuSeconds(() => lintText(WORKFLOW, text));
      assert.ok(took < 10, `${took} s`);
    });
  }

  for (const what of ["commas between entries", "entries in capitals"]) {
    it(`is mended in a bounded time: ${what}`, () => {
      const took = cpuSeconds(() => fixAll(WORKFLOW, HOSTILE[what] ?? ""));
      assert.ok(took < 10, `${took} s`);
    });
  }

  it("is left as it is where there is no end to mending it, which is said", () => {
    const text = HOSTILE["steps in a broken file"] ?? "";
    const once_ = fixAll(WORKFLOW, text);
    assert.ok(once_.isUnfinished && once_.text.startsWith(text));
    assert.deepEqual(once_.diagnostics, lintText(WORKFLOW, once_.text));
    assert.equal(fixAll(WORKFLOW, STEP).isUnfinished, false);
  });

  it("is judged as far as it is clear: NULs, tabs, line ends, a second document, what does not close", () => {
    for (const [before, behind] of [
      ["", "\0\0\0"],
      ["", "\t- x: [\n"],
      ["", "---\n- a\n"],
      ["", '      - run: "never closed\n'],
      ["# x\r", "\r\r\n"],
      ["\ufeff", ""],
    ] as const) {
      const text = before + STEP + behind;
      assert.deepEqual(found(text, "endpoint/"), [`endpoint/invalid-port "a.example.com:g443"`], JSON.stringify(text));
    }
    assert.deepEqual(found(STEP.replaceAll("\n", "\r\n"), "endpoint/"), [`endpoint/invalid-port "a.example.com:g443"`]);
  });

  it("has the lines of its policies judged where it is too large to be parsed", () => {
    assert.deepEqual(found(STEP + "# more\n- a\n".repeat(30_000), "endpoint/"), [
      `endpoint/invalid-port "a.example.com:g443"`,
    ]);
  });

  it("is mended in few rounds, however much there is to mend", () => {
    const text = blocking(...Array.from({ length: 300 }, (_, n) => `h${n}.example.com # ${n}`));
    const once_ = fixText(WORKFLOW, text);
    assert.equal(fixText(WORKFLOW, once_), once_);
    assert.deepEqual(found(once_, "endpoint/"), []);
  });

  describe("in a folder", () => {
    let folder = "";
    let workflows = "";
    let child: ChildProcess | undefined;
    let client: ProtocolConnection | undefined;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "runglass-bad-"));
      workflows = join(folder, ".github/workflows");
      mkdirSync(workflows, { recursive: true });
    });
    afterEach(async () => {
      client?.dispose();
      child?.kill("SIGKILL");
      if (child !== undefined && child.exitCode === null && child.signalCode === null) await once(child, "exit");
      [child, client] = [undefined, undefined];
      rmSync(folder, { recursive: true, force: true });
    });

    it("stops no other file: the command line says one thing of each, and judges the rest", async () => {
      writeFileSync(join(workflows, "a.yml"), STEP);
      writeFileSync(join(workflows, "broken.yml"), `${STEP}      - run: "never closed\n`);
      writeFileSync(join(workflows, "large.yml"), `${STEP}${"# x\n- a\n".repeat(30_000)}`);
      writeFileSync(join(workflows, "z.yml"), STEP);
      mkdirSync(join(workflows, "folder.yml"));
      symlinkSync("loop.yml", join(workflows, "loop.yml"));
      symlinkSync(folder, join(folder, "again"));
      let [out, said] = ["", ""];
      const output = {
        write: (text: string) => void (out += text),
        say: (text: string) => void (said += `${text}\n`),
        version: "0",
      };
      assert.equal(await runLint(["--format", "json", folder], output), 2);
      const { files } = JSON.parse(out) as { files: { path: string; diagnostics: { rule: string }[] }[] };
      assert.deepEqual(
        files.map(({ path, diagnostics }) => [
          path.split("/").at(-1),
          diagnostics.filter(({ rule }) => rule === "endpoint/invalid-port").length,
        ]),
        ["a.yml", "broken.yml", "large.yml", "z.yml"].map((name) => [name, 1]),
      );
      assert.match(
        said,
        /^lint: .*broken\.yml:\d+:\d+: from here on this is no YAML[^\n]*\nlint: .*large\.yml: it is larger[^\n]*\n$/,
      );
    });

    it("stops no editor: ten thousand files, some of them gone, renamed, or no files", async () => {
      for (let n = 0; n < 10_000; n++)
        writeFileSync(join(workflows, `w${n}.yml`), n % 1_000 === 0 ? STEP : "on: push\n");
      symlinkSync("loop.yml", join(workflows, "loop.yml"));
      mkdirSync(join(workflows, "folder.yml"));
      const server = fileURLToPath(new URL("../src/main.ts", import.meta.url));
      child = spawn(process.execPath, [server, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
      client = createProtocolConnection(new StreamMessageReader(child.stdout!), new StreamMessageWriter(child.stdin!));
      client.onError(() => undefined);
      client.listen();
      await client.sendRequest("initialize", {
        processId: process.pid,
        rootUri: pathToFileURL(folder).href,
        capabilities: {},
      });
      void client.sendNotification("initialized", {});
      const withFindings = async (): Promise<string[]> => {
        const { items } = await client!.sendRequest<WorkspaceDiagnosticReport>("workspace/diagnostic", {
          previousResultIds: [],
        });
        return items.flatMap((item) =>
          item.kind === "full" && item.items.length > 0 ? [item.uri.split("/").at(-1)!] : [],
        );
      };
      assert.equal((await withFindings()).length, 10);
      unlinkSync(join(workflows, "w1000.yml"));
      renameSync(join(workflows, "w2000.yml"), join(workflows, "renamed.yml"));
      const left = await withFindings();
      assert.equal(left.length, 9);
      assert.ok(left.includes("renamed.yml") && !left.includes("w1000.yml"));
      // An open one that is hostile and gone from the disk.
      const textDocument = { uri: pathToFileURL(join(workflows, "w1000.yml")).href };
      void client.sendNotification("textDocument/didOpen", {
        textDocument: { ...textDocument, languageId: "yaml", version: 1, text: HOSTILE["entries in one line"] },
      });
      const { items } = await client.sendRequest<{ items: unknown[] }>("textDocument/diagnostic", { textDocument });
      assert.ok(items.length > 0);
      assert.equal((await withFindings()).length, 9);
    });
  });
});
