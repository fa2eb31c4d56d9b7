// Masks secrets in one text: an argument, a path, a URL, a name. It errs to the side of masking too much. It runs on
// every path and argument, so one look decides whether there is any work at all; and the text comes from whoever we
// watch, so every expression here is linear: what can start a match is bounded by a look-behind.
import { MASK } from "./mask.ts";
import { maskInShell, valueEnd } from "./redactShell.ts";
import { isSecretName } from "./secretNames.ts";
import { CUT_TOKEN, suspicionOf, TOKENS } from "./tokenShapes.ts";
import { redactBase64, redactPercent } from "./wrappedSecrets.ts";

const PRIVATE_KEY =
  /-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----(?:[\s\S]*?-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|[\s\S]*)/g;
/** Texts with a header or a scheme. */
const HEADED = /authorization|cookie|bearer|basic|negotiate/i;

const USERINFO = /(:\/\/)[^\s/?#"'`<>]*@/g;
const SCHEMED = /\b(bearer|basic|negotiate)(\s+)[\w.~+/=-]{8,}/gi;
/** A header runs to the end of its line or of its quotes. */
const HEADER = /(authorization|(?:set-)?cookie)("?\s{0,8}[:=]\s{0,8}"?)([^\r\n"']+)/gi;
/**
 * `name=value`, `Name: value`, `"name": "value"`, `--name value` anywhere: in the text of `sh -c`, a query string, JSON, also
 * inside of quotes. Only the name and its sign; the value is read behind it when the name is a secret one, so that
 * `--env=TOKEN=x` shows both.
 */
const NAMED = /(?<![\w.-])([\w.-]{1,200})((?:\\{0,3}["']){0,2}\s{0,4}(?::=|=>|={1,3}|:)\s{0,8}|\s{1,64}(?=[^-\s]))/g;
/** Behind these, `name value` is a setting too. */
const SETTING_BEFORE = /\b(?:config|configure|set)\s[^;|&\n]*$/;

const isFlag = (name: string): boolean => name.startsWith("--") || (name.startsWith("-") && name.length > 3);

const maskNamed = (text: string): string => {
  let out = "";
  let from = 0;
  NAMED.lastIndex = 0;
  for (let match = NAMED.exec(text); match !== null; match = NAMED.exec(text)) {
    const [, name = "", sign = ""] = match;
    if (!isSecretName(name)) continue;
    const spaced = sign.trim() === "";
    if (spaced && !isFlag(name)) {
      if (!SETTING_BEFORE.test(text.slice(Math.max(0, match.index - 60), match.index))) continue;
    }
    const value = NAMED.lastIndex;
    const end = valueEnd(text, value);
    if (end === value) continue;
    out += text.slice(from, value) + MASK;
    from = end;
    NAMED.lastIndex = from;
  }
  return from === 0 ? text : out + text.slice(from);
};

const redactPlain = (text: string): string => {
  const { token, sign } = suspicionOf(text);
  let masked = text;
  if (sign && masked.includes("PRIVATE KEY")) masked = masked.replace(PRIVATE_KEY, MASK);
  if (token) masked = redactBase64(masked.replace(TOKENS, MASK));
  if (!sign) return masked;
  if (masked.includes("://")) masked = masked.replace(USERINFO, `$1${MASK}@`);
  if (HEADED.test(masked)) masked = masked.replace(HEADER, `$1$2${MASK}`).replace(SCHEMED, `$1$2${MASK}`);
  return maskNamed(maskInShell(masked));
};

/** Masks what looks like a secret inside `text`; a plain text comes back as it is. */
export const redactText = (text: string): string => {
  const masked = redactPlain(text);
  return masked.includes("%") ? redactPercent(masked, redactPlain) : masked;
};

/** As `redactText`, for a text that was cut at its end and may hold the first half of a token there. */
export const redactCutText = (text: string): string => redactText(text).replace(CUT_TOKEN, MASK);
