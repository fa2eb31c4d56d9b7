import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSmallFile } from "./smallFile.ts";

describe("reading a small file", () => {
  const own = process.geteuid?.() ?? 0;
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "runglass-small-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it("gives its text", () => {
    writeFileSync(join(folder, "a"), "text ü");
    assert.equal(readSmallFile(join(folder, "a"), 100, own), "text ü");
    writeFileSync(join(folder, "empty"), "");
    assert.equal(readSmallFile(join(folder, "empty"), 100, own), "");
  });

  it("gives nothing of what is too long, another's, a link, a folder, a pipe, or not there, and does not wait", () => {
    writeFileSync(join(folder, "a"), "x".repeat(101));
    assert.equal(readSmallFile(join(folder, "a"), 100, own), undefined);
    assert.equal(readSmallFile(join(folder, "a"), 101, own + 1), undefined);
    symlinkSync("a", join(folder, "link"));
    assert.equal(readSmallFile(join(folder, "link"), 1000, own), undefined);
    mkdirSync(join(folder, "d"));
    assert.equal(readSmallFile(join(folder, "d"), 1000, own), undefined);
    execFileSync("mkfifo", [join(folder, "pipe")]);
    assert.equal(readSmallFile(join(folder, "pipe"), 1000, own), undefined);
    assert.equal(readSmallFile(join(folder, "none"), 1000, own), undefined);
  });
});
