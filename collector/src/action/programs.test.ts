import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unsupportedMachine } from "./programs.ts";

describe("where the Action can run", () => {
  let built = "";
  before(() => {
    built = mkdtempSync(join(tmpdir(), "runglass-programs-"));
    mkdirSync(join(built, "arm64"));
    writeFileSync(join(built, "arm64/runglass-sensor"), "");
  });
  after(() => rmSync(built, { recursive: true, force: true }));
  const on = (platform: string, arch: string): string | undefined => unsupportedMachine({ platform, arch }, built);

  it("is Linux on a machine that there is a sensor for", () => {
    assert.equal(on("linux", "arm64"), undefined);
    assert.match(on("darwin", "arm64") ?? "", /Linux runners, and this is darwin/);
    assert.match(on("linux", "riscv64") ?? "", /sensors for x64 and arm64, and this is riscv64/);
  });

  it("is not where this copy of it was built for other machines only", () => {
    assert.match(on("linux", "x64") ?? "", /no sensor for x64: use a release/);
  });
});
