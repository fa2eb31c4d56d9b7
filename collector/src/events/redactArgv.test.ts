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
      (s) => ["npm", "config", "set", "//npm.pkg.github.com/:_authToken", s],
      (s) => ["env", `SSHPASS=${s}`, "sshpass", "-e", "ssh", "host"],
      (s) => ["gh", "secret", "set", "NAME", "--body", s],
      (s) => ["gh", "secret", "set", "NAME", `--body=${s}`],
      (s) => ["gh", "secret", "set", "NAME", "-b", s],
      (s) => ["mongosh", "-u", "me", "-p", s],
      (s) => ["sqlcmd", "-U", "sa", "-P", s],
      (s) => ["http", "-a", `me:${s}`, "example.com"],
      (s) => ["lftp", "-u", `me,${s}`, "host"],
      (s) => ["curl", "-b", `session=${s}`, "https://example.com"],
      (s) => ["htpasswd", "-bc", "file", "me", s],
      (s) => ["cargo", "login", s],
      (s) => ["vault", "login", s],
      (s) => ["dotnet", "nuget", "push", "x.nupkg", "-k", s],
      (s) => ["npm", "config", "set", "_authToken", s],
      (s) => ["tool", "config", "set", "token", s],
      (s) => ["aws", "configure", "set", "aws_secret_access_key", s],
      (s) => ["composer", "config", "--global", "github-oauth.github.com", s],
      (s) => ["heroku", "config:set", `ANY=${s}`],
      (s) => ["fly", "secrets", "set", `ANY=${s}`],
      (s) => ["kubectl", "create", "secret", "generic", "x", `--from-literal=any=${s}`],
      (s) => ["./run.sh", "--jitconfig", s],
      (s) => ["keytool", "-storepass", s],
      (s) => ["echo", "password:", s],
      (s) => ["echo", "Authorization:", "Bearer", s],
      (s) => ["smbclient", "-U", `me%${s}`, "//host/share"],
    );
    fc.assert(
      fc.property(secret, write, (value, make) => {
        const masked = redactArgv(make(`q${value}`));
        const shown = masked.join("\u0000");
        assert.ok(!shown.includes(`q${value}`.slice(0, 6)) && !shown.includes(value.slice(-6)), masked.join(" "));
        assert.equal(masked.length, make("x").length);
      }),
      { numRuns: 1000 },
    );
  });

  it("masks all of a header whose name says that it is a secret, whatever stands in it", () => {
    fc.assert(
      fc.property(secret, fc.constantFrom("-H", "--header", "--proxy-header"), (value, flag) => {
        assert.deepEqual(redactArgv(["curl", flag, `X-Api-Key: a b; ${value}`]), ["curl", flag, "X-Api-Key: ***"]);
      }),
    );
  });

  const unchanged: readonly string[][] = [
    ["git", "commit", "--author=me <a@b.example>", "-m", "add token parser"],
    ["docker", "run", "-u", "1000:1000", "-p", "80:80", "image"],
    ["mysql", "-P", "3306", "--port", "3306"],
    ["tool", "--token", "--verbose"],
    ["curl", "-H", "Accept: text/html", "--header", "X-Trace: 7f3a", "--proxy-header", "Range: bytes=0-9"],
    ["cp", "-p", "a", "b"],
    ["git", "config", "--global", "user.name", "Jo"],
    ["npm", "config", "set", "registry", "https://npm.pkg.github.com"],
    ["curl", "-b", "cookies.txt", "https://example.com"],
    ["set", "-e"],
    ["vault", "login", "-method=oidc"],
    ["git", "show", "--format=%H", "0123456789abcdef0123456789abcdef01234567"],
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
    for (const [code, masked] of [
      ["curl -fsSL -u me:abc https://example.com", "curl -fsSL -u me:*** https://example.com"],
      ["cd x && curl --user 'me:a b' -O https://example.com", "cd x && curl --user 'me:***' -O https://example.com"],
      ["mysql -u root -pabc db < x.sql", "mysql -u root -p*** db < x.sql"],
      ["sshpass -p abc ssh host", "sshpass -p *** ssh host"],
      [
        "docker login -u me -p abc registry.example; docker run -p 80:80 x",
        "docker login -u me -p *** registry.example; docker run -p 80:80 x",
      ],
      ["mysql -u root -p db", "mysql -u root -p db"],
      ["redis-cli -h host -a abc ping", "redis-cli -h host -a *** ping"],
      ["zip -P abc x.zip y; unzip -Pabc x.zip", "zip -P *** x.zip y; unzip -P*** x.zip"],
      ["twine upload -u __token__ -p abc dist/x", "twine upload -u __token__ -p *** dist/x"],
      ["echo x | gh secret set A -b abc", "echo x | gh secret set A -b ***"],
      ["cargo login abc && cargo publish", "cargo login *** && cargo publish"],
      ["lftp -u me,abc host", "lftp -u me,*** host"],
      ["curl -sS https://example.com:8443/a -o b", "curl -sS https://example.com:8443/a -o b"],
    ] as const) {
      assert.deepEqual(redactArgv(["sh", "-c", code]), ["sh", "-c", masked]);
    }
    const extraheader = "http.https://github.com/.extraheader=AUTHORIZATION: basic eDp5";
    assert.ok(!redactArgv(["git", "-c", extraheader, "fetch"]).join(" ").includes("eDp5"));
  });

  it("masks a private key that a shell has split into words", () => {
    const key = "-----BEGIN RSA PRIVATE KEY----- TUlJ RUFB QUFB -----END RSA PRIVATE KEY----- out.pem".split(" ");
    const masked = redactArgv(["echo", ...key]);
    assert.ok(!/TUlJ|RUFB|QUFB/.test(masked.join(" ")), masked.join(" "));
    assert.equal(masked.at(-1), "out.pem");
    assert.ok(!/TUlJ|RUFB/.test(redactArgv(["echo", ...key.slice(0, 6)]).join(" ")), "also where the end is missing");
  });

  it("masks a token that the sensor's cap cut in two", () => {
    assert.deepEqual(redactArgv(["x", "ghp_abcd"], true), ["x", "***"]);
    assert.deepEqual(redactArgv([], true), []);
  });
});
