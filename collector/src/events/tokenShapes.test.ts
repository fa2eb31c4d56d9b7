import assert from "node:assert/strict";
import fc from "fast-check";
import { redactArgv } from "./redactArgv.ts";
import { redactText } from "./redactText.ts";

const DIGITS = "0123456789";
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const ALPHABETS = {
  a: LOWER + UPPER + DIGITS,
  u: `${LOWER}${UPPER}${DIGITS}_-`,
  A: UPPER + DIGITS,
  B: `${UPPER}234567`,
  b: `${LOWER}234567`,
  h: `${DIGITS}abcdef`,
  9: DIGITS,
  s: `${LOWER}${UPPER}${DIGITS}+/`,
} as const;

/** A token of fixed text and random parts: `["ghp_", "a36"]` is the text and 36 characters of the alphabet `a`. */
const made = (parts: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(
      ...parts.map((part) => {
        const random = /^([auABbh9s])(\d+)$/.exec(part);
        if (random === null) return fc.constant(part);
        // Without the bias to the first ones: a real token has digits and capitals among its characters.
        const chars = fc.noBias(fc.constantFrom(...ALPHABETS[random[1] as keyof typeof ALPHABETS]));
        const length = Number(random[2]);
        return fc.array(chars, { minLength: length, maxLength: length }).map((all) => all.join(""));
      }),
    )
    .map((all) => all.join(""));

/** By issuer; put together here so that no scanner of this repository takes them for real ones. */
const SHAPES: Readonly<Record<string, readonly string[]>> = {
  "GitHub, classic": ["ghp_", "a36"],
  "GitHub, fine-grained": ["github_", "pat_", "a22", "_", "a59"],
  "GitHub, OAuth": ["gho_", "a36"],
  "GitHub, user of an app": ["ghu_", "a36"],
  "GitHub, installation": ["ghs_", "a36"],
  "GitHub, installation, without state": ["ghs_", "96", "_", "eyJ", "u20", ".", "u300", ".", "u86"],
  "GitHub, refresh": ["ghr_", "a76"],
  "GitHub, installation, of old": ["v1.", "h40"],
  "GitHub, runner registration": ["A", "B28"],
  "GitHub, Copilot": ["tid=", "h32", ";exp=1790000000;sku=x;ip=192.0.2.1:", "h64"],
  "AWS, access key id": ["AKIA", "A16"],
  "AWS, temporary access key id": ["ASIA", "A16"],
  "AWS, Bedrock": ["ABSK", "s120", "="],
  "Google, API key": ["AIza", "u35"],
  "Google, OAuth": ["ya29.", "u120"],
  "Google, refresh": ["1//0", "u64"],
  "Google, client secret": ["GOCSPX-", "u28"],
  "Azure, client secret": ["u3", "8Q~", "u34"],
  "Azure, DevOps": ["a76", "AZDO", "a4"],
  "Azure, service key": ["a52", "JQQJ99", "B2", "ACYeBj", "a20"],
  npm: ["npm_", "a36"],
  PyPI: ["pypi-AgEIcHlwaS5vcmc", "u120"],
  RubyGems: ["rubygems_", "h48"],
  "crates.io": ["cio", "a32"],
  Docker: ["dckr_", "pat_", "u27"],
  NuGet: ["oy2", "b43"],
  GitLab: ["glpat-", "u20"],
  "GitLab, routable": ["glpat-", "u30", ".01.", "b9"],
  "GitLab, runner registration": ["GR1348941", "u20"],
  Atlassian: ["ATATT3", "u180", "=", "A8"],
  Slack: ["xoxb-", "912", "-", "912", "-", "a24"],
  "Slack, app": ["xapp-1-A", "A10", "-", "913", "-", "h64"],
  "Slack, browser": ["xoxd-", "a20", "%2B", "a20", "%2F", "a20", "%3D"],
  "Discord, bot": ["M", "u25", ".", "u6", ".", "u38"],
  Telegram: ["910", ":AA", "u33"],
  OpenAI: ["sk-", "proj-", "u74", "T3BlbkFJ", "u74"],
  Anthropic: ["sk-", "ant-api03-", "u93", "AA"],
  "Hugging Face": ["hf_", "a34"],
  Groq: ["gsk_", "a52"],
  xAI: ["xai-", "a80"],
  Replicate: ["r8_", "a37"],
  JWT: ["eyJ", "u33", ".", "eyJ", "u120", ".", "u43"],
  "JWT, encrypted, without a key": ["eyJ", "u33", "..", "u16", ".", "u120", ".", "u22"],
  Stripe: ["sk_", "live_", "a24"],
  "Stripe, webhook": ["whsec_", "a32"],
  Shopify: ["shpat_", "h32"],
  SendGrid: ["SG.", "u22", ".", "u43"],
  Vault: ["hvs.", "u90"],
  Terraform: ["a14", ".atlasv1.", "a60"],
  DigitalOcean: ["dop_v1_", "h64"],
  Tailscale: ["tskey-auth-", "a12", "-", "a32"],
  Databricks: ["dapi", "h32"],
  Sentry: ["sntrys_", "s120"],
  Grafana: ["glsa_", "a32", "_", "h8"],
  "1Password": ["ops_", "eyJ", "s300"],
  "a private key in base64": ["LS0tLS1CRUdJTi", "BSU0E", "s200", "=="],
  "the configuration of a runner in base64": ["eyJ", "s600", "="],
  age: ["AGE-SECRET-KEY-1", "A58"],
};

/** Webhooks: what is behind the fixed text is the secret. */
const HOOKS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  Slack: ["https://hooks.slack.com/services/", "T", "A10", "/B", "A10", "/", "a24"],
  Discord: ["https://discord.com/api/webhooks/", "918", "/", "u68"],
  "Discord, newer": ["https://discord.com/api/v10/webhooks/", "918", "/", "u68"],
  Teams: ["https://a.webhook.office.com/webhookb2/", "h32", "@", "h32", "/IncomingWebhook/", "h32", "/", "h32"],
  Telegram: ["https://api.telegram.org/bot", "910", ":AA", "u33", "/sendMessage"],
};

/** What may stand around a token without being part of it. */
const around = fc.constantFrom("", " ", "/", "=", '"', "'", "?x=", ",", "\n", "(", " --t ");

describe("the token shapes", () => {
  for (const [name, parts] of Object.entries(SHAPES)) {
    it(`know ${name}`, () => {
      fc.assert(
        fc.property(made(parts), around, around, (secret, before, after) => {
          const masked = redactText(`/run/x${before || " "}${secret}${after}`);
          for (let at = 0; at + 12 <= secret.length; at += 8) {
            assert.ok(!masked.includes(secret.slice(at, at + 12)), `${secret}: ${masked}`);
          }
          assert.ok(!redactArgv(["x", secret])[1]!.includes(secret.slice(-12)));
        }),
        { numRuns: 200 },
      );
    });
  }

  for (const [name, [start, ...parts]] of Object.entries(HOOKS)) {
    it(`know the webhooks of ${name}`, () => {
      fc.assert(
        fc.property(made(parts), (secret) => {
          const masked = redactText(`curl -X POST ${start}${secret} -d x`);
          assert.ok(masked.startsWith("curl -X POST https://"), masked);
          for (let at = 0; at + 12 <= secret.length - "/sendMessage".length; at += 8) {
            assert.ok(!masked.includes(secret.slice(at, at + 12)), masked);
          }
        }),
        { numRuns: 200 },
      );
    });
  }

  it("take no ordinary name for a token", () => {
    for (const text of [
      "/srv/css/sk-fading-circle-and-another-one.css",
      "/usr/share/doc/libghc-something-long-and-boring-dev",
      "node_modules/@scope/eyJ.js",
      "/home/runner/work/_temp/0f3c2c2e-7a53-4d9a-9d7e-6b1e4b3f2a10.sh",
      "/opt/hostedtoolcache/CodeQL/2.20.0/x64/codeql/ASIAN_LANGUAGES.md",
      "/usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30",
      "npm_config_user_agent_and_something_longer",
      "/srv/pypi-server-with-a-long-name",
      "README_FOR_MAINTAINERS_AND_OTHERS.md",
      "MAINTAINERS_GUIDE_FOR_NEW_ONES.v2.md",
      "/root/.cache/pip/http-v2/a/b/c/d/e/abcdef0123456789abcdef0123456789abcdef0123456789abcdef01.body",
      "glc_notes-and-others",
      `LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t${"QUFB".repeat(20)}`,
      "backup~",
      "~/work",
    ]) {
      assert.equal(redactText(text), text);
    }
  });
});
