// `runglass serve FILE`: a recorded log as a run that clients can connect to.
import { basename } from "node:path";
import { messageOf, UserError } from "../errors.ts";
import { DEFAULT_LISTEN, parseListen } from "../http/listenAddress.ts";
import { startHttpServer } from "../http/server.ts";
import { tokenFor } from "../http/token.ts";
import { paceLog, type PacedLog } from "../log/pacedLog.ts";
import { openRecordedLog } from "../log/recordedLog.ts";
import { parseOptions, type Command } from "../options.ts";
import { say } from "../run/say.ts";
import { VERSION } from "../version.ts";
import { untilInterrupted } from "./untilInterrupted.ts";

const usage = `Usage: runglass serve FILE [--listen HOST:PORT] [--token-file FILE] [--speed N]

Serves a recorded run log over HTTP, as record and collect serve a live one. It goes on until Ctrl-C.

  --listen HOST:PORT  where to listen; 127.0.0.1 and a free port where absent
  --token-file FILE   holds the bearer token; made with a random one where it is missing.
                      Without this option the token is in a file that is removed at the end
  --speed N           replays the run at N times the speed at which it was recorded (1 is as it was);
                      without it the whole run is there at once`;

/** Time for clients to read on after Ctrl-C: someone is waiting at the keyboard. */
const GRACE_MS = 300;

const parseSpeed = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const speed = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (speed > 0 && Number.isFinite(speed)) return speed;
  throw new UserError(`serve: --speed ${text}: give a number above 0, as 1, 0.5 or 20`, 2);
};

/** A name that can stand in a URL path as it is. */
const runIdFor = (file: string): string =>
  basename(file)
    .replace(/\.[^.]*$/, "")
    .replace(/[^A-Za-z0-9._-]+/g, "-") || "run";

/** The id of the run, where the log has one that can stand in a URL path, which drops "." and "..". */
const runIdOf = (id: string | undefined, file: string): string =>
  id !== undefined && id !== "" && !/\p{Surrogate}|^\.{1,2}$/u.test(id) ? id : runIdFor(file);

const run = async (argv: readonly string[]): Promise<number> => {
  const { values, positionals } = parseOptions("serve", argv, {
    listen: { type: "string" },
    "token-file": { type: "string" },
    speed: { type: "string" },
  });
  const [file, ...more] = positionals;
  if (file === undefined) throw new UserError('serve: name the run log to serve: see "runglass serve --help"', 2);
  if (more.length > 0) throw new UserError("serve: one log at a time: start serve again for another one", 2);
  const listen = values.listen === undefined ? DEFAULT_LISTEN : parseListen(values.listen);
  const speed = parseSpeed(values.speed);

  const opened = await openRecordedLog(file);
  // From here on there is something to take away again at Ctrl-C.
  const interrupted = untilInterrupted();
  const source = await tokenFor(values["token-file"], say);
  let paced: PacedLog | undefined;
  try {
    paced = speed === undefined ? undefined : paceLog(opened.log, speed);
    const failure = paced?.done.then(
      () => interrupted,
      (error: unknown) => {
        throw new UserError(`serve: the replay of ${file} broke off: ${messageOf(error)}`, 3);
      },
    );
    // Looked at below, once the server is up; until then a failure must not count as one that nobody handles.
    failure?.catch(() => undefined);
    const log = paced ?? opened.log;
    const served = {
      id: runIdOf(opened.start?.run.id, file),
      title: opened.start?.run.title ?? basename(file),
      attempt: opened.start?.run.attempt,
      log,
    };
    const { token } = source;
    const server = await startHttpServer({ ...listen, token, version: VERSION, runs: () => [served], warn: say });
    if (opened.notice !== undefined) say(opened.notice);
    say(`listening on ${server.url}`);
    say(`token in ${source.path}`);
    await (failure === undefined ? interrupted : Promise.race([interrupted, failure]));
    paced?.stop();
    await server.close(GRACE_MS);
    return 0;
  } finally {
    paced?.stop();
    await source.remove();
    await opened.close();
  }
};

export const serve: Command = { name: "serve", summary: "serves a recorded run log over HTTP", usage, run };
