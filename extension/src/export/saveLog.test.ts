import assert from "node:assert/strict";
import { link, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { saveLog } from "./saveLog.ts";

describe("saveLog", () => {
  let folder: string;
  let source: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "runglass-save-"));
    source = join(folder, "run.ndjson");
    await writeFile(source, "first\nsecond\nunfinish");
  });
  afterEach(() => rm(folder, { recursive: true }));

  const failure = async (end: number, target: string): Promise<string> => {
    const before = (await readdir(folder)).toSorted();
    const error: unknown = await saveLog(source, end, target).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof UserError, String(error));
    assert.deepEqual((await readdir(folder)).toSorted(), before, "nothing is left behind");
    return error.failure.code;
  };

  it("copies what was asked for, readable by nobody else, also over what is there", async () => {
    const target = join(folder, "copy.ndjson");
    await saveLog(source, 13, target);
    assert.equal(await readFile(target, "utf8"), "first\nsecond\n");
    assert.equal((await stat(target)).mode & 0o777, 0o600);
    await saveLog(source, 6, target);
    assert.equal(await readFile(target, "utf8"), "first\n");
    await saveLog(source, 0, target);
    assert.equal(await readFile(target, "utf8"), "");
    assert.deepEqual((await readdir(folder)).toSorted(), ["copy.ndjson", "run.ndjson"]);
  });

  it("leaves the run's own log alone, by whatever name it is called", async () => {
    await symlink(source, join(folder, "link.ndjson"));
    assert.equal(await failure(6, source), "exportOntoLog");
    assert.equal(await failure(6, join(folder, "link.ndjson")), "exportOntoLog");
    await link(source, join(folder, "same.ndjson"));
    await saveLog(source, 6, join(folder, "same.ndjson"));
    assert.equal(await readFile(source, "utf8"), "first\nsecond\nunfinish");
  });

  it("says why it can't, and keeps what stood there", async () => {
    const target = join(folder, "kept.ndjson");
    await writeFile(target, "kept");
    assert.equal(await failure(6, join(folder, "none", "x.ndjson")), "exportNotWritten");
    assert.equal(await failure(1000, target), "exportNotWritten");
    await rm(source);
    assert.equal(await failure(6, target), "exportNotWritten");
    assert.equal(await readFile(target, "utf8"), "kept");
  });
});
