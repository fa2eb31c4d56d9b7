import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TextDocument } from "vscode";
import { LabelledRun } from "../../test/diff/labelledRun.ts";
import { ChangeIndex } from "../diff/changeIndex.ts";
import type { ChangedFile } from "../diff/changes.ts";
import { FileRun } from "../sessions/fileRun.ts";
import type { ChangeSource } from "./changeSource.ts";
import { LineMarkFinder, type LineMarkSources } from "./lineMarkFinder.ts";
import { RunReader } from "./runReader.ts";
import { pullPlace } from "./shownFile.ts";

const [base, head] = ["b".repeat(40), "a".repeat(40)];
const files: readonly ChangedFile[] = [
  { path: "requirements.txt", status: "added", patch: "@@ -0,0 +1,2 @@\n+click==8.1.7\n+octo-glyphs==1.0" },
  { path: "old.sh", status: "removed", patch: "@@ -1,2 +0,0 @@\n-#!/bin/sh\n-curl https://old.octo.example" },
];
const source: ChangeSource = {
  name: "octo-org/app#7",
  changes: new ChangeIndex({ files, commits: [] }),
  folders: [],
  notes: [],
  sides: () => {
    throw new Error("nobody looks");
  },
  showAll: () => Promise.resolve(),
  placeOf: (document) => pullPlace(document, { repository: "octo-org/app", number: 7, base, head }),
};

const documentOf = (scheme: string, query: object, ...lines: readonly string[]): TextDocument =>
  ({
    uri: { scheme, path: "/src/x", query: JSON.stringify(query) },
    lineCount: lines.length,
    lineAt: (line: number) => ({ text: lines[line] ?? "" }),
  }) as unknown as TextDocument;

const shown = (fileName: string, isBase: boolean, ...lines: readonly string[]): TextDocument =>
  documentOf("pr", { fileName, isBase, prNumber: 7, baseCommit: base, headCommit: head }, ...lines);

describe("the marks of a document", () => {
  let directory = "";
  let run: FileRun;
  let reader: RunReader;
  let asked = 0;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "rg-marks-"));
    const recorded = new LabelledRun("octo-org/app", "2026-05-31", "06:00:00");
    recorded.exec(["pip", "install", "octo-glyphs"]);
    recorded.write(recorded.exec(["rm", "old.sh"]), "unlink", "old.sh");
    const path = join(directory, "run.ndjson");
    await writeFile(path, recorded.logText());
    run = await FileRun.open({ key: "file:marks", path });
    await run.whenRead();
    reader = new RunReader(run);
  });
  beforeEach(() => (asked = 0));
  after(async () => {
    await run.dispose();
    await rm(directory, { recursive: true, force: true });
  });

  const finder = (more: Partial<LineMarkSources> = {}): LineMarkFinder =>
    new LineMarkFinder({
      readerOf: () => reader,
      checkedOut: () => Promise.resolve(undefined),
      remembered: () => undefined,
      pull: () => {
        asked += 1;
        return Promise.resolve(source);
      },
      ...more,
    });

  it("stand where the line is now, on the side that the document shows", async () => {
    const marks = finder();
    const right = await marks.of(run, shown("requirements.txt", false, "# new", "click==8.1.7", "octo-glyphs==1.0"));
    assert.deepEqual(
      right.map(({ line, title, details }) => [line, title, details.length]),
      [[2, "1 process", 1]],
    );
    assert.match(right[0]?.filter ?? "", /^pid:\d+$/);
    assert.match(right[0]?.details[0] ?? "", /^pip install octo-glyphs \(pid \d+\)$/);
    const left = await marks.of(run, shown("old.sh", true, "#!/bin/sh", "curl https://old.octo.example"));
    assert.deepEqual(
      left.map(({ line }) => line),
      [0],
    );
    assert.deepEqual(await marks.of(run, shown("requirements.txt", true, "octo-glyphs==1.0")), []);
  });

  it("are asked of GitHub for a pull request's documents only, and once for a while", async () => {
    const marks = finder();
    assert.deepEqual(await marks.of(run, documentOf("git", { path: "/src/x", ref: base }, "x")), []);
    assert.equal(asked, 0);
    await marks.of(run, shown("requirements.txt", false, "octo-glyphs==1.0"));
    await marks.of(run, shown("old.sh", true, "#!/bin/sh"));
    assert.equal(asked, 1);
  });

  it("are none where GitHub does not answer, and where the change was not found", async () => {
    const document = shown("requirements.txt", false, "octo-glyphs==1.0");
    assert.deepEqual(await finder({ pull: () => Promise.reject(new Error("signed out")) }).of(run, document), []);
    assert.deepEqual(await finder({ pull: () => Promise.resolve(undefined) }).of(run, document), []);
    assert.equal((await finder({ remembered: () => source }).of(run, document)).length, 1);
    assert.equal(asked, 0);
  });

  it("are those of GitHub's where git fails", async () => {
    const document = shown("requirements.txt", false, "octo-glyphs==1.0");
    const checkedOut = (): Promise<undefined> => Promise.reject(new Error("git diff: too much"));
    assert.equal((await finder({ checkedOut }).of(run, document)).length, 1);
  });
});
