import assert from "node:assert/strict";
import { closeSync, lchownSync, openSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Cleanup, temporaryDirectory } from "../../test/http/support.ts";
import { UserError } from "../errors.ts";
import { replaceable } from "./reportFile.ts";

const NOBODY = 65_534;

describe("the file that a report replaces", () => {
  const cleanup = new Cleanup();
  let directory = "";
  let log = -1;
  beforeEach(async () => {
    directory = await temporaryDirectory(cleanup);
    log = openSync(join(directory, "log"), "w+");
  });
  afterEach(async () => {
    closeSync(log);
    await cleanup.run();
  });

  const at = (name: string): string => join(directory, name);
  const link = (name: string, to: string, uid?: number): string => {
    symlinkSync(to, at(name));
    if (uid !== undefined) lchownSync(at(name), uid, uid);
    return at(name);
  };
  const refused = (path: string, message: RegExp): Promise<void> =>
    assert.rejects(replaceable(path, log), (error: unknown) => {
      assert.ok(error instanceof UserError && error.exitCode === 2, String(error));
      assert.match(error.message, message);
      return true;
    });

  it("is behind our own links, however many", async () => {
    writeFileSync(at("target"), "");
    link("b", "target");
    assert.equal(await replaceable(link("a", at("b")), log), at("target"));
    assert.equal(await replaceable(at("target"), log), at("target"));
  });

  it("is never one that another user's link leads to", async () => {
    writeFileSync(at("target"), "");
    const planted = link("planted", "target", NOBODY);
    await refused(planted, /planted: \S+planted is another user's link: name the file itself$/);
    await refused(link("ours", "planted"), /ours: \S+planted is another user's link: name the file itself$/);
    await refused(link("nowhere", "none", NOBODY), /another user's link/);
  });

  it("is the link itself where that leads nowhere", async () => {
    assert.equal(await replaceable(link("dangling", "none"), log), at("dangling"));
  });

  it("is none where links go in a circle", async () => {
    link("b", "a");
    await refused(link("a", "b"), /its links go in a circle/);
  });

  it("is none where it has no name any more", async () => {
    const gone = openSync(at("gone"), "w");
    unlinkSync(at("gone"));
    await refused(`/proc/self/fd/${gone}`, /not a regular file/);
    closeSync(gone);
  });
});
