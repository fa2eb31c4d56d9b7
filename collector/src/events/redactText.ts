// Masks secrets in one text: an argument, a path, a URL, a name. It errs to the side of masking too much. It runs on
// every path and argument, so one regular expression decides whether there is any work at all; and the text comes from
// whoever we watch, so every expression here is linear: what can start a match is bounded by a look-behind.
import { isSecretName } from "./secretNames.ts";

/** What stands in the log where a secret stood. */
export const MASK = "***";

/** The shapes of well-known tokens, each with a beginning of its own. */
const TOKENS = new RegExp(
  [
    String.raw`gh[opsur]_\w{16,}`,
    String.raw`github_pat_\w{16,}`,
    String.raw`\bv1\.[\da-f]{40}\b`,
    String.raw`A[KS]IA[A-Z\d]{16}`,
    String.raw`npm_[A-Za-z\d]{30,}`,
    String.raw`pypi-(?:AgE[\w-]{8,}|[\w-]{40,})`,
    String.raw`xox[a-z]-[\w-]{8,}`,
    String.raw`xapp-[\w-]{12,}`,
    String.raw`gl(?:pat|ptt|dt|rt|soat|cbt|ft|imt|agent)-[\w-]{12,}`,
    String.raw`AIza[\w-]{30,}`,
    String.raw`ya29\.[\w-]{16,}`,
    String.raw`(?<![\w-])eyJ[\w-]{6,}\.[\w-]{6,}(?:\.[\w-]*)*`,
    String.raw`(?<![\w-])sk-[\w-]{20,}`,
    String.raw`[srp]k_(?:live|test)_\w{12,}`,
    String.raw`hf_[A-Za-z\d]{24,}`,
    String.raw`dckr_(?:pat|oat)_[\w-]{12,}`,
    String.raw`hv[sb]\.[\w-]{16,}`,
    String.raw`dop_v1_\w{16,}`,
    String.raw`SG\.[\w-]{16,}\.[\w-]{16,}`,
    String.raw`rubygems_[\da-f]{40,}`,
    String.raw`tskey-[\w-]{16,}`,
    String.raw`AGE-SECRET-KEY-1[A-Z\d]{30,}`,
    String.raw`\.atlasv1\.[\w-]{40,}`,
    String.raw`(?<=hooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/]{16,}`,
    String.raw`(?<=discord(?:app)?\.com\/api\/webhooks\/)[\w/-]{16,}`,
    String.raw`-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----|[\s\S]*)`,
  ].join("|"),
  "g",
);
/** The same beginnings at the end of a text that was cut: the rest of the token is not there to be recognised. */
const CUT_TOKEN =
  /(?<![\w-])(?:gh[opsur]_|github_pat_|A[KS]IA|npm_|pypi-|xox[a-z]-|glpat-|AIza|eyJ|sk-|-----BEGIN )[\w. -]*$/;

/** True for every text that any rule below could change: one look decides for most texts that there is no work. */
const SUSPECT =
  /[=:\s]|gh[opsur]_|hub_pat_|v1\.|A[KS]IA|npm_|pypi-|xox|xapp-|gl[a-z]{2,5}-|AIza|ya29|eyJ|sk-|k_(?:live|test)_|hf_|dckr_|hv[sb]\.|dop_v1|SG\.|rubygems_|tskey-|AGE-SEC|\.atlasv1|hooks\.slack|\/webhooks\//;
/** Of these, the ones with a header or a scheme. */
const HEADED = /authorization|cookie|bearer|basic|negotiate/i;

const USERINFO = /(:\/\/)[^\s/?#"'`<>]*@/g;
const SCHEMED = /\b(bearer|basic|negotiate)(\s+)[\w.~+/=-]{8,}/gi;
/** A header runs to the end of its line or of its quotes. */
const HEADER = /(authorization|(?:set-)?cookie)("?\s{0,8}[:=]\s{0,8}"?)([^\r\n"']+)/gi;
/**
 * `name=value`, `Name: value`, `"name": "value"`, `--name value` anywhere: in the text of `sh -c`, a query string, JSON.
 * Only the name and its sign; the value is read behind it when the name is a secret one, so `--env=TOKEN=x` shows both.
 */
const NAMED = /(?<![\w.-])([\w.-]{1,200})("?'?\s?[:=]\s{0,8}\\?|\s{1,64}(?=[^-\s]))/g;
const VALUE = /"(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s"'`;&|<>,)]+/y;

/**
 * Passwords that only their place gives away, in the text of a shell: as in a command line of its own, see redactArgv.ts.
 * From the program to the flag it is at most so far, which keeps these linear.
 */
const IN_SHELL =
  /\b(?:sshpass\s{1,8}-p\s{0,8}|(?:mysql|mysqldump|mysqladmin|mariadb)\s(?:[^;|&\n]{0,100}?\s)?-p|login\s(?:[^;|&\n]{0,100}?\s)?-p\s{0,8}|curl\s(?:[^;|&\n]{0,100}?\s)?(?:-[A-Za-z]{0,8}[uU]|--(?:proxy-)?user[\s=])\s{0,8}(["']?)[^\s:"']{1,100}:)(?=[^\s-])/g;
const IN_SHELL_PROGRAM = /sshpass|mysql|mariadb|login|curl/;

const maskInShell = (text: string): string => {
  let out = "";
  let from = 0;
  IN_SHELL.lastIndex = 0;
  for (let match = IN_SHELL.exec(text); match !== null; match = IN_SHELL.exec(text)) {
    const value = IN_SHELL.lastIndex;
    const quote = match[1] ?? "";
    const closing = quote === "" ? -1 : text.indexOf(quote, value);
    VALUE.lastIndex = value;
    if (closing < 0 && !VALUE.test(text)) continue;
    out += text.slice(from, value) + MASK;
    from = closing < 0 ? VALUE.lastIndex : closing;
    IN_SHELL.lastIndex = from;
  }
  return from === 0 ? text : out + text.slice(from);
};

const maskNamed = (text: string): string => {
  let out = "";
  let from = 0;
  NAMED.lastIndex = 0;
  for (let match = NAMED.exec(text); match !== null; match = NAMED.exec(text)) {
    const [, name = "", sign = ""] = match;
    const spaced = /^\s+$/.test(sign);
    if ((spaced && !name.startsWith("--")) || !isSecretName(name)) continue;
    VALUE.lastIndex = NAMED.lastIndex;
    if (!VALUE.test(text)) continue;
    out += text.slice(from, NAMED.lastIndex) + MASK;
    from = VALUE.lastIndex;
    NAMED.lastIndex = from;
  }
  return from === 0 ? text : out + text.slice(from);
};

/** Masks what looks like a secret inside `text`; a plain text comes back as it is. */
export const redactText = (text: string): string => {
  if (!SUSPECT.test(text)) return text;
  let masked = text.replace(TOKENS, MASK);
  if (masked.includes("://")) masked = masked.replace(USERINFO, `$1${MASK}@`);
  if (HEADED.test(masked)) masked = masked.replace(HEADER, `$1$2${MASK}`).replace(SCHEMED, `$1$2${MASK}`);
  if (IN_SHELL_PROGRAM.test(masked)) masked = maskInShell(masked);
  return maskNamed(masked);
};

/** As `redactText`, for a text that was cut at its end and may hold the first half of a token there. */
export const redactCutText = (text: string): string => redactText(text).replace(CUT_TOKEN, MASK);
