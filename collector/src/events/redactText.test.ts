import assert from "node:assert/strict";
import fc from "fast-check";
import { redactCutText, redactText } from "./redactText.ts";

const letters = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"];
const run = (min: number, max = min): fc.Arbitrary<string> =>
  fc.array(fc.noBias(fc.constantFrom(...letters)), { minLength: min, maxLength: max }).map((chars) => chars.join(""));
const prefixed = (prefix: string, body: fc.Arbitrary<string>): fc.Arbitrary<string> => body.map((b) => prefix + b);
const capitals = run(16).map((text) => text.toUpperCase());

/** Tokens as their issuers make them. */
const token = fc.oneof(
  ...["ghp_", "gho_", "ghs_", "ghu_", "ghr_"].map((prefix) => prefixed(prefix, run(36))),
  prefixed(
    "github_pat_",
    fc.tuple(run(22), run(59)).map(([a, b]) => `${a}_${b}`),
  ),
  prefixed("AKIA", capitals),
  prefixed("ASIA", capitals),
  prefixed("npm_", run(36)),
  prefixed("pypi-AgEIcHlwaS5vcmc", run(80)),
  prefixed("xoxb-", run(24)),
  prefixed("glpat-", run(20)),
  prefixed("AIza", run(35)),
  prefixed(
    "eyJ",
    fc.tuple(run(20), run(60), run(43)).map((parts) => parts.join(".")),
  ),
  prefixed("sk-", run(48)),
  prefixed("tskey-auth-", run(30)),
);
/** What may stand around a token without being part of it. */
const around = fc.constantFrom("", " ", "/", "=", '"', "'", ":", "?x=", ",", "\n", "(", "@", " --t ");

/** Each begins what a rule looks for, and goes on without end. */
const HOSTILE = [
  "a",
  "A2",
  "eyJ",
  "eyJa.",
  "eyJaaaaaa.",
  "--a",
  "-a",
  "://",
  "a=",
  "token=",
  "token=a'",
  "token=\\\\",
  "token=`",
  "token=$(",
  "token,",
  "a,b:",
  "--token ",
  'token="',
  'token\\":\\"',
  "cookie ",
  "authorization:",
  "-----BEGIN ",
  "-----BEGIN PRIVATE KEY-----",
  " ",
  "SG.",
  "1//0a",
  "12345678:AA",
  "Mabcdefghijklmnopqrstuvwx.",
  "abc1Q~",
  "tid=aaaaaaaaaaaaaaa1;",
  "xoxa-",
  "ghp_",
  "sk-",
  "sk-a",
  "mysql -",
  "curl -u",
  "curl -u a",
  "login -p ",
  "login a password ",
  "set token ",
  "secret set ",
  "'",
  "\\",
  "~",
];

describe("redactText", () => {
  it("masks known token shapes anywhere", () => {
    fc.assert(
      fc.property(token, around, around, (secret, before, after) => {
        const masked = redactText(`/run/x${before || " "}${secret}${after}`);
        assert.ok(!masked.includes(secret), masked);
        assert.ok(!masked.includes(secret.slice(12)), masked);
      }),
      { numRuns: 2000 },
    );
  });

  it("masks the values of names that say secret, in whatever notation", () => {
    const name = fc.constantFrom(
      "GITHUB_TOKEN",
      "password",
      "apiKey",
      "DB_PASSWORD",
      "client-secret",
      "_authToken",
      "pwd.PASS",
    );
    const notation = fc.constantFrom(
      (n: string, v: string) => `${n}=${v}`,
      (n: string, v: string) => `export ${n}="${v}"; make`,
      (n: string, v: string) => `curl 'https://example.com/?a=1&${n}=${v}&b=2'`,
      (n: string, v: string) => `{"user":"u","${n}": "${v}"}`,
      (n: string, v: string) => `--${n} ${v} next`,
      (n: string, v: string) => `run --env=${n}=${v}`,
      (n: string, v: string) => `${n}: ${v}`,
      (n: string, v: string) => `${n} = '${v}'`,
    );
    fc.assert(
      fc.property(name, run(8, 30), notation, (n, value, write) => {
        const masked = redactText(write(n, value));
        assert.ok(!masked.includes(value), masked);
        assert.ok(masked.includes("***"));
      }),
    );
  });

  const cases: readonly (readonly [string, string])[] = [
    ["https://user:pa:ss@example.com/x@y", "https://***@example.com/x@y"],
    ["ssh://git@github.com/o/r", "ssh://***@github.com/o/r"],
    ["postgres://u:p%40ss@db:5432/x?sslmode=on", "postgres://***@db:5432/x?sslmode=on"],
    ["Authorization: Bearer abc.def ghi", "Authorization: ***"],
    ["-H 'authorization: token abc' -H 'Accept: */*'", "-H 'authorization: ***' -H 'Accept: */*'"],
    ["Proxy-Authorization: Basic dTpw", "Proxy-Authorization: ***"],
    ["Cookie: a=b; c=d", "Cookie: ***"],
    ["use bearer abcdefgh12345", "use bearer ***"],
    ["//npm.pkg.github.com/:_authToken=abc", "//npm.pkg.github.com/:_authToken=***"],
    ["x -----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY----- y", "x *** y"],
    ["-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blb", "***"],
    ["-----BEGIN PGP PRIVATE KEY BLOCK-----\nx\n-----END PGP PRIVATE KEY BLOCK-----", "***"],
    [
      String.raw`curl -d "{\"user\":\"u\",\"password\":\"abc\"}" x`,
      String.raw`curl -d "{\"user\":\"u\",\"password\":***}" x`,
    ],
    ['{"password":"a,b","user":"u"}', '{"password":***,"user":"u"}'],
    ['[ "$TOKEN" == "abc" ]', '[ "$TOKEN" == *** ]'],
    ["password => 'abc', user => 'u'", "password => ***, user => 'u'"],
    [`PASSWORD='it'\\''s abc' make`, "PASSWORD=*** make"],
    ["PASSWORD=a\\ b make", "PASSWORD=*** make"],
    ["PASSWORD=$'a b' make", "PASSWORD=*** make"],
    ["TOKEN=$(printf abc) make", "TOKEN=*** make"],
    ["PASSWORD=a,b make", "PASSWORD=*** make"],
    ["-d 'password=abc' -H 'Accept: */*'", "-d 'password=***' -H 'Accept: */*'"],
    ["npm config set //npm.pkg.github.com/:_authToken abc", "npm config set //npm.pkg.github.com/:_authToken ***"],
    ["aws configure set aws_secret_access_key abc", "aws configure set aws_secret_access_key ***"],
    ["machine github.com login me password abc", "machine github.com login me password ***"],
    ["keytool -storepass abc -keypass def -alias x", "keytool -storepass *** -keypass *** -alias x"],
    [
      "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=YWJj+/==;EndpointSuffix=core",
      "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=***;EndpointSuffix=core",
    ],
    ["https://a.example/b?sv=2026&sig=abc%3D&se=1", "https://a.example/b?sv=2026&sig=***&se=1"],
  ];
  for (const [text, expected] of cases) {
    it(`masks ${JSON.stringify(text)}`, () => assert.equal(redactText(text), expected));
  }

  it("leaves alone what only looks related", () => {
    for (const text of [
      "/usr/bin/node",
      "/home/runner/work/repo/node_modules/.bin/tsc",
      "--max-tokens 100",
      "--token-file /run/token",
      "--password-stdin",
      "--author=Jo <jo@example.com>",
      "tokenizer=fast",
      "OLDPWD=/root PWD=/root",
      "http://localhost:4873/@scope/pkg",
      "image:tag@sha256:0011",
      "12:34:56",
      "npm_config_cache=/x",
      "SSH_AUTH_SOCK=/run/agent",
      "git log --format=%H -n 1",
    ]) {
      assert.equal(redactText(text), text);
    }
  });

  it("takes no part of a hash in base64 for a token of crates.io or a runner", () => {
    const rest = "a1".repeat(14);
    for (const part of [`cio${rest}abcd`, `A${"B2".repeat(14)}`]) {
      const text = `sha512-${part}/AAC+${part}/${part}+AA==`;
      assert.equal(redactText(text), text);
    }
  });

  it("leaves alone hashes, ids and integrity hashes of lock files", () => {
    const hex = (min: number, max = min): fc.Arbitrary<string> =>
      fc.array(fc.constantFrom(..."0123456789abcdef"), { minLength: min, maxLength: max }).map((all) => all.join(""));
    const base64 = fc
      .uint8Array({ minLength: 64, maxLength: 64 })
      .map((bytes) => Buffer.from(bytes).toString("base64"));
    const named = fc.oneof(
      hex(7, 12),
      hex(40),
      hex(64),
      fc.uuid(),
      hex(64).map((hash) => `sha256:${hash}`),
      base64.map((hash) => `sha512-${hash}`),
      fc.tuple(hex(2), hex(38)).map(([a, b]) => `/home/runner/work/r/r/.git/objects/${a}/${b}`),
      hex(8).map((hash) => `/srv/dist/assets/index-${hash}.js`),
      hex(40).map((hash) => `git log ${hash}..HEAD --format=%H`),
      hex(128).map(
        (hash) => `/root/.npm/_cacache/content-v2/sha512/${hash.slice(0, 2)}/${hash.slice(2, 4)}/${hash.slice(4)}`,
      ),
      hex(12).map((hash) => `example.com/mod@v0.0.0-20260401120000-${hash}`),
      base64.map((hash) => `h1:${hash.slice(0, 43)}=`),
    );
    fc.assert(
      fc.property(named, (text) => assert.equal(redactText(text), text)),
      // Always the same ones: among a million random hashes one or the other does hold a token's four letters.
      { numRuns: 5_000, seed: 20_261_129 },
    );
  });

  it("is idempotent and never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        const once = redactText(text);
        assert.equal(redactText(once), once);
      }),
    );
  });

  it("takes time in proportion to the text, whatever is in it", function () {
    this.timeout(60_000);
    for (const part of HOSTILE) {
      const text = part.repeat(1_048_576 / part.length);
      const began = performance.now();
      redactText(text);
      const ms = performance.now() - began;
      // What is not linear takes minutes for a megabyte.
      assert.ok(ms < 5_000, `${part} took ${ms} ms`);
    }
  });
});

describe("redactCutText", () => {
  it("masks the beginning of a token at a cut", () => {
    assert.equal(redactCutText("push ghp_abc"), "push ***");
    assert.equal(redactCutText("AKIA12"), "***");
    assert.equal(redactCutText("git clone https://me:hunter"), "git clone https://me:***");
    assert.equal(redactCutText("curl http://localhost:80"), "curl http://localhost:80");
    assert.equal(redactCutText("/usr/lib/node"), "/usr/lib/node");
  });

  it("takes time in proportion to the text, whatever is in it", function () {
    this.timeout(60_000);
    for (const part of ["sk- ", "cio", "://a:", "://a:b", "://", "eyJ.", "-----BEGIN "]) {
      const began = performance.now();
      redactCutText(`${part.repeat(262_144 / part.length)}"`);
      const ms = performance.now() - began;
      assert.ok(ms < 5_000, `${part} took ${ms} ms`);
    }
  });
});
