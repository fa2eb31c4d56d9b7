// `runglass collect`: watches the whole machine, or a cgroup, until it is told to stop.
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { once } from "node:events";
import { removeEmptyLeftovers } from "../cgroup/leftovers.ts";
import { findCgroupTree } from "../cgroup/mount.ts";
import { UserError } from "../errors.ts";
import { redactText } from "../events/redactText.ts";
import { parseListen } from "../http/listenAddress.ts";
import { parseOptions, type Command } from "../options.ts";
import { requireRoot } from "../run/root.ts";
import { say } from "../run/say.ts";
import { refusePolicy, startSession, type SessionOptions } from "../run/session.ts";
import { Interrupted, Signals } from "../run/signals.ts";

const usage = `Usage: runglass collect [OPTION …]

Writes a log of what all processes of this machine do (but its own), or those below a cgroup, until SIGTERM or Ctrl-C.
Needs root.

  --cgroup PATH       only processes in this cgroup v2 directory and below it, and all that they start
  --out FILE          the log, one JSON event a line, mode 0600; FILE must not exist or be empty.
                      Without it the log is in a new private directory under the temporary one, is kept, and its
                      path is printed
  --listen HOST:PORT  also serves the run over HTTP while it lasts (127.0.0.1:0 picks a free port)
  --token-file FILE   holds the bearer token for --listen; made with a random one where it is missing.
                      Without this option the token is in a file that is removed at the end
  --egress-policy audit|block, --allowed-endpoints LIST
                      refused: this version only records

Exit codes: 0 ended as told, 2 bad usage, 3 it could not watch to the end.`;

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

const planRun = (argv: readonly string[]): Omit<SessionOptions, "signal"> => {
  const { values, positionals } = parseOptions("collect", argv, {
    cgroup: { type: "string" },
    out: { type: "string" },
    listen: { type: "string" },
    "token-file": { type: "string" },
    "egress-policy": { type: "string" },
    "allowed-endpoints": { type: "string" },
  });
  if (positionals.length > 0) {
    throw new UserError('collect: it takes no command: "runglass record -- COMMAND" runs and watches one', 2);
  }
  const listen = values.listen === undefined ? undefined : parseListen(values.listen);
  if (listen === undefined && values["token-file"] !== undefined) {
    throw new UserError("collect: --token-file says nothing without --listen", 2);
  }
  refusePolicy("collect", values["egress-policy"], values["allowed-endpoints"]);
  const cgroup = values.cgroup === undefined ? undefined : checkCgroup(values.cgroup);
  return {
    title: cgroup === undefined ? hostname() : redactText(cgroup),
    sensorArgs: [...(cgroup === undefined ? ["--all"] : ["--cgroup", cgroup]), "--exclude", String(process.pid)],
    out: values.out,
    listen,
    tokenFile: values["token-file"],
  };
};

const run = async (argv: readonly string[]): Promise<number> => {
  const plan = planRun(argv);
  requireRoot("collect", "nothing is watched");
  removeEmptyLeftovers();
  const signals = new Signals();
  try {
    const session = await startSession({ ...plan, signal: signals.interrupted });
    say("watching");
    const told = signals.interrupted.aborted ? Promise.resolve() : once(signals.interrupted, "abort");
    const problem = await Promise.race([told.then(() => undefined), session.sensorEnded]);
    if (problem !== undefined) say(problem);
    signals.ending();
    return await session.finish(signals.hurry);
  } catch (error) {
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
