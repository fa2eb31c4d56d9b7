import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Cleanup, temporaryDirectory } from "../../test/http/support.ts";
import { UserError } from "../errors.ts";
import { checkCommand } from "./command.ts";

describe("the check of a command", () => {
  const cleanup = new Cleanup();
  let directory = "";
  beforeEach(async () => {
    directory = await temporaryDirectory(cleanup);
  });
  afterEach(() => cleanup.run());

  const script = (folder: string, firstLine: string | Buffer): string => {
    mkdirSync(join(directory, folder), { recursive: true });
    const path = join(directory, folder, "tool");
    writeFileSync(path, Buffer.concat([Buffer.from("#!"), Buffer.from(firstLine), Buffer.from("\n")]), { mode: 0o755 });
    return path;
  };
  const refused = (name: string, path: string, message: RegExp): void =>
    assert.throws(
      () => checkCommand(name, path),
      (error: unknown) => {
        assert.ok(error instanceof UserError && error.exitCode === 2, String(error));
        assert.match(error.message, message);
        return true;
      },
    );

  // "à" ends in the byte of a no-break space in latin1.
  for (const folder of ["jörg", "à", "日本"]) {
    it(`takes an interpreter below ${folder}`, () => {
      const bin = join(directory, folder);
      mkdirSync(bin);
      copyFileSync("/bin/sh", join(bin, "sh"));
      checkCommand(script("scripts", ` ${bin}/sh -e`), "");
    });
  }

  it("names a missing interpreter as it is written", () => {
    refused(script("a", "/no/jörg/sh -e"), "", /its first line names \/no\/jörg\/sh, and nothing is there$/);
    refused(script("b", "/bin/sh\r"), "", /its first line names \/bin\/sh\\r, and nothing is there$/);
    refused(script("c", Buffer.from([0x2f, 0xff, 0x0a])), "", /its first line names \/\ufffd, and nothing/);
  });

  it("leaves to the shell what has no interpreter, or one that is too long", () => {
    checkCommand(script("a", ""), "");
    checkCommand(script("b", `/${"x".repeat(300)}`), "");
  });

  it("goes on in PATH behind a script without its interpreter, as the shell does", () => {
    script("first", "/no/such/sh");
    script("second", "/bin/sh");
    script("third", "/no/other/sh");
    const path = (...folders: string[]): string => folders.map((folder) => join(directory, folder)).join(":");
    checkCommand("tool", path("first", "second"));
    checkCommand("tool", path("none", "first", "third", "second"));
    refused("tool", path("none", "first", "third"), /first\/tool cannot start: its first line names \/no\/such\/sh, /);
  });
});
