// How long a keystroke waits for its problems: edits of a workflow of a thousand lines, each followed by a pull of its
// diagnostics, as an editor does it; beside it, in the same run, what parsing that text with the yaml package alone takes,
// which no linter that is built on it can be faster than.
import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";
import { parseDocument } from "yaml";

const root = fileURLToPath(new URL("../..", import.meta.url));
const EDITS = 300;
const LINES = 1_000;
/** Milliseconds: a keystroke at most, and a pull of what has not changed. */
const TARGET = { edit: 30, unchanged: 2 };

const job = (n: number): string[] => [
  `  job${n}:`,
  "    runs-on: ubuntu-latest",
  "    steps:",
  `      - uses: step-security/harden-runner@${"a".repeat(40)} # v2.20.0`,
  "        with:",
  "          egress-policy: block",
  "          allowed-endpoints: >",
  ...Array.from({ length: 12 }, (_, i) => `            h${i}.job${n}.example.com:443`),
  "      - uses: actions/checkout@v5",
  "      - run: |",
  "          make all",
  "          make test",
];
const lines = ["on: push", "jobs:"];
for (let n = 0; lines.length < LINES; n++) lines.push(...job(n));
const text = `${lines.join("\n")}\n`;
const edited = lines.findIndex((line) => line.includes("h5.job20."));

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;

const child = spawn(process.execPath, [join(root, "dist/language-server.js"), "--stdio"], {
  stdio: ["pipe", "pipe", "inherit"],
});
const client = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
client.listen();
await client.sendRequest("initialize", { processId: process.pid, rootUri: null, capabilities: {} });
void client.sendNotification("initialized", {});
const textDocument = { uri: "file:///w/.github/workflows/ci.yml" };
void client.sendNotification("textDocument/didOpen", {
  textDocument: { ...textDocument, languageId: "yaml", version: 1, text },
});

interface Report {
  readonly kind: string;
  readonly resultId: string;
  readonly items?: readonly unknown[];
}
const pull = (previousResultId?: string): Promise<Report> =>
  client.sendRequest("textDocument/diagnostic", { textDocument, previousResultId });

await pull();
const [edits, unchanged, parses]: [number[], number[], number[]] = [[], [], []];
for (let n = 0; n < EDITS; n++) {
  // A port that is none, typed and taken back.
  const typed = n % 2 === 0;
  const at = { line: edited, character: (lines[edited]?.length ?? 0) - 3 };
  const range = { start: at, end: typed ? at : { ...at, character: at.character + 1 } };
  const start = performance.now();
  void client.sendNotification("textDocument/didChange", {
    textDocument: { ...textDocument, version: n + 2 },
    contentChanges: [{ range, text: typed ? "x" : "" }],
  });
  const report = await pull();
  edits.push(performance.now() - start);
  if ((report.items?.length ?? 0) !== (typed ? 1 : 0))
    throw new Error(`${report.items?.length} problems after edit ${n}`);
  const again = performance.now();
  if ((await pull(report.resultId)).kind !== "unchanged") throw new Error("nothing has changed");
  unchanged.push(performance.now() - again);
  const parsing = performance.now();
  parseDocument(text);
  parses.push(performance.now() - parsing);
}
client.dispose();
child.kill();

const results = {
  lines: lines.length,
  edits: EDITS,
  "edit to problems, p50 ms": percentile(edits, 0.5),
  "edit to problems, p95 ms": percentile(edits, 0.95),
  "target, ms": TARGET.edit,
  "unchanged, p95 ms": percentile(unchanged, 0.95),
  "target for unchanged, ms": TARGET.unchanged,
  "the yaml package alone, p95 ms": percentile(parses, 0.95),
  ratio: percentile(edits, 0.95) / percentile(parses, 0.95),
};
console.table(results);
await mkdir(join(root, "dist/bench"), { recursive: true });
await writeFile(join(root, "dist/bench/typing.json"), `${JSON.stringify(results, undefined, 2)}\n`);
process.exitCode =
  results["edit to problems, p95 ms"] <= TARGET.edit && results["unchanged, p95 ms"] <= TARGET.unchanged ? 0 : 1;
