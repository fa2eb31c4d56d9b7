// What leaks, if anything: each kind of secret in each place where one has been seen, or could be put by accident.
import assert from "node:assert/strict";
import fc from "fast-check";
import { redactArgv } from "./redactArgv.ts";
import { redactText } from "./redactText.ts";
import { summarizeInput } from "./toolInput.ts";

const mixed = "Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv1Wx2Yz3Ab4Cd5Ef6";
const hex = "0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d";
const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** Made up, in the form of the real ones. */
const TOKENS: Readonly<Record<string, string>> = {
  "GitHub, classic": `ghp_${mixed.slice(0, 36)}`,
  "GitHub, OAuth": `gho_${mixed.slice(0, 36)}`,
  "GitHub, installation": `ghs_${mixed.slice(0, 36)}`,
  "GitHub, user to server": `ghu_${mixed.slice(0, 36)}`,
  "GitHub, fine-grained": `github_pat_11ABCDEFG0${mixed.slice(0, 12)}_${mixed}`,
  "AWS, key id": "AKIAIOSFODNN7EXAMPLE",
  "AWS, temporary key id": "ASIAIOSFODNN7EXAMPLE",
  "AWS, session": `FwoGZXIvYXdzEBYaD${mixed}${mixed}`,
  "Google, API key": `AIzaSyA${mixed.slice(0, 32)}`,
  "Google, OAuth": `ya29.a0Af${mixed}`,
  npm: `npm_${mixed.slice(0, 36)}`,
  PyPI: `pypi-AgEIcHlwaS5vcmc${mixed}${mixed}`,
  Slack: `xoxb-123456789012-1234567890123-${mixed.slice(0, 24)}`,
  "Slack, app": `xapp-1-A0123456789-1234567890123-${hex}`,
  JWT: `eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${mixed.slice(0, 43)}`,
  GitLab: `glpat-${mixed.slice(0, 20)}`,
  OpenAI: `sk-proj-${mixed}`,
  Anthropic: `sk-ant-api03-${mixed}${mixed}AA`,
  "Hugging Face": `hf_${mixed.slice(0, 34)}`,
  Stripe: `sk_live_${mixed.slice(0, 24)}`,
  Docker: `dckr_pat_${mixed.slice(0, 27)}`,
};

/** Command lines, and single texts, that hold a token. */
const PLACES: Readonly<Record<string, (token: string) => readonly string[]>> = {
  "an argument": (token) => ["echo", token],
  "the value of a flag": (token) => ["x", `--foo=${token}`],
  "behind a flag": (token) => ["x", "--foo", token],
  "inside a word": (token) => ["x", `a_${token}`, `a-${token}-b`, `a=${token},b=c`],
  "a shell's text": (token) => ["sh", "-c", `FOO=1 echo '${token}' > x && y`],
  "a query": (token) => ["curl", `https://example.com/y?z=${encodeURIComponent(token)}`],
  "a URL's path": (token) => ["curl", `https://example.com/${token}/x`],
  "JSON in JSON": (token) => ["x", JSON.stringify(JSON.stringify({ a: [token] }))],
  lines: (token) => ["x", `a\n${token}\nb`],
  "a path": (token) => [`/tmp/${token}/x`, `/tmp/x-${token}.txt`],
  "percent-encoding of all of it": (token) => [
    "x",
    token.replaceAll(/./g, (char) => `%${char.charCodeAt(0).toString(16)}`),
  ],
  "an encoded URL": (token) => ["x", `https%3A%2F%2Fexample.com%2F%3Fa%3D${token}`],
  "a URL that is encoded twice": (token) => [
    "x",
    encodeURIComponent(encodeURIComponent(`https://a.example/?b=${token}&c`)),
  ],
  base64: (token) => ["sh", "-c", `echo ${base64(token)} | base64 -d`],
  "base64 for URLs": (token) => ["x", Buffer.from(token).toString("base64url")],
  "base64 of a login": (token) => ["x", base64(`x-access-token:${token}`)],
  "base64 of a header": (token) => ["x", `a=${base64(`Authorization: Bearer ${token}`)}`],
  "base64 in a path": (token) => [`/tmp/${base64(token)}`],
  "hexadecimal digits": (token) => ["x", Buffer.from(token).toString("hex")],
};

/** Texts with a secret that only its place makes one: `SECRETpw1`. */
const PLACED: readonly string[] = [
  "DefaultEndpointsProtocol=https;AccountName=acct;AccountKey=SECRETpw1SECRETpw1==;EndpointSuffix=core.windows.net",
  "Endpoint=sb://ns.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=SECRETpw1SECRETpw1=",
  "https://acct.blob.core.windows.net/c/b?sv=2022-11-02&sp=r&se=2026-01-01&sig=SECRETpw1SECRETpw1%3D",
  "https://prod-1.westus.logic.azure.com:443/workflows/abc/triggers/manual/paths/invoke?sp=x&sv=1.0&sig=SECRETpw1SECRETpw1",
  "Server=tcp:x.database.windows.net;User ID=u;Password=SECRETpw1;Encrypt=true",
  "postgres://user:SECRETpw1@db.example:5432/x",
  "redis://:SECRETpw1@db.example:6379",
  "https://x-access-token:SECRETpw1@github.com/o/r",
  "https://SECRETpw1@github.com/o/r",
  "https://hooks.slack.com/services/T00000000/B00000000/SECRETpw1SECRETpw1SECR24",
  "https://hooks.slack-gov.com/services/T00000000/B00000000/SECRETpw1SECRETpw1SECR24",
  "https://canary.discord.com/api/v10/webhooks/123456789012345678/SECRETpw1SECRETpw1SECRETpw1",
  "https://api.telegram.org/bot123456789:AASECRETpw1SECRETpw1SECRETpw1SECR/sendMessage",
  "-----BEGIN RSA PRIVATE KEY-----\nMIISECRETpw1\nSECRETpw1\n-----END RSA PRIVATE KEY-----",
  "-----BEGIN OPENSSH PRIVATE KEY-----\\nb3BlbnNzaSECRETpw1\\n-----END OPENSSH PRIVATE KEY-----",
  "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQdGSECRETpw1",
  "API_TOKEN=SECRETpw1 cmd --x",
  "export DB_PASSWORD='SECRETpw1 SECRETpw1' && x",
  "AWS_SECRET_ACCESS_KEY=SECRETpw1 aws s3 ls",
  'curl -H "Authorization: token SECRETpw1" https://example.com',
  "curl --header 'X-Api-Key: SECRETpw1' https://example.com",
  "curl -H 'PRIVATE-TOKEN: SECRETpw1' https://example.com",
  "curl -u user:SECRETpw1 https://example.com",
  "curl --user user:SECRETpw1 https://example.com",
  "wget --http-password SECRETpw1 https://example.com",
  "mysql -pSECRETpw1 -u root",
  "sshpass -p SECRETpw1 ssh host",
  "docker login -u x -p SECRETpw1",
  "gpg --passphrase SECRETpw1",
  "openssl rsa -passin pass:SECRETpw1",
  "git -c http.extraheader='AUTHORIZATION: basic SECRETpw1abcd' fetch",
  "npm config set //registry.example/:_authToken=SECRETpw1",
  "echo machine example.com login me password SECRETpw1",
  '{"token":"SECRETpw1","a":1}',
  '{\\"password\\":\\"SECRETpw1\\"}',
  "https://example.com/?access_token%3DSECRETpw1",
  "token%3DSECRETpw1%26a%3D1",
  "https%3A%2F%2Fuser%3ASECRETpw1%40example.com%2Fx",
  "Authorization%3A%20Bearer%20SECRETpw12345",
];

/** Arguments that hold nothing. */
const WORDS = new Set(["x", "echo", "sh", "-c", "curl", "--foo"]);

const leaks = (text: string, secret: string): boolean => text.includes(secret);

describe("the corpus of secrets", () => {
  for (const [name, token] of Object.entries(TOKENS)) {
    it(`of ${name} leaks nowhere`, () => {
      for (const [place, make] of Object.entries(PLACES)) {
        const argv = make(token);
        for (const masked of [redactArgv(argv), argv.map((word) => redactText(word))]) {
          for (const [i, word] of masked.entries()) {
            if (!WORDS.has(argv[i] ?? "")) assert.notEqual(word, argv[i], `${place}: ${word}`);
            assert.ok(!leaks(word, token), `${place}: ${word}`);
          }
        }
        const told = JSON.stringify(summarizeInput({ command: argv.join(" "), nested: { deep: [...argv] } }));
        assert.ok(!leaks(told, token), `${place}, in a tool's input: ${told}`);
      }
    });
  }

  for (const text of PLACED) {
    it(`leaks nothing of ${JSON.stringify(text.slice(0, 60))}`, () => {
      const words = text.match(/(?:'[^']*'|"[^"]*"|\S)+/g)?.map((word) => word.replaceAll(/(?<!\\)['"]/g, "")) ?? [];
      const ways = {
        text: redactText(text),
        "a shell's text": redactArgv(["sh", "-c", text]).join(" "),
        "an argument": redactArgv(["x", text]).join(" "),
        "a tool's input": JSON.stringify(summarizeInput({ command: text, nested: { deep: [text] } })),
        ...(text.includes(" ") ? { "split over arguments": redactArgv(["env", ...words]).join(" ") } : {}),
      };
      for (const [way, masked] of Object.entries(ways)) assert.ok(!leaks(masked, "SECRETpw1"), `${way}: ${masked}`);
    });
  }

  it("is masked in names of hosts too, which have no capitals", () => {
    for (const token of ["AKIAIOSFODNN7EXAMPLE", `AIzaSyA${mixed.slice(0, 32)}`, `ghp_${mixed.slice(0, 36)}`]) {
      const name = `${token.toLowerCase()}.evil.example`;
      assert.match(redactText(name), /^\*{3}(?:\.evil\.example)?$/, name);
    }
  });

  it("leaves what is none as it is, in whatever it is wrapped", () => {
    const plain = [
      "/home/runner/work/octo/octo/node_modules/@types/node/ts5.6/index.d.ts",
      "/opt/hostedtoolcache/Python/3.12.4/x64/lib/python3.12/site-packages",
      `.git/objects/0a/${hex.slice(2)}`,
      hex + hex.slice(0, 24),
      "sha512-9UZLSRlLzPzVwJsyKp0Ql2pJyYb2jRy0cIfDVGdEJVqoS0BgDk2zVl5G6wz9a6bqkF1aQ1p2n3o4P5q6r7S8tw==",
      "https://example.com/a%20b/c?d=%C3%A9%2Fx",
      "50%25 of 100%",
      base64("Hello, this is a plain text of some length, 1234567890"),
      "550e8400-e29b-41d4-a716-446655440000",
    ];
    for (const text of plain) assert.equal(redactText(text), text);
  });

  it("costs no more than its length, whatever the text is", () => {
    const pieces = [
      "%25",
      "%2",
      "a1B/",
      "A1a",
      "==",
      "ghp_",
      "%41",
      " ",
      "-----BEGIN ",
      "0a",
      "=",
      "://a:",
      "%3D",
      "'",
    ];
    for (const piece of pieces) {
      const began = performance.now();
      redactText(piece.repeat(100_000 / piece.length));
      redactText(`${"x".repeat(50_000)}${piece.repeat(50_000 / piece.length)}`);
      assert.ok(performance.now() - began < 4_000, `${piece} took ${performance.now() - began} ms`);
    }
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 400 }), (parts) => {
        redactText(parts.join(""));
      }),
      { seed: 2, numRuns: 200 },
    );
  });
});
