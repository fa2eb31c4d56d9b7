import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { byRules, readPull } from "../../test/diff/judge.ts";
import { LabelledRun } from "../../test/diff/labelledRun.ts";
import { receiptOcr } from "../../test/diff/labelled/receiptOcr.ts";
import { ChangeIndex } from "../diff/changeIndex.ts";
import { FileRun } from "../sessions/fileRun.ts";
import { LineUses } from "./lineUses.ts";
import { useFilter, useTitle } from "./lineUseText.ts";
import { RunReader } from "./runReader.ts";

describe("a run's log, for its change", () => {
  let directory = "";
  let run: FileRun;
  let reader: RunReader;
  const recorded = receiptOcr();

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "rg-uses-"));
    const path = join(directory, "run.ndjson");
    await writeFile(path, recorded.logText());
    run = await FileRun.open({ key: "file:test", path });
    await run.whenRead();
    reader = new RunReader(run);
    await reader.update();
  });
  after(async () => {
    await run.dispose();
    await rm(directory, { recursive: true, force: true });
  });

  it("is read once, and gives each event", async () => {
    for (const event of recorded.events) assert.deepEqual(await reader.event(event.seq), event);
    assert.equal(await reader.event(recorded.events.length + 1), undefined);
    assert.equal(reader.facts.repository, "octo-org/receipt-ocr");
  });

  it("is read on when it could not be read once", async () => {
    let isGone = true;
    const { store } = run;
    const session = {
      store: {
        get extents() {
          return store.extents;
        },
        get size() {
          return store.size;
        },
        readBytes: async (start: number, end: number) => {
          if (isGone) throw new Error("gone");
          return store.readBytes(start, end);
        },
      },
    } as FileRun;
    const other = new RunReader(session);
    await assert.rejects(other.update(), /gone/);
    isGone = false;
    await other.update();
    assert.equal(other.facts.repository, "octo-org/receipt-ocr");
    const uses = new LineUses(other, new ChangeIndex(readPull("receipt-ocr")), []);
    isGone = true;
    await assert.rejects(uses.update(), /gone/);
    isGone = false;
    await uses.update();
    assert.notEqual(uses.of("scripts/bootstrap.sh", "right").size, 0);
  });

  it("takes what a session's log says of its calls", async () => {
    const other = new RunReader(run);
    const call = recorded.toolCalls.find(({ newText }) => newText !== undefined);
    assert.ok(call !== undefined);
    assert.equal(await other.useSessionCalls([call]), 1);
    assert.equal(other.facts.tool(call.id)?.newText, call.newText);
    assert.equal(await other.useSessionCalls([]), 0);
  });

  it("gives of a process's row what it ran last", async () => {
    const path = join(directory, "forked.ndjson");
    const recording = new LabelledRun("octo-org/app", "2026-05-31", "06:00:00");
    const shell = recording.exec(["bash"]);
    const child = recording.exec(["bash"], shell);
    recording.exec(["pip", "install", "x"], shell);
    const last = recording.events.at(-1);
    assert.ok(last?.type === "process.exec");
    // The third event is of the same process as the second: it was a shell's child first.
    const events = recording.events.map((event) =>
      event === last ? { ...last, process: child, exec: { ...last.exec, id: child } } : event,
    );
    await writeFile(path, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
    const forked = await FileRun.open({ key: "file:forked", path });
    await forked.whenRead();
    const other = new RunReader(forked);
    await other.update();
    const found = await other.eventOfRow(3);
    assert.deepEqual(found?.type === "process.exec" && found.exec.argv, ["pip", "install", "x"]);
    await forked.dispose();
  });

  it("gives the events behind one, of the types that are wanted", async () => {
    const seqs: number[] = [];
    for await (const { seq } of reader.events(5, (type) => type === "http.request")) seqs.push(seq);
    assert.deepEqual(
      seqs,
      recorded.events.filter(({ type, seq }) => type === "http.request" && seq > 5).map(({ seq }) => seq),
    );
  });

  it("tells of lines the processes and connections that have to do with them, each once", async () => {
    const changes = new ChangeIndex(readPull("receipt-ocr"));
    const uses = new LineUses(reader, changes, []);
    await uses.update();
    await uses.update();
    const lineOf = (path: string, text: string): number =>
      changes.whole.file(path)?.lines.find((line) => line.text.includes(text))?.newLine ?? 0;
    const curl = uses.of("scripts/bootstrap.sh", "right").get(lineOf("scripts/bootstrap.sh", "curl -fsSL"));
    assert.ok(curl !== undefined);
    assert.equal(useTitle(curl), "2 processes, 1 connection");
    const pids = recorded.events.flatMap((event) =>
      event.type === "process.exec" && /curl|bootstrap/.test(event.exec.argv.join(" ")) && event.exec.argv[1] !== "-fsS"
        ? [event.exec.pid]
        : [],
    );
    assert.equal(useFilter(curl), `pid:${pids.join(",")}`);
    const service = uses.of("src/receipts/rates.py", "right").get(lineOf("src/receipts/rates.py", "RATES_URL = "));
    assert.equal(service === undefined ? "" : useTitle(service), "1 process, 1 connection");
  });

  it("says of no line what the rules do not say of its events", async () => {
    const changes = new ChangeIndex(readPull("receipt-ocr"));
    const uses = new LineUses(reader, changes, []);
    await uses.update();
    const named = byRules(recorded, changes);
    const said = new Set(
      recorded.events.flatMap((event) => named(event).map(({ path, line }) => `${path}:${line ?? ""}`)),
    );
    for (const { path } of changes.whole.files) {
      for (const line of [...uses.of(path, "right").keys(), ...uses.of(path, "left").keys()])
        assert.ok(said.has(`${path}:${line}`), `${path}:${line}`);
    }
  });
});
