// Masks secrets in a command line, where the place of an argument says more than its text: the value after
// `--password`, the password in `curl -u name:password`, `sshpass -p …`.
import { MASK } from "./mask.ts";
import { redactCutText, redactText } from "./redactText.ts";
import { LOGIN, SECRET_COMMAND, SETTING, SHORT_FLAGS, USER_SIGN, VALUE_BEHIND } from "./secretFlags.ts";
import { isSecretName } from "./secretNames.ts";

/** An argument of one secret: `--token=…`, `DB_PASSWORD=…` (as of `env`): all after the sign is the value. */
const ASSIGNMENT = /^(-{0,2}[\w.-]{1,200})=([\s\S]+)$/;
const CODE_FLAG = /^-(?:[a-z]*c|-command)$/;

const SCHEME = /^(?:bearer|negotiate|basic|token)$/i;

const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

const maskAfter = (value: string, sign: string): string => {
  const at = value.indexOf(sign);
  return at < 0 ? redactText(value) : value.slice(0, at + 1) + MASK;
};

/** What is known of a program: its short secret flags, joined, and for `docker login` and its like `p`. */
interface Program {
  readonly apart: string;
  readonly attached: string;
  readonly user: string | undefined;
  /** The argument behind this one is a secret. */
  readonly behind: string | undefined;
}

const NO_PROGRAM: Program = { apart: "", attached: "", user: undefined, behind: undefined };
/** `gh secret set NAME --body VALUE`, `-b VALUE`, `-bVALUE`. */
const SECRET_SET: Program = { ...NO_PROGRAM, apart: "b", attached: "b" };
/** `htpasswd -b FILE NAME PASSWORD`. */
const HTPASSWD: Program = { ...NO_PROGRAM };

const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** By name; the second of the pair holds when `login` is among the arguments. */
const PROGRAMS: ReadonlyMap<string, readonly [Program, Program]> = new Map([
  ...[...new Set([SHORT_FLAGS, USER_SIGN, VALUE_BEHIND].flatMap(Object.keys).concat(...LOGIN))].map((name) => {
    const short = own(SHORT_FLAGS, name);
    const of = (login: string): Program => ({
      apart: login + (short !== undefined && short.form !== "attached" ? short.flags : ""),
      attached: login + (short !== undefined && short.form !== "apart" ? short.flags : ""),
      user: own(USER_SIGN, name),
      behind: own(VALUE_BEHIND, name),
    });
    return [name, [of(""), of(LOGIN.has(name) ? "p" : "")]] as const;
  }),
  ["htpasswd", [HTPASSWD, HTPASSWD]],
]);

/** What holds for all arguments of a command line. */
interface Context {
  readonly program: Program;
  /** `NAME=VALUE` is a secret, whatever its name. */
  readonly secrets: boolean;
  /** Index of the argument behind which `NAME VALUE` is a setting; far behind all where there is none. */
  readonly settings: number;
}

const contextOf = (argv: readonly string[]): Context => {
  let found: readonly [Program, Program] | undefined;
  let [login, secret, set, secrets, settings] = [false, false, false, false, Infinity];
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i] ?? "";
    // `sudo sshpass -p …`, `env … docker login`: the first argument that names a program of the tables decides.
    if (i < 12) found ??= PROGRAMS.get(baseName(arg));
    if (arg.length > 10) continue;
    login ||= arg === "login";
    secret ||= arg === "secret";
    set ||= arg === "set";
    secrets ||= SECRET_COMMAND.has(arg);
    if (settings === Infinity && SETTING.has(arg)) settings = i;
  }
  const program = secret && set ? SECRET_SET : (found?.[login ? 1 : 0] ?? NO_PROGRAM);
  return { program, secrets, settings };
};

/** The value of an argument that follows the flag `flag`, masked, or undefined where the flag says nothing. */
const redactAfterFlag = (flag: string, value: string, program: Program): string | undefined => {
  const isFlag = /^(?:--[A-Za-z]|-[A-Za-z]$)/.test(value);
  const short = flag.length === 2 && program.apart.includes(flag.charAt(1));
  if (program === SECRET_SET && flag === "--body") return MASK;
  if (!isFlag && (short || (flag.length > 2 && isSecretName(flag)))) return MASK;
  if (program.user !== undefined && /^-(?:[A-Za-z]*[uU]|-(?:[a-z]+-)?user)$/.test(flag)) {
    return maskAfter(value, program.user);
  }
  if (flag === "-H" || flag === "--header" || flag === "--proxy-header") {
    const at = value.indexOf(":");
    if (at > 0 && isSecretName(value.slice(0, at))) return `${value.slice(0, at)}: ${MASK}`;
  }
  // Cookies; without a sign it is the name of a file of them.
  if (flag === "-b" && program.user === ":" && value.includes("=")) return MASK;
  return undefined;
};

/** Whether the words before argument `i`, which are no flags, say that it is a secret. */
const isBehindName = (argv: readonly string[], i: number, { program, settings }: Context): boolean => {
  const [arg, before, first] = [argv[i] ?? "", argv[i - 1] ?? "", argv[i - 2] ?? ""];
  if (arg.startsWith("-")) return false;
  if (before === program.behind) return true;
  // As in a netrc: `login NAME password PASSWORD`.
  if (before === "password" && argv[i - 3] === "login") return true;
  if (before === "=") return isSecretName(first);
  if (before.endsWith(":")) return isSecretName(before.slice(0, -1));
  if (before.length <= 9 && SCHEME.test(before) && (first.endsWith(":") || !/^(?:basic|token)$/i.test(before))) {
    return true;
  }
  return i - 1 > settings && before.length <= 200 && !before.includes("=") && isSecretName(before);
};

/** Masks argument `i` (not the program itself), whose neighbours are still as they were. */
const redactOne = (argv: readonly string[], i: number, context: Context): string => {
  const { program } = context;
  const arg = argv[i] ?? "";
  const before = i > 1 ? (argv[i - 1] ?? "") : "";
  // `npm config set //registry.example/:_authToken VALUE`
  if (before.startsWith("//") && isSecretName(before.slice(before.lastIndexOf(":") + 1))) return MASK;
  if (before.startsWith("-") && !before.includes("=")) {
    const value = redactAfterFlag(before, arg, program);
    if (value !== undefined) return value;
  } else if (before !== "" && isBehindName(argv, i, context)) return MASK;
  if (arg.length > 2 && arg.startsWith("-") && !arg.startsWith("--")) {
    const flag = arg.charAt(1);
    if (program.attached.includes(flag)) return `-${flag}${MASK}`;
    if (program.user !== undefined && (flag === "u" || flag === "U")) return maskAfter(arg, program.user);
  }
  const assignment = CODE_FLAG.test(before) ? null : ASSIGNMENT.exec(arg);
  if (assignment !== null) {
    const [, name = "", value = ""] = assignment;
    if (context.secrets || isSecretName(name)) return `${name}=${MASK}`;
    if (program.user !== undefined && name.endsWith("user")) return `${name}=${maskAfter(value, program.user)}`;
  }
  if (program === HTPASSWD && i === argv.length - 1 && argv.some((flag) => /^-[A-Za-z]*b/.test(flag))) return MASK;
  return redactText(arg);
};

/** Masks a private key that a shell has split into words: from its first line to its last, or to the end. */
const maskSplitKey = (argv: readonly string[], masked: string[]): void => {
  const begin = argv.findIndex((arg, i) => arg.endsWith("-----BEGIN") && argv.slice(i + 1, i + 5).includes("PRIVATE"));
  if (begin < 0) return;
  const end = argv.findIndex((arg, i) => i > begin + 2 && arg.includes("-----END"));
  // The lines of the key itself may hold no blank, and so stand in one argument with its end.
  const last = end >= 0 && argv[end]?.startsWith("-----END") === true ? end - 1 : end;
  for (let i = begin + 1; i <= (end < 0 ? argv.length - 1 : last); i++) masked[i] = MASK;
};

/**
 * The command line with its secrets masked. `truncated` says that the sensor cut it: its last argument may then end
 * inside a token.
 */
export const redactArgv = (argv: readonly string[], truncated = false): string[] => {
  const context = contextOf(argv);
  const masked = argv.map((arg, i) => (i === 0 ? redactText(arg) : redactOne(argv, i, context)));
  maskSplitKey(argv, masked);
  if (truncated && masked.length > 0) masked[masked.length - 1] = redactCutText(masked.at(-1) ?? "");
  return masked;
};
