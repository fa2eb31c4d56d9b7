// The command line: a table of commands.
import { standardOutput } from "./commands/standardOutput.ts";
import { collect } from "./commands/collect.ts";
import { lint } from "./commands/lint.ts";
import { doctor } from "./commands/doctor.ts";
import { exportRun } from "./commands/exportRun.ts";
import { policy } from "./commands/policy.ts";
import { record } from "./commands/record.ts";
import { serve } from "./commands/serve.ts";
import { summary } from "./commands/summary.ts";
import { messageOf, UserError } from "./errors.ts";
import { nearestName } from "../policy/nearestName.ts";
import { type Command } from "./options.ts";
import { verify } from "./commands/verify.ts";
import { say } from "./run/say.ts";
import { VERSION } from "./version.ts";

const commands: readonly Command[] = [record, collect, serve, summary, exportRun, verify, policy, lint, doctor];

const usage = `Usage: runglass COMMAND [OPTION …]

Shows what an AI coding agent does on its CI runner.

${commands.map((command) => `  ${command.name.padEnd(9)} ${command.summary}`).join("\n")}

"runglass COMMAND --help" tells more. Exit codes: 0 fine, 1 the check found something, 2 bad usage or bad input,
3 the collector could not do what was asked.`;

const asksForHelp = (argv: readonly string[]): boolean => {
  const end = argv.indexOf("--");
  return argv.slice(0, end < 0 ? argv.length : end).some((arg) => arg === "--help" || arg === "-h");
};

/** Throws a `UserError` where this Node lacks what the code uses, before that shows as a defect in the middle of a run. */
const checkNode = (): void => {
  const { node } = process.versions;
  if (Number(node.split(".")[0]) >= 20) return;
  throw new UserError(
    `needs Node 20 or newer, and this is ${node}: start it with a newer one (\`npm start\` brings one)`,
    3,
  );
};

/** The command of that name. Throws a `UserError` that names the nearest one where there is none. */
const commandOf = (name: string): Command => {
  const command = commands.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  if (name.startsWith("-")) {
    throw new UserError(`unknown option "${name}": see "runglass --help"; a command's options stand behind it`, 2);
  }
  const near = nearestName(
    name,
    commands.map((candidate) => candidate.name),
  );
  const hint = near === undefined ? 'see "runglass --help"' : `did you mean "${near}"?`;
  throw new UserError(`unknown command "${name}": ${hint}`, 2);
};

/** Prints a text that was asked for. Throws a `UserError` where it cannot be written. */
const print = async (text: string): Promise<number> => {
  const output = standardOutput();
  output.write(`${text}\n`);
  await output.drained();
  return 0;
};

const help = async ({ usage: text }: Command): Promise<number> => print(typeof text === "string" ? text : await text());

const main = async ([name, ...argv]: readonly string[]): Promise<number> => {
  checkNode();
  if (name === undefined) throw new UserError('name a command: see "runglass --help"', 2);
  if (name === "--version" || name === "-V") return print(VERSION);
  if (name === "--help" || name === "-h") return print(usage);
  if (name === "help") return argv[0] === undefined ? print(usage) : help(commandOf(argv[0]));
  const command = commandOf(name);
  return asksForHelp(argv) ? help(command) : command.run(argv);
};

const fail = (error: unknown): number => {
  if (error instanceof UserError) {
    say(error.message);
    for (const detail of error.details) say(`  ${detail}`);
    return error.exitCode;
  }
  say(`internal error: ${messageOf(error)}; please report it, with the trace that RUNGLASS_DEBUG=1 shows`);
  if (process.env["RUNGLASS_DEBUG"] === "1" && error instanceof Error) process.stderr.write(`${error.stack ?? ""}\n`);
  return 3;
};

// A reader of our output that goes away early (`| head`) is no failure of ours.
process.stdout.on("error", () => undefined);
process.stderr.on("error", () => undefined);
process.on("uncaughtException", (error) => process.exit(fail(error)));
process.exit(await main(process.argv.slice(2)).catch(fail));
