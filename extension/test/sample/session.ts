// The sample's story alone, in a world that "world.ts up" made: session.ts --world FILE [--pace SECONDS | --fast] [--repeat N]
import { describe, exitCodeOf, SampleError } from "./errors.ts";
import { parseOptions, PLAY_OPTIONS, playOptionsOf } from "./session/options.ts";
import { playSession } from "./session/play.ts";
import { abortOnSignal } from "./session/untilSignal.ts";
import { readWorld } from "./world/worldFile.ts";

const USAGE = `usage: session.ts --world FILE [--pace SECONDS | --fast] [--repeat N]
  --world FILE    the world file that "world.ts up" wrote
  --pace SECONDS  how long each step and each turn of the agent lasts at least (default 4)
  --fast          as fast as the programs are
  --repeat N      play the story N times`;

const { signal, exitCode } = abortOnSignal();
// A reader of the progress that goes away is no reason to leave things behind; the session goes on unseen.
process.stdout.on("error", () => undefined);
const show = (line: string): void => void process.stdout.write(`${line}\n`);
try {
  const values = parseOptions(process.argv.slice(2), { ...PLAY_OPTIONS, world: { type: "string" } }, USAGE);
  if (values.world === undefined) throw new SampleError(USAGE, 2);
  const options = playOptionsOf(values);
  const world = readWorld(values.world);
  if (process.getuid?.() !== 0) throw new SampleError("The sample session needs root. Start it with sudo.", 3);
  await playSession(world, { ...options, signal, show });
} catch (error) {
  process.stderr.write(`${describe(error)}\n`);
  process.exitCode = exitCode() ?? exitCodeOf(error);
}
