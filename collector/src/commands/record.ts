// `runglass record -- COMMAND`: runs a command and watches it and all that it starts.
import { setTimeout as sleep } from "node:timers/promises";
import { removeEmptyLeftovers } from "../cgroup/leftovers.ts";
import { removePins } from "../cgroup/pins.ts";
import { createRunCgroup, evacuate, killAll, processesIn, removeCgroup, type RunCgroup } from "../cgroup/runCgroup.ts";
import { UserError } from "../errors.ts";
import { redactArgv } from "../events/redactArgv.ts";
import type { User } from "../events/users.ts";
import { makerName } from "../makerName.ts";
import { parseOptions, type Command } from "../options.ts";
import { checkCommand, startCommand, userFor } from "../run/command.ts";
import { findJob } from "../run/job.ts";
import { requireRoot } from "../run/root.ts";
import { say } from "../run/say.ts";
import { startSession, type Session, type SessionOptions } from "../run/session.ts";
import { Interrupted, Signals } from "../run/signals.ts";
import { checkWatchOptions, watchOptions, watchUsage } from "../run/watchOptions.ts";

const usage = `Usage: runglass record [OPTION …] -- COMMAND [ARGUMENT …]

Runs COMMAND in a cgroup of its own and writes a log of what it and all that it starts do: processes, network
connections, DNS queries, file changes. Needs root; without it COMMAND is not started. stdin, stdout and stderr are
COMMAND's; messages of Runglass go to stderr.

${watchUsage}
  --user NAME         runs COMMAND as this user

The exit code is COMMAND's (128+N where signal N ended it); 2 bad usage, COMMAND not found; 3 it could not be watched
to its end. Signals are passed on to COMMAND. The run ends when COMMAND ends: processes that it leaves behind go on
running, no longer watched, and are named on stderr.`;

/** Processes that end right behind the command (the rest of a pipeline) are still watched for so long. */
const LINGER_MS = 300;

/** A title is for a heading; the whole command line is in the first process.exec. */
const titleOf = (text: string): string => (text.length > 500 ? `${text.slice(0, 499)}…` : text);

interface Plan {
  readonly command: readonly string[];
  readonly user: User | undefined;
  readonly session: Omit<SessionOptions, "sensorArgs" | "signal">;
}

const planRun = (argv: readonly string[]): Plan => {
  const at = argv.indexOf("--");
  const { values, positionals } = parseOptions("record", at < 0 ? argv : argv.slice(0, at), {
    ...watchOptions,
    user: { type: "string" },
  });
  const [stray] = positionals;
  if (stray !== undefined) throw new UserError(`record: put "--" before the command: record -- ${stray} …`, 2);
  const command = at < 0 ? [] : argv.slice(at + 1);
  const [name] = command;
  if (name === undefined) throw new UserError('record: name the command to run behind "--": record -- npm ci', 2);
  const shared = checkWatchOptions("record", values);
  checkCommand(name, process.env["PATH"] ?? "/usr/bin:/bin");
  const title = titleOf(redactArgv(command).join(" "));
  const user = userFor(values.user);
  const hooks = shared.hooks && {
    ...shared.hooks,
    owner: (values["hook-user"] === undefined ? user : undefined) ?? shared.hooks.owner,
  };
  const { environment, step } = findJob(process.env, false);
  const onlyStep = step ?? { action: "command", name: title, number: 1 };
  return { command, user, session: { title, environment, onlyStep, ...shared, hooks } };
};

/** Runs the command to its end, whatever the sensor does meanwhile; resolves with its exit code. */
const runCommand = async (plan: Plan, cgroup: RunCgroup, session: Session, signals: Signals): Promise<number> => {
  let isRunning = true;
  void session.sensorEnded.then((problem) => {
    if (problem === undefined || session.enforces) return;
    say(isRunning ? `${problem}; the command goes on, but it is no longer watched` : problem);
  });
  const { hooks } = plan.session;
  const env = hooks === undefined ? {} : { RUNGLASS_HOOK_SOCKET: hooks.path };
  const command = startCommand(plan.command, plan.user, env, cgroup.add);
  signals.pass = command.kill;
  void session.disarmed.then((reason) => {
    say(`the egress policy is no longer enforced, so the command is ended: ${reason}`);
    killAll(cgroup.path);
    // It may have left the cgroup.
    command.kill("SIGKILL");
  });
  try {
    return await command.exitCode;
  } finally {
    isRunning = false;
    signals.ending();
  }
};

const waitForStragglers = async (cgroup: RunCgroup, hurry: AbortSignal): Promise<void> => {
  for (let waited = 0; waited < LINGER_MS && cgroup.populated() && !hurry.aborted; waited += 20) await sleep(20);
};

/** What was contained does not outlive what contains it. */
const endStragglers = async (cgroup: RunCgroup): Promise<void> => {
  const left = processesIn(cgroup.path);
  if (left.length === 0) return;
  const some = left.slice(0, 8).join(", ");
  say(`what the command left behind is ended, as nothing would hold it to the egress policy: pid ${some}`);
  killAll(cgroup.path);
  for (let tries = 0; tries < 50 && cgroup.populated(); tries++) await sleep(20);
};

const cleanUp = async (cgroup: RunCgroup, contained: boolean): Promise<void> => {
  if (contained) await endStragglers(cgroup);
  const left = evacuate(cgroup.path);
  if (left.length > 0) {
    const some = left.slice(0, 8).join(", ") + (left.length > 8 ? " …" : "");
    const [they, go] = left.length === 1 ? ["1 process", "goes"] : [`${left.length} processes`, "go"];
    say(`${they} that the command left behind ${go} on, no longer watched: pid ${some}`);
  }
  if (!removeCgroup(cgroup.path))
    say(`cannot remove the cgroup ${cgroup.path}: "runglass doctor --clean" does it later`);
  if (contained) removePins(makerName());
};

const run = async (argv: readonly string[]): Promise<number> => {
  const plan = planRun(argv);
  requireRoot("record", "the command was not started");
  removeEmptyLeftovers();
  const signals = new Signals();
  const cgroup = createRunCgroup();
  let contained = plan.session.policy?.kernel !== undefined;
  try {
    const sensorArgs = ["--cgroup", cgroup.path];
    const session = await startSession({ ...plan.session, sensorArgs, signal: signals.interrupted });
    contained = session.enforces;
    let exitCode: number;
    try {
      exitCode = await runCommand(plan, cgroup, session, signals);
      await waitForStragglers(cgroup, signals.hurry);
    } catch (error) {
      signals.ending();
      await session.finish(signals.hurry);
      throw error;
    }
    const outcome = await session.finish(signals.hurry);
    return outcome === 0 ? exitCode : outcome;
  } catch (error) {
    if (error instanceof Interrupted) return error.exitCode;
    throw error;
  } finally {
    await cleanUp(cgroup, contained);
    signals.release();
  }
};

export const record: Command = { name: "record", summary: "runs a command and records what it does", usage, run };
