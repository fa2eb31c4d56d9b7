// Command-line options: `parseArgs` of Node with messages that help.
import { parseArgs, type ParseArgsConfig } from "node:util";
import { nearestName } from "../policy/nearestName.ts";
import { UserError } from "./errors.ts";

/** What each command module gives to the table in main.ts. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The whole `--help` text, without a line end after it; or where it comes from. */
  readonly usage: string | (() => Promise<string>);
  /** Runs the command with the arguments after its name; resolves with the exit code. */
  readonly run: (argv: readonly string[]) => Promise<number>;
}

type OptionTable = NonNullable<ParseArgsConfig["options"]>;
type Parsed<T extends OptionTable> = ReturnType<typeof parseArgs<{ options: T; allowPositionals: true }>>;

const hint = (wrong: string, known: readonly string[], command: string): string => {
  const near = nearestName(wrong, known);
  return near === undefined ? `see "runglass ${command} --help"` : `did you mean "--${near}"?`;
};

/**
 * Parses the arguments of `command` by `options` (as in `parseArgs`). Throws a `UserError` (exit code 2) that names
 * the nearest option for an unknown one.
 */
export const parseOptions = <const T extends OptionTable>(
  command: string,
  argv: readonly string[],
  options: T,
): Parsed<T> => {
  const known = [...Object.keys(options), "help"];
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const option = options[token.name];
    if (option === undefined) {
      const said = token.rawName.startsWith("--") ? token.rawName : `-${token.name}`;
      throw new UserError(`${command}: unknown option "${said}": ${hint(token.name, known, command)}`, 2);
    }
    if (option.type === "string" && (token.value === undefined || (!token.inlineValue && /^--?\w/.test(token.value)))) {
      throw new UserError(`${command}: option "--${token.name}" needs a value: see "runglass ${command} --help"`, 2);
    }
    if (option.type === "boolean" && token.value !== undefined) {
      throw new UserError(`${command}: option "--${token.name}" takes no value`, 2);
    }
    if (seen.has(token.name) && option.multiple !== true) {
      throw new UserError(`${command}: option "--${token.name}" is given twice: give it once`, 2);
    }
    seen.add(token.name);
  }
  return parseArgs({ args: [...argv], options, allowPositionals: true }) as Parsed<T>;
};
