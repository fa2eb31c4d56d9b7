// How well a program that was started fits the text of a command. Used where several tool calls are open at a time and
// one of them must have started it: text alone proves nothing.
import { basename } from "node:path";
import { isShell, shellText } from "./shellPrograms.ts";

const LIMITS = { commands: 200, words: 64, argument: 1024, kept: 128 } as const;

/** Words before the name of a program that are not it. */
const PREFIX = /^(?:\w{1,100}=.*|sudo|env|exec|time|nohup|command|builtin|then|do|else|if|while|until|!|-.*)$/s;

interface SimpleCommand {
  readonly program: string;
  readonly words: ReadonlySet<string>;
  /** What its words may name: a program may be an argument of another. */
  readonly names: ReadonlySet<string>;
}
interface ShellText {
  /** With single spaces. */
  readonly plain: string;
  readonly commands: readonly SimpleCommand[];
  /** Of all of them. */
  readonly names: ReadonlySet<string>;
}

const plain = (text: string): string => text.trim().replace(/\s+/g, " ");

/** The simple commands of a shell text, as words without their quotes; a rough cut, no shell grammar. */
const simpleCommands = (command: string): SimpleCommand[] => {
  const parts = command.split(/[;|&\n(){}`]|\$\(/, LIMITS.commands);
  const commands: SimpleCommand[] = [];
  for (const part of parts) {
    const words = part.split(/\s+/, LIMITS.words).flatMap((word) => word.replace(/^["']+|["']+$/g, "") || []);
    while (words[0] !== undefined && PREFIX.test(words[0])) words.shift();
    const names = words.map((word) => basename(word));
    if (names[0] !== undefined) commands.push({ program: names[0], words: new Set(words), names: new Set(names) });
  }
  return commands;
};

/** Texts that were read lately: a call is asked about at each program that starts while it is open. */
const texts = new Map<string, ShellText>();
const readText = (command: string): ShellText => {
  const known = texts.get(command);
  if (known !== undefined) return known;
  const [oldest] = texts.keys();
  if (texts.size >= LIMITS.kept && oldest !== undefined) texts.delete(oldest);
  const commands = simpleCommands(command);
  const names = new Set(commands.flatMap((one) => [...one.names]));
  const read = { plain: plain(command), commands, names };
  texts.set(command, read);
  return read;
};

/** The share of words that both have. */
const likeness = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => {
  let both = 0;
  for (const word of a) if (b.has(word)) both++;
  return both === 0 ? 0 : both / (a.size + b.size - both);
};

/** Names that a program may have been called by: its own, and those of the script and the interpreter's `env`. */
const namesOf = (exe: string, argv: readonly string[]): Set<string> => {
  const names = new Set([basename(exe), basename(argv[0] ?? "")]);
  for (const word of argv.slice(1, 4)) if (word.includes("/")) names.add(basename(word.slice(0, LIMITS.argument)));
  if (names.has("env") && argv[1] !== undefined) names.add(basename(argv[1].slice(0, LIMITS.argument)));
  names.delete("");
  return names;
};

/**
 * 0: nothing speaks for it; up to 1: a shell that was given this very command. `exe` and `argv` as they came from the
 * kernel, `command` as it came from the agent.
 */
export const commandFit = (command: string, exe: string, argv: readonly string[]): number => {
  if (command === "") return 0;
  const text = readText(command);
  const given = isShell(exe) ? shellText(argv) : undefined;
  if (given !== undefined) {
    const [a, b] = [plain(given), text.plain];
    // The collector may have been given less of either than there was.
    if (b !== "" && (a.includes(b) || (a.length >= 8 && b.startsWith(a)))) return 1;
  }
  const names = namesOf(exe, argv);
  const named = [...names].filter((name) => text.names.has(name));
  if (named.length === 0) return 0;
  const words = new Set(argv.slice(0, LIMITS.words).map((word) => word.slice(0, LIMITS.argument)));
  let best = 0;
  for (const { program, words: own, names: all } of text.commands) {
    if (names.has(program)) best = Math.max(best, 0.5 + 0.4 * likeness(words, own));
    else if (named.some((name) => all.has(name))) best = Math.max(best, 0.3);
  }
  return best;
};
