import assert from "node:assert/strict";
import { isPersistentShell, isShell, isWrapper, shellText } from "./shellPrograms.ts";

describe("shells", () => {
  it("are known by their program", () => {
    assert.ok(isShell("/usr/bin/bash") && isShell("/bin/sh"));
    assert.ok(!isShell("/usr/bin/node") && !isShell("/opt/bashful"));
    assert.ok(isWrapper("/usr/bin/env") && !isWrapper("/usr/bin/bash"));
  });

  for (const [argv, text] of [
    [["sh", "-c", "ls"], "ls"],
    [["bash", "-lc", "ls"], "ls"],
    [["bash", "--norc", "-o", "pipefail", "-e", "-c", "ls", "name"], "ls"],
    [["bash", "-c", "-e", "ls"], "ls"],
    [["bash", "script.sh", "-c", "x"], undefined],
    [["bash"], undefined],
    [["bash", "-c"], undefined],
  ] as const) {
    it(`were given ${String(text)} by ${argv.join(" ")}`, () => assert.equal(shellText(argv), text));
  }

  for (const [argv, persistent] of [
    [["bash"], true],
    [["-bash"], true],
    [["bash", "--noprofile", "--norc", "-i"], true],
    [["bash", "--rcfile", "/etc/x", "-s"], true],
    [["bash", "-c", "ls"], false],
    [["bash", "-lic", "ls"], false],
    [["bash", "run.sh"], false],
  ] as const) {
    it(`${persistent ? "stay" : "do not stay"}: ${argv.join(" ")}`, () =>
      assert.equal(isPersistentShell("/bin/bash", argv), persistent));
  }
});
