import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { makeSigningKey } from "./openPgp.ts";
import { tar } from "./tar.ts";
import { zip } from "./zip.ts";

const FILES = [
  { path: "package/index.js", data: Buffer.from("export const one = 1;\n") },
  { path: "package/run.sh", data: Buffer.from("#!/bin/sh\n"), mode: 0o755 },
  { path: "package/empty", data: Buffer.alloc(0) },
  { path: "package/block", data: Buffer.alloc(1024, "x") },
];

const output = (command: string, args: string[]): string => {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return `${stdout}${stderr}`;
};

describe("archives of the sample's servers", () => {
  let dir = "";
  before(() => (dir = mkdtempSync("/tmp/runglass-sample-test-")));
  after(() => rmSync(dir, { recursive: true }));

  it("are tar files as tar reads them", () => {
    const path = join(dir, "a.tar");
    writeFileSync(path, tar(FILES));
    const listed = output("tar", ["-tvf", path]);
    assert.match(listed, /^-rw-r--r-- .* 22 .* package\/index\.js$/m);
    assert.match(listed, /^-rwxr-xr-x .* package\/run\.sh$/m);
    assert.equal(output("tar", ["-xOf", path, "package/index.js"]), "export const one = 1;\n");
  });

  it("are zip files as Python reads them", () => {
    const path = join(dir, "a.zip");
    writeFileSync(path, zip(FILES));
    const program =
      "import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None\nfor i in z.infolist(): print(oct(i.external_attr>>16), i.file_size, i.filename)";
    const lines = output("python3", ["-c", program, path]).trim().split("\n");
    assert.deepEqual(lines, [
      "0o100644 22 package/index.js",
      "0o100755 10 package/run.sh",
      "0o100644 0 package/empty",
      "0o100644 1024 package/block",
    ]);
  });

  it("are signed in different ways by different keys, and hold their text", () => {
    const text = "Origin: sample\n- a line that begins with a dash\n";
    const now = 1_790_000_000;
    const [one, other] = [
      makeSigningKey("One <one@octo.example>", now),
      makeSigningKey("Other <other@octo.example>", now),
    ];
    const signed = one.clearSign(text);
    assert.match(
      signed,
      /^-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nOrigin: sample\n- - a line that begins with a dash\n-----BEGIN PGP SIGNATURE-----\n\n/,
    );
    assert.match(signed, /\n=[A-Za-z0-9+/]{4}\n-----END PGP SIGNATURE-----\n$/);
    assert.notEqual(signed, other.clearSign(text));
    assert.equal(one.publicKey[0], 0xc6);
  });
});
