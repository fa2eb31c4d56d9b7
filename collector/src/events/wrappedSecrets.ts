// Secrets that stand in a text in another clothing: percent-encoded, in base64, in hexadecimal digits. What is inside is
// looked at like any text; what nobody can look into (encrypted, split, turned around) stays as it is.
import { MASK } from "./mask.ts";
import { TOKENS } from "./tokenShapes.ts";

const TOKEN = new RegExp(TOKENS.source);

/** At most this much of a run is looked into. */
const LONGEST = 32_768;

/** From the beginning of a word on, so that a long one is looked through once. */
const ENCODED = /(?<![^\s"'`<>])[^\s"'`<>]*%[\dA-Fa-f]{2}[^\s"'`<>]*/g;

const decodePercent = (text: string): string =>
  text.replaceAll(/(?:%[\dA-Fa-f]{2})+/g, (run) => Buffer.from(run.replaceAll("%", ""), "hex").toString("utf8"));

/**
 * `text`, where each percent-encoded word that holds a secret stands decoded and masked; `redact` masks a plain text. One
 * that is encoded several times is decoded as often, within reason.
 */
export const redactPercent = (text: string, redact: (text: string) => string): string =>
  text.replace(ENCODED, (word) => {
    let decoded = word.slice(0, LONGEST);
    for (let times = 0; times < 3; times++) {
      const next = decodePercent(decoded);
      if (next === decoded) break;
      decoded = next;
      const masked = redact(decoded);
      if (masked !== decoded) return masked;
    }
    return word;
  });

const MIXED = /^(?=[^A-Z]*[A-Z])(?=[^a-z]*[a-z])(?=\D*\d)/;
const SHORTEST = 24;
const BASE64 = /[A-Za-z\d+/_-]{24,}={0,2}/g;
/** Of printable characters only: no hash is. */
const HEX = /(?<![\dA-Fa-f])(?:[2-7][\dA-Fa-f]){20,}(?![\dA-Fa-f])/g;

const holdsToken = (run: string, encoding: "base64" | "hex"): boolean =>
  TOKEN.test(Buffer.from(run.slice(0, LONGEST), encoding).toString("latin1"));

/** A part of a path can be in base64, or all of what has a "/" in it. */
const maskRun = (run: string): string => {
  if (!MIXED.test(run)) return run;
  if (holdsToken(run, "base64")) return MASK;
  if (!run.includes("/")) return run;
  const parts = run.split("/");
  return parts
    .map((part) => (part.length >= SHORTEST && MIXED.test(part) && holdsToken(part, "base64") ? MASK : part))
    .join("/");
};

/** `text`, without what holds a known token once it is decoded. */
export const redactBase64 = (text: string): string =>
  text.replace(BASE64, maskRun).replace(HEX, (run) => (holdsToken(run, "hex") ? MASK : run));
