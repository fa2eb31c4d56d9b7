// The shapes of well-known tokens, by who issues them. Each has a beginning of its own, so that a git hash, a UUID or the
// integrity hash of a lock file is none. They are tried at each place of texts that an attacker writes, so each must be
// linear: what could begin anywhere stands in `BOUNDED`, which begins behind no character of a token.
//
// All have sixteen characters of a token in a row, a digit or a capital among them, or a "~": `mayHoldToken` relies on it.

const ANYWHERE: readonly string[] = [
  // GitHub: classic, OAuth, user, refresh; installation tokens are `ghs_APPID_JWT` since 2026.
  String.raw`gh[opsur]_[\w-]{16,}(?:\.[\w-]+)*`,
  String.raw`github_pat_\w{16,}`,
  // AWS: access key ids, keys of Bedrock.
  String.raw`A(?:KI|SI|BI|CC)A[A-Z\d]{16}`,
  String.raw`ABSK[A-Za-z\d+/]{80,}={0,2}`,
  // As in the name of a host, which has no capitals.
  String.raw`(?<![a-z\d])a[ks]ia(?=[a-z]*\d)[a-z\d]{16}(?![a-z\d])`,
  // Of its session tokens the beginning says who made them.
  String.raw`(?:FwoGZXIvYXdz|IQoJb3JpZ2lu)[A-Za-z\d+/]{80,}={0,2}`,
  // Google: keys of APIs, OAuth tokens and client secrets.
  String.raw`AIza[\w-]{30,}`,
  String.raw`(?<![a-z\d])aizasy(?=[a-z_-]*\d)[a-z\d_-]{33}(?![a-z\d])`,
  String.raw`ya29\.[\w.-]{16,}`,
  String.raw`GOCSPX-[\w-]{20,}`,
  // Package registries: npm, PyPI, RubyGems, Docker Hub, Packagist, Clojars.
  String.raw`npm_[A-Za-z\d]{30,}`,
  String.raw`pypi-(?:AgE[\w-]{8,}|[\w-]{40,})`,
  String.raw`rubygems_[\da-f]{40,}`,
  String.raw`dckr_(?:pat|oat)_[\w-]{12,}`,
  String.raw`packagist_[a-z]{3}_[\da-f]{40,}`,
  String.raw`CLOJARS_[\da-z]{60}`,
  // GitLab, Bitbucket and Atlassian, Sourcegraph, CircleCI, Buildkite.
  String.raw`gl(?:pat|ptt|dt|rtr?|soat|cbt|ft|ffct|imt|agent|wt|oas)-[\w-]{12,}(?:\.[\da-z]{2}\.[\da-z]{7,})?`,
  String.raw`GR1348941[\w-]{16,}`,
  String.raw`AT(?:ATT|CTT|BB)[\w=-]{24,}`,
  String.raw`sgp_(?:[\da-f]{16}_|local_)?[\da-f]{40}`,
  String.raw`CCIPAT_\w{16,}`,
  String.raw`bkua_[\da-f]{40}`,
  // Chat: Slack, Discord, Telegram, Teams. The path of a webhook is its secret.
  String.raw`xox[a-z](?:\.xox[a-z])?-[\w%-]{11,}`,
  String.raw`xapp-[\w-]{12,}`,
  String.raw`(?<=hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/)[\w/-]{16,}`,
  String.raw`(?<=discord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks\/)[\w/-]{16,}`,
  String.raw`(?<=webhook\.office\.com\/webhookb2\/)[\w/@-]{16,}`,
  String.raw`(?<!\d)\d{6,12}:AA[\w-]{30,}`,
  // Language models: what OpenAI, Anthropic and OpenRouter begin theirs with; Hugging Face, Groq, Perplexity, xAI, Replicate, LangSmith. OpenAI and Anthropic: see below.
  String.raw`sk-(?:proj|svcacct|admin|or-v1|ant-[a-z]{2,8}\d\d)-(?=[a-z_-]*[A-Z\d])[\w-]{20,}`,
  String.raw`hf_[A-Za-z\d]{24,}`,
  String.raw`gsk_[A-Za-z\d]{32,}`,
  String.raw`pplx-[A-Za-z\d]{32,}`,
  String.raw`xai-[A-Za-z\d]{40,}`,
  String.raw`lsv2_(?:pt|sk)_\w{24,}`,
  // Stripe, Shopify, Square, SendGrid.
  String.raw`[srp]k_(?:live|test)_\w{12,}`,
  String.raw`whsec_[A-Za-z\d+/]{24,}`,
  String.raw`shp(?:at|ca|pa|ss)_[\da-fA-F]{32}`,
  String.raw`sq0(?:atp|csp)-[\w-]{20,}`,
  String.raw`SG\.[\w-]{16,}\.[\w-]{16,}`,
  // Infrastructure: HashiCorp, DigitalOcean, Tailscale, Fly, Netlify, Supabase, PlanetScale, Pulumi, Databricks, Doppler.
  String.raw`hv[sb]\.[\w-]{16,}`,
  String.raw`do[por]_v1_\w{16,}`,
  String.raw`tskey-[\w-]{16,}`,
  String.raw`fm[12][ar]?_[A-Za-z\d+/=]{40,}`,
  String.raw`nfp_[A-Za-z\d]{32,}`,
  String.raw`sbp_[\da-f]{40}`,
  String.raw`sb_secret_[\w-]{20,}`,
  String.raw`pscale_(?:tkn|pw|oauth)_[\w-]{24,}`,
  String.raw`pul-[\da-f]{40}`,
  String.raw`dapi[\da-f]{32}`,
  String.raw`dp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z\d]{40,}`,
  // Tools: Sentry, Grafana, New Relic, Sonar, Postman, Linear, Figma, Notion, 1Password, age.
  String.raw`sntry[su]_[\w=+/-]{40,}`,
  String.raw`gl(?:sa|c)_[\w+/=-]{32,}`,
  String.raw`NRAK-[A-Z\d]{27}`,
  String.raw`sq[apu]_[\da-f]{40}`,
  String.raw`PMAK-[\da-f]{24}-[\da-f]{34}`,
  String.raw`lin_api_[A-Za-z\d]{32,}`,
  String.raw`figd_[\w-]{32,}`,
  String.raw`ntn_[A-Za-z\d]{40,}`,
  String.raw`ops_eyJ[\w+/=-]{40,}`,
  String.raw`AGE-SECRET-KEY-1[A-Z\d]{30,}`,
  // In base64: "-----BEGIN" (but of a certificate), and the accounts of services at Google.
  String.raw`LS0tLS1CRUdJTi(?!BDRVJU)[A-Za-z\d+/]{40,}={0,2}`,
  String.raw`(?:ewogICJ0eXBlIjogInNlcnZpY2VfYWNjb3VudC|eyJ0eXBlIjoic2VydmljZV9hY2NvdW50)[A-Za-z\d+/]{40,}={0,2}`,
];

/** Behind none of `[\w+-]`: short or common beginnings, and such as are of random characters. */
const BOUNDED: readonly string[] = [
  // JWTs, signed or encrypted (then the second part may be empty).
  // A long JSON object in base64, as what configures a runner, is taken for one.
  String.raw`eyJ[A-Za-z\d+/]{300,}={0,2}`,
  String.raw`eyJ[\w-]{6,}(?:\.[\w-]{6,}|\.\.[\w-]{6,})(?:\.[\w-]*)*`,
  // OpenAI, Anthropic and the many that write theirs like them; a capital or digit is in each, unlike in `sk-fading-circle`.
  String.raw`sk-(?=[a-z_-]*[A-Z\d])[\w-]{20,}`,
  String.raw`r8_[A-Za-z\d]{32,}`,
  // GitHub: installation tokens of old, what registers a runner, what Copilot's API takes.
  String.raw`v1\.[\da-f]{40}(?!\w)`,
  String.raw`A[A-Z2-7]{28}(?![\w+-])`,
  String.raw`tid=[\da-f]{16,};[^\s"'&]*`,
  // Azure: client secrets, Azure DevOps, and the keys of services.
  String.raw`[\w.~-]{3}\dQ~[\w.~-]{31,40}`,
  String.raw`[A-Za-z\d]{76}AZDO[A-Za-z\d]{4}`,
  String.raw`[A-Za-z\d]{52}JQQJ9[\dD][A-Za-z\d+/]{20,}={0,2}`,
  // Google refresh tokens, crates.io, NuGet, HashiCorp Terraform, JFrog, Airtable, Alibaba, Discord's bots.
  String.raw`1\/\/0[\w-]{32,}`,
  String.raw`cio(?:_tp_\w{20,}|[A-Za-z\d]{32}(?![\w+]))`,
  String.raw`oy2[a-z\d]{43}(?!\w)`,
  String.raw`[A-Za-z\d]{14}\.atlasv1\.[\w-]{40,}`,
  String.raw`AKCp[A-Za-z\d]{60,}`,
  String.raw`cmVmdGtu[A-Za-z\d]{50,}`,
  String.raw`pat[A-Za-z\d]{14}\.[\da-f]{64}`,
  String.raw`LTAI[A-Za-z\d]{16,}`,
  String.raw`[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,}`,
];

/** Every known token. */
export const TOKENS = new RegExp(`${ANYWHERE.join("|")}|(?<![\\w+-])(?:${BOUNDED.join("|")})`, "g");

/**
 * What a text that was cut may end in: the beginning of one of the most usual tokens, or of the user information of a URL,
 * of which the rest is not there to be recognised by.
 */
export const CUT_TOKEN =
  /(?<![\w-])(?:gh[opsur]_|github_pat_|A[KS]IA|npm_|pypi-|rubygems_|dckr_|xox[a-z]-|glpat-|AIza|eyJ|sk-|cio|hf_|-----BEGIN )[\w. -]{0,300}$|(?<=:\/\/[^\s/@:]{0,100}:)(?!\d{1,5}$)[^\s/@:]{1,300}$/;

const MIN_RUN = 16;
const [SIGN, LOWER, MARKED] = [1, 2, 3];
/** By character: a sign of a named value or a line of text, a character of a token, and one of these that only tokens mix in. */
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (/[=:\s]/.test(char)) return SIGN;
  if (/[A-Z\d%]/.test(char)) return MARKED;
  return /[a-z_-]/.test(char) ? LOWER : 0;
});
const TILDE = 126;

export interface Suspicion {
  /** One of `TOKENS` may be in it. */
  readonly token: boolean;
  /** It holds white space, "=" or ":", without which nothing in a text has a name. */
  readonly sign: boolean;
}
const SUSPICIONS: readonly Suspicion[] = [
  { token: false, sign: false },
  { token: true, sign: false },
  { token: false, sign: true },
  { token: true, sign: true },
];

/** One look at each character, which finds most texts free of all suspicion; far cheaper than an expression. */
export const suspicionOf = (text: string): Suspicion => {
  let [run, marked, found] = [0, false, 0];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const kind = code < 128 ? KINDS[code] : 0;
    if (kind === LOWER || kind === MARKED) {
      run++;
      if (kind === MARKED) marked = true;
      if (marked && run >= MIN_RUN) found |= 1;
      continue;
    }
    run = 0;
    marked = false;
    if (kind === SIGN) found |= 2;
    else if (code === TILDE) found |= 1;
    if (found === 3) break;
  }
  return SUSPICIONS[found] ?? { token: true, sign: true };
};
