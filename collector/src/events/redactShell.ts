// Masks passwords in the text of a shell (or of anything that looks like it) that only their place gives away: as in a
// command line of its own, see redactArgv.ts. From the program to the flag it is at most a hundred characters, which keeps
// the expression linear.
import { MASK } from "./mask.ts";
import { SHORT_FLAGS, USER_SIGN, VALUE_BEHIND, type ShortFlag } from "./secretFlags.ts";

const QUOTED = String.raw`"(?:[^"\\]|\\.)*"?|'[^']*'?|\`[^\`]*\`?`;
/** What is joined to a word: without white space, as else the quote is more likely the end of one that began before. */
const JOINED = String.raw`"[^\s"]*"|'[^\s']*'|\\'(?:'[^']*'?)?|\\.|\$\([^()]*\)?|\$'[^']*'?`;
/** A comma ends a value where a name follows it, as in JSON and lists of options. */
const COMMA = String.raw`,(?!\s|["']?[\w.-]{1,64}["']?\s?[:=])`;
/**
 * A value: quoted inside of quotes; quoted, with what is joined to it; or bare. Each part begins with characters of its
 * own, so there is hardly more than one way to read a text.
 */
const VALUE = new RegExp(
  String.raw`\\{1,3}"[^"]*"?|(?:${QUOTED})(?:${JOINED}|[\w$.+/@%=~^-])*` +
    String.raw`|(?:${JOINED}|${COMMA}|\`[^\`]*\`?|[^\s"'\`;&|<>,)\\])+`,
  "y",
);

/** Where the value that begins at `from` ends; `from` where there is none. */
export const valueEnd = (text: string, from: number): number => {
  VALUE.lastIndex = from;
  return VALUE.test(text) ? VALUE.lastIndex : from;
};

const escape = (name: string): string => name.replace(/[.+]/g, "\\$&");
const anyOf = (names: Iterable<string>): string => `(?:${[...names].map(escape).join("|")})`;
/** Arguments between a program and its flag. */
const BETWEEN = String.raw`\s(?:[^;|&\n]{0,100}?\s)?`;

const GAPS = { attached: "", apart: String.raw`\s{1,8}`, both: String.raw`\s{0,8}` } as const;
const gapOf = ({ form }: ShortFlag): string => GAPS[form ?? "both"];

const shortFlags = (): string[] => {
  const programs = new Map<string, string[]>();
  for (const [name, flag] of Object.entries(SHORT_FLAGS)) {
    const argument = `-[${flag.flags}]${gapOf(flag)}`;
    programs.set(argument, [...(programs.get(argument) ?? []), name]);
  }
  return [...programs].map(([argument, names]) => anyOf(names) + BETWEEN + argument);
};

const userFlags = (): string[] =>
  ([":", "%", ","] as const).map((sign) => {
    const names = Object.keys(USER_SIGN).filter((name) => USER_SIGN[name] === sign);
    const flag = String.raw`(?:-[A-Za-z]{0,8}[uU]|--(?:proxy-)?user[\s=])\s{0,8}`;
    return `${anyOf(names)}${BETWEEN}${flag}(?:["']?)[^\\s${sign}"']{1,100}${sign}`;
  });

const IN_SHELL = new RegExp(
  String.raw`(?<![\w.-])(?:${[
    ...shortFlags(),
    ...userFlags(),
    String.raw`login${BETWEEN}-p\s{0,8}`,
    ...Object.entries(VALUE_BEHIND).map(([name, word]) => String.raw`${name}\s{1,8}${word}\s{1,8}`),
    String.raw`curl${BETWEEN}-b\s{0,8}`,
    String.raw`login\s{1,8}\S{1,100}\s{1,8}password\s{1,8}`,
    String.raw`secret\s{1,8}set${BETWEEN}(?:-b\s{0,8}|--body[\s=]\s{0,8})`,
    String.raw`(?:secrets\s{1,8}set|--from-literal)[\s=]\s{0,8}[\w.-]{1,100}=`,
  ].join("|")})(?=[^\s-])`,
  "g",
);
const PROGRAM = new RegExp(
  String.raw`(?<![\w.-])${anyOf([
    ...Object.keys(SHORT_FLAGS),
    ...Object.keys(USER_SIGN),
    ...Object.keys(VALUE_BEHIND),
    "login",
    "secret",
    "secrets",
  ])}\s|--from-literal`,
);

/** Of `-u "name:password"` the quote stands before what is kept: then the value goes on to where that quote ends. */
const endIn = (text: string, matched: string, value: number): number => {
  const quote = /["'][^\s"']*[:%,]$/.exec(matched)?.[0].charAt(0);
  if (quote === undefined) return valueEnd(text, value);
  const closing = text.indexOf(quote, value);
  return closing < 0 ? text.length : closing;
};

export const maskInShell = (text: string): string => {
  if (!PROGRAM.test(text)) return text;
  let out = "";
  let from = 0;
  IN_SHELL.lastIndex = 0;
  for (let match = IN_SHELL.exec(text); match !== null; match = IN_SHELL.exec(text)) {
    const value = IN_SHELL.lastIndex;
    const end = endIn(text, match[0], value);
    if (end === value) continue;
    out += text.slice(from, value) + MASK;
    from = end;
    IN_SHELL.lastIndex = from;
  }
  return from === 0 ? text : out + text.slice(from);
};
