import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { blocking } from "../../test/judged.ts";
import { judgeFile } from "./judgeFile.ts";
import { judgeFiles, type FileToJudge } from "./judgeFiles.ts";

describe("many files", () => {
  /** Others are started at once, and always. */
  const EAGER = { threads: 3, startAfterMs: 0, worthMs: 0 };
  let folder = "";
  let files: readonly FileToJudge[] = [];
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "runglass-files-"));
    const workflows = join(folder, ".github/workflows");
    mkdirSync(workflows, { recursive: true });
    files = Array.from({ length: 600 }, (_, n) => {
      const path = join(workflows, `w${n}.yml`);
      // Some are not there, and some are no YAML.
      if (n % 7 !== 0) writeFileSync(path, n % 5 === 0 ? '# runglass:\n"' : blocking(`h${n}:x`, "https://a"));
      return { path, options: { rules: n % 3 === 0 ? { "step/unpinned-ref": "off" } : {} } };
    });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const alone = (): unknown[] => files.map(({ path, options }) => judgeFile(path, "json", false, options));

  it("come out in their order, whichever thread has judged them", async () => {
    const said: string[] = [];
    assert.deepEqual(await judgeFiles(files, "json", (message) => said.push(message), EAGER), alone());
    assert.deepEqual(said, []);
  });

  it("are judged all the same where threads fail, which is said", async () => {
    const said: string[] = [];
    // It takes files, and ends before they are judged.
    const program = join(folder, "failing.mjs");
    writeFileSync(
      program,
      `import { workerData } from "node:worker_threads";
       Atomics.add(new Int32Array(workerData.next), 0, 16);
       throw new Error("out of order");`,
    );
    const choice = { ...EAGER, program: pathToFileURL(program) };
    assert.deepEqual(await judgeFiles(files, "json", (message) => said.push(message), choice), alone());
    assert.equal(said.length, 2);
    assert.match(said[0] ?? "", /^lint: a thread of it has failed, .*: out of order$/);
  });

  it("are judged here where they are few", async () => {
    const few = files.slice(0, 3);
    const program = new URL("file:///nowhere.js");
    const said: string[] = [];
    const outcomes = await judgeFiles(few, "text", (message) => said.push(message), { program });
    assert.equal(outcomes.length, 3);
    assert.deepEqual(said, []);
    assert.deepEqual(await judgeFiles([], "text", () => undefined), []);
  });
});
