// `runglass collect`: watches the whole machine, or a cgroup, until it is told to stop.
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { once } from "node:events";
import { removeEmptyLeftovers } from "../cgroup/leftovers.ts";
import { findCgroupTree } from "../cgroup/mount.ts";
import { removePins } from "../cgroup/pins.ts";
import { UserError } from "../errors.ts";
import { redactText } from "../events/redactText.ts";
import { makerName } from "../makerName.ts";
import { parseOptions, type Command } from "../options.ts";
import { findJob } from "../run/job.ts";
import { requireRoot } from "../run/root.ts";
import { say } from "../run/say.ts";
import { startSession, type SessionOptions } from "../run/session.ts";
import { Interrupted, Signals } from "../run/signals.ts";
import { checkWatchOptions, watchOptions, watchUsage } from "../run/watchOptions.ts";

const usage = `Usage: runglass collect [OPTION …]

Writes a log of what all processes of this machine do (but its own), or those below a cgroup, until SIGTERM or Ctrl-C.
Needs root.

  --cgroup PATH       only processes in this cgroup v2 directory and below it, and all that they start
  --exclude PID       not this process and what it starts; may be given several times. The log says so
  --until-told        ends when standard input says "end" in a line of its own. What else ends it (a signal, the end of
                      that input) is not meant to, and leaves closed what the egress policy contains
  --no-files          no changes of files, and no reads of secrets. The log says so
${watchUsage}
  --whole-machine     lets --egress-policy block hold for every process of this machine, this terminal too

Exit codes: 0 ended as told, 2 bad usage, 3 it could not watch to the end.`;

const LONGEST_WORD = 100;

const checkCgroup = (given: string): string => {
  const path = resolve(given);
  const { mount } = findCgroupTree();
  const inside = path === mount.path || path.startsWith(`${mount.path}/`);
  try {
    readFileSync(join(path, "cgroup.procs"));
    if (inside) return path;
  } catch {
    // Said below, together with directories of another file system.
  }
  throw new UserError(`collect: --cgroup ${given}: this is no cgroup v2 directory; they are below ${mount.path}`, 2);
};

const checkPid = (option: string, text: string): string => {
  if (/^[1-9]\d{0,6}$/.test(text)) return text;
  throw new UserError(`collect: ${option} ${text}: this is no process id`, 2);
};

type Told = "told" | "left alone";

/** Resolves at the word on standard input, or at the end of that. */
const untilTold = (): Promise<Told> =>
  new Promise((settle) => {
    let rest = "";
    process.stdin.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = (lines.pop() ?? "").slice(-LONGEST_WORD);
      if (lines.includes("end")) settle("told");
    });
    for (const event of ["end", "close", "error"]) process.stdin.once(event, () => settle("left alone"));
  });

interface Plan {
  readonly session: Omit<SessionOptions, "signal">;
  /** Only a word on standard input is meant to end the run. */
  readonly untilTold: boolean;
}

const planRun = (argv: readonly string[]): Plan => {
  const { values, positionals } = parseOptions("collect", argv, {
    cgroup: { type: "string" },
    "whole-machine": { type: "boolean" },
    "until-told": { type: "boolean" },
    exclude: { type: "string", multiple: true },
    "no-files": { type: "boolean" },
    ...watchOptions,
  });
  if (positionals.length > 0) {
    throw new UserError('collect: it takes no command: "runglass record -- COMMAND" runs and watches one', 2);
  }
  const shared = checkWatchOptions("collect", values);
  const blocks = shared.policy?.kernel !== undefined;
  if (blocks && values.cgroup === undefined && values["whole-machine"] !== true) {
    const remedy = "name a --cgroup, or say --whole-machine where that is meant";
    throw new UserError(`collect: --egress-policy block: it holds for the whole machine then: ${remedy}`, 2);
  }
  const cgroup = values.cgroup === undefined ? undefined : checkCgroup(values.cgroup);
  const excluded = (values.exclude ?? []).map((pid) => checkPid("--exclude", pid));
  const unwatched = [String(process.pid), ...excluded].flatMap((pid) => ["--exclude", pid]);
  const session = {
    noFiles: values["no-files"] === true,
    excluded,
    environment: findJob(process.env, cgroup === undefined).environment,
    title: cgroup === undefined ? hostname() : redactText(cgroup),
    sensorArgs: [...(cgroup === undefined ? ["--all"] : ["--cgroup", cgroup]), ...unwatched],
    ...shared,
  };
  return { session, untilTold: values["until-told"] === true };
};

/** What was enforced to the end is so no longer; what was tampered with stays closed. */
const open = (disarmed: boolean): void => {
  if (!disarmed) removePins(makerName());
  else say('what the egress policy contains stays without a network: "runglass doctor --clean" opens it again');
};

const run = async (argv: readonly string[]): Promise<number> => {
  const { session: plan, untilTold: awaitsWord } = planRun(argv);
  requireRoot("collect", "nothing is watched");
  removeEmptyLeftovers();
  const signals = new Signals();
  const contains = plan.policy?.kernel !== undefined;
  try {
    const session = await startSession({ ...plan, signal: signals.interrupted });
    say("watching");
    const told = signals.interrupted.aborted ? Promise.resolve() : once(signals.interrupted, "abort");
    let disarmed = awaitsWord;
    const word = awaitsWord ? [untilTold().then((how) => void (disarmed = how !== "told"))] : [];
    void session.disarmed.then(() => (disarmed = true));
    const ends = [told.then(() => undefined), session.sensorEnded, session.disarmed, ...word];
    const problem = await Promise.race(ends);
    if (problem !== undefined) say(problem);
    signals.ending();
    const outcome = await session.finish(signals.hurry);
    if (session.enforces) open(disarmed);
    return outcome;
  } catch (error) {
    if (contains) removePins(makerName());
    if (error instanceof Interrupted) return 0;
    throw error;
  } finally {
    signals.release();
  }
};

export const collect: Command = {
  name: "collect",
  summary: "watches this machine until it is told to stop",
  usage,
  run,
};
