// Masks secrets in a command line, where the place of an argument says more than its text: the value after
// `--password`, the password in `curl -u name:password`, `sshpass -p …`.
import { MASK, redactCutText, redactText } from "./redactText.ts";
import { isSecretName } from "./secretNames.ts";

/** A short flag whose value is a secret; `-pVALUE` and `-p VALUE` may mean different things. */
interface ShortFlag {
  readonly flags: string;
  readonly form?: "attached" | "apart";
}
const SHORT_FLAGS: Readonly<Record<string, ShortFlag>> = {
  sshpass: { flags: "p" },
  mysql: { flags: "p", form: "attached" },
  mysqldump: { flags: "p", form: "attached" },
  mysqladmin: { flags: "p", form: "attached" },
  mariadb: { flags: "p", form: "attached" },
  "mariadb-dump": { flags: "p", form: "attached" },
  "redis-cli": { flags: "a" },
  zip: { flags: "P" },
  unzip: { flags: "P" },
  "7z": { flags: "p", form: "attached" },
  "7za": { flags: "p", form: "attached" },
  ldapsearch: { flags: "w" },
  ldapadd: { flags: "w" },
  ldapmodify: { flags: "w" },
  mosquitto_pub: { flags: "P" },
  mosquitto_sub: { flags: "P" },
  twine: { flags: "p" },
  openssl: { flags: "kK", form: "apart" },
};
/** With `login` among the arguments, `-p` is the password. */
const LOGIN = new Set([
  "docker",
  "podman",
  "nerdctl",
  "buildah",
  "skopeo",
  "helm",
  "oras",
  "az",
  "oc",
  "cf",
  "ibmcloud",
]);
/** `-u` takes `name:password` (elsewhere it is a user and a group). */
const USER_COLON = new Set(["curl", "http", "https", "xh", "lftp", "aria2c", "svn", "gh", "jf", "jfrog"]);
const USER_PERCENT = new Set(["smbclient", "rpcclient", "net"]);

/** An argument of one secret: `--token=…`, `DB_PASSWORD=…` (as of `env`): all after the sign is the value. */
const ASSIGNMENT = /^(-{0,2}[\w.-]{1,200})=([\s\S]+)$/;
const CODE_FLAG = /^-(?:[a-z]*c|-command)$/;

const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

const maskAfter = (value: string, sign: string): string => {
  const at = value.indexOf(sign);
  return at < 0 ? redactText(value) : value.slice(0, at + 1) + MASK;
};

/** The short secret flags of a command line, joined: what its program has and, for `docker login` and its like, `p`. */
interface Program {
  readonly apart: string;
  readonly attached: string;
  readonly user: ":" | "%" | undefined;
}

const NO_PROGRAM: Program = { apart: "", attached: "", user: undefined };
/** `gh secret set NAME --body VALUE`, `-b VALUE`, `-bVALUE`. */
const SECRET_SET: Program = { apart: "b", attached: "b", user: undefined };

/** By name; the second of the pair holds when `login` is among the arguments. */
const PROGRAMS: ReadonlyMap<string, readonly [Program, Program]> = new Map(
  [...new Set([...Object.keys(SHORT_FLAGS), ...LOGIN, ...USER_COLON, ...USER_PERCENT])].map((name) => {
    const short = Object.hasOwn(SHORT_FLAGS, name) ? SHORT_FLAGS[name] : undefined;
    const of = (login: string): Program => ({
      apart: login + (short !== undefined && short.form !== "attached" ? short.flags : ""),
      attached: login + (short !== undefined && short.form !== "apart" ? short.flags : ""),
      user: USER_COLON.has(name) ? ":" : USER_PERCENT.has(name) ? "%" : undefined,
    });
    return [name, [of(""), of(LOGIN.has(name) ? "p" : "")]];
  }),
);

const programOf = (argv: readonly string[]): Program => {
  // `sudo sshpass -p …`, `env … docker login`: the first argument that names a program of the tables decides.
  for (let i = 0; i < argv.length && i < 12; i++) {
    const found = PROGRAMS.get(baseName(argv[i] ?? ""));
    if (found !== undefined) return argv.includes("login") ? found[1] : found[0];
  }
  return NO_PROGRAM;
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
  return undefined;
};

/** Masks argument `i` (not the program itself), whose neighbours are still as they were. */
const redactOne = (argv: readonly string[], i: number, program: Program): string => {
  const arg = argv[i] ?? "";
  const before = i > 1 ? (argv[i - 1] ?? "") : "";
  // `npm config set //registry.example/:_authToken VALUE`
  if (before.startsWith("//") && isSecretName(before.slice(before.lastIndexOf(":") + 1))) return MASK;
  if (before.startsWith("-") && !before.includes("=")) {
    const value = redactAfterFlag(before, arg, program);
    if (value !== undefined) return value;
  }
  if (arg.length > 2 && arg.startsWith("-") && !arg.startsWith("--")) {
    const flag = arg.charAt(1);
    if (program.attached.includes(flag)) return `-${flag}${MASK}`;
    if (program.user !== undefined && (flag === "u" || flag === "U")) return maskAfter(arg, program.user);
  }
  const assignment = CODE_FLAG.test(before) ? null : ASSIGNMENT.exec(arg);
  if (assignment !== null) {
    const [, name = "", value = ""] = assignment;
    if (isSecretName(name) || (program === SECRET_SET && name === "--body")) return `${name}=${MASK}`;
    if (program.user !== undefined && name.endsWith("user")) return `${name}=${maskAfter(value, program.user)}`;
  }
  return redactText(arg);
};

/**
 * The command line with its secrets masked. `truncated` says that the sensor cut it: its last argument may then end
 * inside a token.
 */
export const redactArgv = (argv: readonly string[], truncated = false): string[] => {
  const program = argv.includes("secret") && argv.includes("set") ? SECRET_SET : programOf(argv);
  const masked = argv.map((arg, i) => (i === 0 ? redactText(arg) : redactOne(argv, i, program)));
  if (truncated && masked.length > 0) masked[masked.length - 1] = redactCutText(masked.at(-1) ?? "");
  return masked;
};
