import assert from "node:assert/strict";
import fc from "fast-check";
import { redactArgv } from "./redactArgv.ts";

const secret = fc.string({ unit: fc.constantFrom(..."abcXYZ019_+/ ;&'\"$"), minLength: 6, maxLength: 20 });

describe("redactArgv", () => {
  it("masks the value of every way to give a password, all of it", () => {
    const write = fc.constantFrom<(s: string) => string[]>(
      (s) => ["mytool", "--password", s, "next"],
      (s) => ["mytool", `--password=${s}`],
      (s) => ["mytool", `--api-key=${s}`],
      (s) => ["java", "-password", s],
      (s) => ["env", `DB_PASSWORD=${s}`, "make"],
      (s) => ["docker", "run", "-e", `NPM_TOKEN=${s}`, "image"],
      (s) => ["docker", "login", "-u", "me", "-p", s, "registry.example"],
      (s) => ["curl", "-u", `me:${s}`, "https://example.com"],
      (s) => ["curl", "-sSu", `me:${s}`],
      (s) => ["curl", `-ume:${s}`],
      (s) => ["curl", `--proxy-user=me:${s}`],
      (s) => ["/usr/bin/curl", "--user", `me:${s}`],
      (s) => ["curl", "-H", `X-Api-Key: ${s}`],
      (s) => ["sshpass", "-p", s, "ssh", "host"],
      (s) => ["sudo", "-E", "sshpass", `-p${s}`, "ssh", "host"],
      (s) => ["mysql", "-u", "root", `-p${s}`],
      (s) => ["unzip", "-P", s, "a.zip"],
      (s) => ["redis-cli", "-a", s],
      (s) => ["openssl", "enc", "-k", s],
      (s) => ["smbclient", "-U", `me%${s}`, "//host/share"],
    );
    fc.assert(
      fc.property(secret, write, (value, make) => {
        const masked = redactArgv(make(`q${value}`));
        assert.ok(!masked.join("\u0000").includes(`q${value}`), masked.join(" "));
        assert.equal(masked.length, make("x").length);
      }),
      { numRuns: 1000 },
    );
  });

  const unchanged: readonly string[][] = [
    ["git", "commit", "--author=me <a@b.example>", "-m", "add token parser"],
    ["docker", "run", "-u", "1000:1000", "-p", "80:80", "image"],
    ["mysql", "-P", "3306", "--port", "3306"],
    ["tool", "--token", "--verbose"],
    ["cp", "-p", "a", "b"],
    [],
    ["", "", ""],
  ];
  for (const argv of unchanged) {
    it(`leaves alone: ${argv.join(" ")}`, () => assert.deepEqual(redactArgv(argv), argv));
  }

  it("masks inside the code of a shell, word by word", () => {
    assert.deepEqual(redactArgv(["bash", "-ec", "TOKEN=abc make all; curl --password 'a b' x"]), [
      "bash",
      "-ec",
      "TOKEN=*** make all; curl --password *** x",
    ]);
    const extraheader = "http.https://github.com/.extraheader=AUTHORIZATION: basic eDp5";
    assert.ok(!redactArgv(["git", "-c", extraheader, "fetch"]).join(" ").includes("eDp5"));
  });

  it("masks a token that the sensor's cap cut in two", () => {
    assert.deepEqual(redactArgv(["x", "ghp_abcd"], true), ["x", "***"]);
    assert.deepEqual(redactArgv([], true), []);
  });
});
