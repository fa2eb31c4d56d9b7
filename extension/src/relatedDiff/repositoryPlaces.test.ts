import assert from "node:assert/strict";
import { LabelledRun } from "../../test/diff/labelledRun.ts";
import { addedFile } from "../../test/github/copilotPull.ts";
import { ChangeIndex } from "../diff/changeIndex.ts";
import type { RunSession } from "../sessions/runSession.ts";
import type { ChangeSource } from "./changeSource.ts";
import { eventPlaces } from "./repositoryPlaces.ts";
import { RunReader } from "./runReader.ts";

/** As much of a run as its reader looks at. */
const sessionOf = (lines: string): RunSession => {
  const bytes = Buffer.from(lines);
  const store = {
    extents: [{ start: 0, end: bytes.length, firstSeq: 1 }],
    size: bytes.length,
    readBytes: async (start: number, end: number) => bytes.subarray(start, end),
  };
  return { store } as unknown as RunSession;
};

describe("the places of a run's events in its repository", () => {
  const run = new LabelledRun("octo-org/receipt-ocr", "2026-06-26", "12:25:00");
  const sure = run.exec(["pip", "install", "-r", "requirements.txt"]);
  run.connect(run.exec(["curl", "x"]), "nowhere.octo.test");
  const lines = run.logText();
  const file = addedFile("requirements.txt", "octo-glyphs==1.0\n");
  const source = {
    changes: new ChangeIndex({
      files: [{ path: file.filename, status: "added", patch: file.patch ?? "" }],
      commits: [],
    }),
    folders: [],
  } as unknown as ChangeSource;
  const seqs = run.events.map(({ seq }) => seq);
  const find = async (signal: AbortSignal): Promise<readonly (readonly [number, string])[]> => {
    const reader = new RunReader(sessionOf(lines));
    await reader.update();
    const found = await eventPlaces(reader, source, { seqs: [...seqs, 999], entries: [] }, signal);
    return [...found].map(([seq, { path, line }]) => [seq, `${path}:${line}`] as const);
  };

  it("are those that are sure, and no others", async () => {
    const install = run.events.find((event) => event.type === "process.exec" && event.process === sure);
    assert.deepEqual(await find(new AbortController().signal), [[install?.seq, "requirements.txt:1"]]);
  });

  it("are not looked for any more where nobody waits", async () => {
    assert.deepEqual(await find(AbortSignal.abort()), []);
  });
});
