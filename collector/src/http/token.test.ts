import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { Cleanup, temporaryDirectory } from "../../test/http/support.ts";
import { UserError } from "../errors.ts";
import { makerName } from "../makerName.ts";
import { bearerCheck, readOrMakeToken, tokenFor } from "./token.ts";

describe("bearerCheck", () => {
  const check = bearerCheck("abcdefghijklmnop");
  it("takes the token and nothing else", () => {
    for (const yes of ["Bearer abcdefghijklmnop", "bearer abcdefghijklmnop", "Bearer  abcdefghijklmnop "]) {
      assert.equal(check(yes), true, yes);
    }
    for (const no of [
      undefined,
      "",
      "Bearer",
      "Bearer ",
      "abcdefghijklmnop",
      "Bearer abcdefghijklmno",
      "Bearer abcdefghijklmnopq",
      "Bearer ABCDEFGHIJKLMNOP",
      "Basic abcdefghijklmnop",
      "Bearer abcdefghijklmnop, Bearer x",
    ]) {
      assert.equal(check(no), false, String(no));
    }
  });

  it("takes no empty token even where the expected one is empty", () => {
    assert.equal(bearerCheck("")("Bearer "), false);
    assert.equal(bearerCheck("")(undefined), false);
  });
});

const refused = async (path: string, message: RegExp): Promise<void> =>
  assert.rejects(readOrMakeToken(path, assert.fail), (error: unknown) => {
    assert.ok(error instanceof UserError && error.exitCode === 2, String(error));
    assert.match(error.message, message);
    return true;
  });

describe("a token file", () => {
  const cleanup = new Cleanup();
  let directory = "";
  beforeEach(async () => {
    directory = await temporaryDirectory(cleanup);
  });
  afterEach(() => cleanup.run());

  it("is made where it is missing, for its owner only, and read the next time", async () => {
    const path = join(directory, "token");
    const made = await readOrMakeToken(path, assert.fail);
    assert.match(made, /^[\w-]{43}$/);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(readFileSync(path, "utf8"), `${made}\n`);
    assert.equal(await readOrMakeToken(path, assert.fail), made);
    assert.notEqual(await readOrMakeToken(join(directory, "other"), assert.fail), made);
  });

  it("is one and the same for starts at the same time, which leave nothing else", async () => {
    for (let round = 0; round < 10; round++) {
      const path = join(directory, `token${round}`);
      const tokens = await Promise.all(Array.from({ length: 8 }, () => readOrMakeToken(path, assert.fail)));
      assert.deepEqual(new Set(tokens), new Set([readFileSync(path, "utf8").trim()]));
      assert.equal(statSync(path).mode & 0o777, 0o600);
    }
    assert.equal(readdirSync(directory).length, 10);
  });

  for (const mode of [0o644, 0o640, 0o604]) {
    it(`is used with mode ${mode.toString(8)}, with a warning`, async () => {
      const path = join(directory, "token");
      writeFileSync(path, "abcdefghijklmnopqrst\n");
      chmodSync(path, mode);
      const warnings: string[] = [];
      assert.equal(await readOrMakeToken(path, (warning) => warnings.push(warning)), "abcdefghijklmnopqrst");
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? "", /can read the token file .*chmod 600/);
    });
  }

  it("is used with a short token, with a warning", async () => {
    const path = join(directory, "token");
    writeFileSync(path, "short\n", { mode: 0o600 });
    const warnings: string[] = [];
    assert.equal(await readOrMakeToken(path, (warning) => warnings.push(warning)), "short");
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /short enough to be guessed/);
  });

  for (const mode of [0o666, 0o620, 0o602]) {
    it(`is refused with mode ${mode.toString(8)}`, async () => {
      const path = join(directory, "token");
      writeFileSync(path, "abcdefghijklmnopqrst\n");
      chmodSync(path, mode);
      await refused(path, /written by other users.*mode 0600/);
    });
  }

  it("is refused where another user owns it", async () => {
    const path = join(directory, "token");
    writeFileSync(path, "abcdefghijklmnopqrst\n", { mode: 0o600 });
    chownSync(path, 65_534, 65_534);
    await refused(path, /other users/);
  });

  it("is refused as a link, also one to nowhere", async () => {
    writeFileSync(join(directory, "target"), "abcdefghijklmnopqrst\n", { mode: 0o600 });
    symlinkSync(join(directory, "target"), join(directory, "link"));
    symlinkSync(join(directory, "nowhere"), join(directory, "dangling"));
    await refused(join(directory, "link"), /symbolic link/);
    await refused(join(directory, "dangling"), /symbolic link/);
    assert.equal(existsSync(join(directory, "nowhere")), false);
  });

  const contents: readonly (readonly [string, RegExp])[] = [
    ["", /is empty/],
    ["\n", /is empty/],
    ["two words of a token", /no usable token/],
    ["abcdefghijklmnop\nabcdefghijklmnop\n", /no usable token/],
    ["abcdefghijklmnopé", /no usable token/],
    ["a".repeat(5_000), /too large/],
  ];
  for (const [content, message] of contents) {
    it(`is refused with ${JSON.stringify(content.slice(0, 20))} in it`, async () => {
      const path = join(directory, "token");
      writeFileSync(path, content, { mode: 0o600 });
      await refused(path, message);
    });
  }

  it("is refused where it is no file, or its place is not there", async () => {
    mkdirSync(join(directory, "dir"), { mode: 0o700 });
    await refused(join(directory, "dir"), /not a regular file|is a directory/);
    await refused(join(directory, "no", "token"), /directory does not exist/);
    await refused("/dev/null", /not a regular file/);
    await refused("", /--token-file names no file/);
  });

  it("without a path is made for this run only", async () => {
    const source = await tokenFor(undefined, assert.fail);
    assert.equal(readFileSync(source.path, "utf8").trim(), source.token);
    assert.equal(statSync(source.path).mode & 0o777, 0o600);
    assert.equal(statSync(dirname(source.path)).mode & 0o777, 0o700);
    await source.remove();
    assert.equal(existsSync(dirname(source.path)), false);
  });

  describe("without a path, where its place cannot be used", () => {
    const set = (name: string, value: string): void => {
      const before = process.env[name];
      process.env[name] = value;
      cleanup.add(() => {
        if (before === undefined) delete process.env[name];
        else process.env[name] = before;
      });
    };

    it("is made in the temporary directory", async () => {
      set("XDG_RUNTIME_DIR", join(directory, "none"));
      set("TMPDIR", directory);
      const source = await tokenFor(undefined, assert.fail);
      assert.equal(dirname(dirname(source.path)), directory);
      await source.remove();
      assert.deepEqual(readdirSync(directory), []);
    });

    it("says what to do where there is none of that either", async () => {
      set("XDG_RUNTIME_DIR", "");
      set("TMPDIR", join(directory, "none"));
      await assert.rejects(tokenFor(undefined, assert.fail), (error: unknown) => {
        assert.ok(error instanceof UserError && error.exitCode === 3, String(error));
        assert.match(
          error.message,
          /^cannot make a directory for the token: ENOENT.*: name a file with --token-file, or/,
        );
        return true;
      });
    });
  });

  it("takes away what a killed run left, and nothing else", async () => {
    const base = await temporaryDirectory(cleanup);
    const before = process.env["XDG_RUNTIME_DIR"];
    process.env["XDG_RUNTIME_DIR"] = base;
    cleanup.add(() => {
      if (before === undefined) delete process.env["XDG_RUNTIME_DIR"];
      else process.env["XDG_RUNTIME_DIR"] = before;
    });
    const [, pid, start, namespace] = makerName().split("-");
    const dead = [`runglass-${pid}-1-${namespace}-a1B2c3`, `runglass-4194304-${start}-${namespace}-a1B2c3`];
    const others = [`runglass-${pid}-1-1-a1B2c3`, `${makerName()}-a1B2c3`, "runglass-notes", `${dead[0]}.old`];
    for (const name of [...dead, ...others]) {
      mkdirSync(join(base, name));
      writeFileSync(join(base, name, "token"), "x");
    }
    const source = await tokenFor(undefined, assert.fail);
    assert.deepEqual(readdirSync(base).sort(), [...others, basename(dirname(source.path))].sort());
    await source.remove();
  });
});
