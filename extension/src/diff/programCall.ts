// What a command line really runs, behind the programs that only start others.
import { posix } from "node:path";

export interface ProgramCall {
  /** Name of the program, without directory and version: `python`, `npm`, `pytest`. */
  readonly program: string;
  readonly args: readonly string[];
  /** The script that an interpreter was given, and the module of `python -m`. */
  readonly script?: string;
  readonly module?: string;
  /** Text of `-c`, `-e`. */
  readonly text?: string;
}

/** Starts another program with the words behind its own flags; the number is how many plain words are its own. */
const WRAPPERS: Readonly<Record<string, number>> = {
  sudo: 0,
  env: 0,
  time: 0,
  nice: 0,
  nohup: 0,
  stdbuf: 0,
  setsid: 0,
  xvfb: 0,
  timeout: 1,
  npx: 0,
  bunx: 0,
  command: 0,
  exec: 0,
};
/** The same by its first word. */
const SUBWRAPPERS: Readonly<Record<string, readonly string[]>> = {
  uv: ["run"],
  poetry: ["run"],
  pipenv: ["run"],
  pdm: ["run"],
  hatch: ["run"],
  bundle: ["exec"],
  pnpm: ["dlx", "exec"],
  yarn: ["dlx", "exec"],
};
/** Flags of interpreters and wrappers that have a value behind them. */
const VALUED = new Set([
  "-r",
  "--require",
  "--import",
  "--loader",
  "-W",
  "-X",
  "-u",
  "-n",
  "-k",
  "-s",
  "-p",
  "--package",
  "-o",
  "-C",
]);

const INTERPRETERS = /^(?:python|node|nodejs|ruby|perl|php|bash|sh|dash|zsh|ksh|tsx|ts-node|bun|deno|Rscript|lua)$/;
/** Programs that are themselves scripts of an interpreter: the script's name is what runs. */
const TOOL_SCRIPTS =
  /^(?:pip|pipx|pytest|py\.test|npm|npx|yarn|pnpm|corepack|bundle|bundler|gem|rake|vitest|jest|mocha|webpack|tsc|eslint|prettier|poetry|uv|pdm|hatch|tox|nox|composer)$/;

/** `python3.12` → `python`; `npm-cli.js` → `npm`. */
const programName = (word: string): string =>
  posix
    .basename(word)
    .replace(/-cli\.[cm]?js$|\.[cm]?js$|\.exe$/, "")
    .replace(/^(python|pip|ruby|node|php|perl|lua)[\d.]+$/, "$1")
    .replace(/^xvfb-run$/, "xvfb");

const isFlag = (word: string): boolean => word.startsWith("-") && word.length > 1;

/** Index of the first word from `at` that is neither a flag, a flag's value, nor `NAME=value`. */
const skipFlags = (words: readonly string[], at: number): number => {
  let i = at;
  while (i < words.length) {
    const word = words[i] ?? "";
    if (word === "--") return i + 1;
    if (isFlag(word)) i += VALUED.has(word) ? 2 : 1;
    else if (/^[A-Za-z_]\w*=/.test(word)) i += 1;
    else break;
  }
  return i;
};

const interpret = (program: string, args: readonly string[]): ProgramCall => {
  for (let i = 0; i < args.length; i += 1) {
    const word = args[i] ?? "";
    if (program === "python" && word === "-m") return named(args[i + 1] ?? "", args.slice(i + 2), true);
    if (/^-\w*[ce]$|^--eval$|^--print$/.test(word) && !/^-(?:W|X)/.test(word)) {
      return { program, args, text: args[i + 1] ?? "" };
    }
    if (isFlag(word)) i += VALUED.has(word) ? 1 : 0;
    else if ((program === "bun" || program === "deno") && /^(?:run|test)$/.test(word)) continue;
    else return named(word, args.slice(i + 1), false, program);
  }
  return { program, args };
};

/** A script, or a module of `python -m`: a tool of that name, or a file. */
const named = (word: string, args: readonly string[], isModule: boolean, program = "python"): ProgramCall => {
  const name = programName(word);
  const isTool = isModule ? TOOL_SCRIPTS.test(word) : TOOL_SCRIPTS.test(name) || word.includes("/node_modules/");
  if (isTool) return { program: name, args };
  return isModule ? { program, args, module: word } : { program, args, script: word };
};

/** What `words` runs; undefined where that is nothing. */
export const programCall = (words: readonly string[]): ProgramCall | undefined => {
  let rest = words.slice(skipFlags(words, 0));
  for (let depth = 0; depth < 6; depth += 1) {
    const program = programName(rest[0] ?? "");
    if (program === "") return undefined;
    const args = rest.slice(1);
    const own = Object.hasOwn(WRAPPERS, program) ? WRAPPERS[program] : undefined;
    const sub = Object.hasOwn(SUBWRAPPERS, program) ? SUBWRAPPERS[program] : undefined;
    if (own !== undefined) rest = args.slice(skipFlags(args, 0) + own);
    else if (sub?.includes(args[0] ?? "") === true) rest = args.slice(skipFlags(args, 1));
    else if (INTERPRETERS.test(program)) {
      const call = interpret(program, args);
      // A tool that is a script of an interpreter may start others itself.
      if (
        call.script === undefined &&
        call.module === undefined &&
        call.text === undefined &&
        call.program !== program
      ) {
        rest = [call.program, ...call.args];
        if (!Object.hasOwn(WRAPPERS, call.program) && !Object.hasOwn(SUBWRAPPERS, call.program)) return call;
        if (
          Object.hasOwn(SUBWRAPPERS, call.program) &&
          SUBWRAPPERS[call.program]?.includes(call.args[0] ?? "") !== true
        )
          return call;
      } else return call;
    } else return { program, args };
  }
  return undefined;
};

/** The value of a flag: of `--name value`, `--name=value` or `-nvalue`. */
export const flagValue = (args: readonly string[], ...names: readonly string[]): string | undefined => {
  for (const [i, word] of args.entries()) {
    for (const name of names) {
      if (word === name) return args[i + 1];
      if (word.startsWith(`${name}=`)) return word.slice(name.length + 1);
    }
  }
  return undefined;
};

/** Words that are no flags. */
export const plainWords = (args: readonly string[]): string[] => args.filter((word) => !isFlag(word));
