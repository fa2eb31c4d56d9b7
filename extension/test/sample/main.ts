// The sample agent session: main.ts [--pace SECONDS | --fast] [--repeat N] [--keep] [--truth FILE] [--dns-over-tcp NAME]; see README.md.
//
// main.ts plays the whole thing alone. Whoever watches the session and wants to see only the agent's side, not the servers, uses the halves:
//   node extension/test/sample/world.ts up --file WORLD --owner $$      the small internet, outside of what is watched
//   runglass record … -- node extension/test/sample/session.ts --world WORLD [--pace SECONDS | --fast]
//   node extension/test/sample/world.ts down WORLD
import { describe, exitCodeOf } from "./errors.ts";
import { checkRequirements } from "./requirements.ts";
import { parseOptions, PLAY_OPTIONS, playOptionsOf } from "./session/options.ts";
import { playSession } from "./session/play.ts";
import { abortOnSignal } from "./session/untilSignal.ts";
import { keptDir } from "./world/names.ts";
import { startWorld, stopWorld } from "./world/startWorld.ts";

const USAGE = `usage: main.ts [--pace SECONDS | --fast] [--repeat N] [--keep] [--truth FILE] [--dns-over-tcp NAME]
  --pace SECONDS  how long each step and each turn of the agent lasts at least (default 4)
  --fast          as fast as the programs are
  --repeat N      play the story N times
  --keep          leave the files behind: workspace, job log, ground truth
  --truth FILE    where the servers write what they were asked, as NDJSON
  --dns-over-tcp NAME  let answers about NAME be too long for UDP, so that it is looked up over TCP`;

const { signal, exitCode } = abortOnSignal();
// A reader of the progress that goes away is no reason to leave things behind; the session goes on unseen.
process.stdout.on("error", () => undefined);
const show = (line: string): void => void process.stdout.write(`${line}\n`);
try {
  const values = parseOptions(
    process.argv.slice(2),
    {
      ...PLAY_OPTIONS,
      keep: { type: "boolean", default: false },
      truth: { type: "string" },
      "dns-over-tcp": { type: "string" },
    },
    USAGE,
  );
  const options = playOptionsOf(values);
  checkRequirements();
  const world = await startWorld({
    attached: true,
    keep: values.keep,
    ...(values.truth === undefined ? {} : { truth: values.truth }),
    ...(values["dns-over-tcp"] === undefined ? {} : { dnsOverTcp: values["dns-over-tcp"] }),
  });
  try {
    await playSession(world, { ...options, signal, show });
  } finally {
    await stopWorld(world);
    if (values.keep) show(`The files are in ${keptDir(world.dir)}`);
  }
} catch (error) {
  process.stderr.write(`${describe(error)}\n`);
  process.exitCode = exitCode() ?? exitCodeOf(error);
}
