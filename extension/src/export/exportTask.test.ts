// Exports by the thread that ships: dist/exportThread.cjs, which `npm run build` makes.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { WantedPlaces } from "../../../collector/report/runReport.ts";
import { logLines, runEvents } from "../../test/vscode/runLogFixture.ts";
import { UserError } from "../errors.ts";
import { sealedLines } from "../hosted/testSource.ts";
import type { Exported } from "./exportJob.ts";
import type { ExportFormat } from "./exportFormats.ts";
import { runExport, type ExportTask } from "./exportTask.ts";
import { sealedText } from "./sealedText.ts";

const bundle = fileURLToPath(new URL("../../../dist/exportThread.cjs", import.meta.url));

describe("an export", function () {
  this.timeout(60_000);
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "runglass-export-test-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const run = async (
    log: string | Buffer,
    format: ExportFormat,
    more: Partial<ExportTask> = {},
  ): Promise<Exported & { readonly text: string }> => {
    const source = join(folder, "run.ndjson");
    await writeFile(source, log);
    const target = join(folder, `out.${format}`);
    const exported = await runExport({
      bundle,
      format,
      source,
      bytes: Buffer.byteLength(log),
      target,
      name: "run.ndjson",
      version: "0.1.0",
      onProgress: () => undefined,
      places: async () => ({ events: new Map() }),
      signal: new AbortController().signal,
      ...more,
    });
    return { ...exported, text: await readFile(target, "utf8") };
  };
  const left = async (): Promise<string[]> => (await readdir(folder)).toSorted();

  const sealed = (): string =>
    sealedLines([
      ...runEvents("sealed", 5).map(
        (fields) => (seq: number) => JSON.stringify({ v: 1, seq, t: 1_790_000_000_000_000, ...fields }),
      ),
      (seq) => JSON.stringify({ v: 1, seq, t: 1_790_000_000_000_001, type: "run.end", counts: {}, lost: 0 }),
    ]).join("");

  it("copies the log byte for byte, for its user only, and says that all seals hold", async () => {
    const log = sealed();
    const { text, verification, ...rest } = await run(log, "ndjson");
    assert.equal(text, log);
    assert.equal(verification.verdict, "whole");
    assert.equal((await stat(join(folder, "out.ndjson"))).mode & 0o777, 0o600);
    assert.match(sealedText({ verification, ...rest }), /^It has \d+ events, as they were written: all seals hold\.$/);
    assert.deepEqual(await left(), ["out.ndjson", "run.ndjson"]);
  });

  it("takes no more of a log that grows than there was, and says how far it is proven", async () => {
    const log = sealed();
    const lines = log
      .split("\n")
      .slice(0, 8)
      .map((line) => `${line}\n`)
      .join("");
    const { text, verification, events, damage } = await run(log, "ndjson", { bytes: lines.length });
    assert.equal(text, lines);
    assert.equal(verification.verdict, "cut");
    assert.match(
      sealedText({ verification, events, damage }),
      /^It has 8 events, as they were written up to event \d: the run has not ended there\.$/,
    );
  });

  it("says of a log that was altered or damaged that it is, and exports what can be read", async () => {
    const altered = sealed().replace("host3.example.test", "host4.example.test");
    const { verification, ...more } = await run(altered, "ndjson");
    assert.equal(verification.verdict, "broken");
    assert.match(sealedText({ verification, ...more }), /its seals do not hold/);
    const lines = logLines(runEvents("damaged", 4)).split("\n");
    lines.splice(6, 1, "no event", "");
    const damaged = await run(lines.join("\n"), "markdown");
    assert.match(damaged.text, /The log is damaged: 1 event missing, 1 line unreadable\. The log has no run\.end/);
    assert.match(sealedText(damaged), /the log is damaged \(1 event missing, 1 line unreadable\)/);
  });

  it("asks where the results of SARIF belong, and begins Markdown with what is to be known of the run", async () => {
    const [start, ...events] = runEvents("denied", 2);
    const denied = events.map((event) =>
      event.type === "net.connect" ? { ...event, verdict: "would-block" as const } : event,
    );
    const log = logLines([start!, ...denied]);
    const asked: WantedPlaces[] = [];
    const { text } = await run(log, "sarif", {
      places: async (wanted) => {
        asked.push(wanted);
        return { policy: { path: ".github/workflows/ci.yml", line: 4, reason: "it is" }, events: new Map() };
      },
    });
    assert.deepEqual(asked, [{ seqs: [4, 8], entries: ["host1.example.test", "host2.example.test"] }]);
    assert.match(text, /"uri": "\.github\/workflows\/ci\.yml"/);
    const failing = await run(log, "sarif", { places: async () => Promise.reject(new Error("GitHub is away")) });
    assert.match(failing.text, /"ruleId": "egress\/would-block"/);
    const { text: markdown } = await run(log, "markdown", { notice: "No collector watched this run." });
    assert.match(markdown, /> <code>No collector watched this run\. The log has no run\.end/);
  });

  it("leaves nothing behind, and keeps what was there, where it is cancelled or can't be written", async () => {
    const log = logLines(runEvents("cancelled", 3000));
    await writeFile(join(folder, "out.har"), "what was there");
    const abort = new AbortController();
    await assert.rejects(
      run(log, "har", { signal: abort.signal, onProgress: () => abort.abort() }),
      (error) => error === abort.signal.reason,
    );
    assert.deepEqual(await left(), ["out.har", "run.ndjson"]);
    assert.equal(await readFile(join(folder, "out.har"), "utf8"), "what was there");
    await assert.rejects(run(log, "har", { target: join(folder, "no", "x.har") }), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /could not be written to x\.har \(the folder, or the run's own file, is not there\)/);
      return true;
    });
    await assert.rejects(run(log, "har", { signal: AbortSignal.abort() }));
    assert.deepEqual(await left(), ["out.har", "run.ndjson"]);
  });

  it("goes on by itself while the window does other things, also where the run is large", async () => {
    const log = logLines(runEvents("large", 12_000));
    const written = (): number => {
      const part = readdirSync(folder).find((name) => name.endsWith(".part"));
      return part === undefined ? 0 : statSync(join(folder, part)).size;
    };
    let seen = 0;
    const { text, events } = await run(log, "ndjson", {
      // The window is busy until all is written; in its own thread nothing would be.
      onProgress: () => {
        const nobody = new Int32Array(new SharedArrayBuffer(4));
        seen = written();
        for (let i = 0; i < 1500 && seen < Buffer.byteLength(log); i += 1) {
          Atomics.wait(nobody, 0, 0, 10);
          seen = written();
        }
      },
    });
    assert.ok(events > 48_000, String(events));
    const hash = (of: string): string => createHash("sha256").update(of).digest("hex");
    assert.equal(hash(text), hash(log));
    assert.equal(seen, Buffer.byteLength(log));
  });
});
