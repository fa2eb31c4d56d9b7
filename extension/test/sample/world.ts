// The sample's small internet alone: world.ts up [--file FILE] [--truth FILE] [--dns-over-tcp NAME] [--owner PID] [--keep] | world.ts down FILE | world.ts clean
import { parseArgs } from "node:util";

import { describe, exitCodeOf, SampleError } from "./errors.ts";
import { checkRequirements } from "./requirements.ts";
import { startWorld, stopWorld } from "./world/startWorld.ts";
import { sweepDeadWorlds } from "./world/teardown.ts";
import { readWorld } from "./world/worldFile.ts";

const USAGE = `usage: world.ts up [--file FILE] [--truth FILE] [--dns-over-tcp NAME] [--owner PID] [--keep]
       world.ts down FILE
       world.ts clean
up     makes the network namespaces and starts the servers; prints the world file's path
       --file FILE   where to write the world file that session.ts takes (default: in the world's own directory)
       --truth FILE  where the servers write what they were asked (default: in the world's own directory)
       --dns-over-tcp NAME  let answers about NAME be too long for UDP, so that it is looked up over TCP
       --owner PID   end the world when this process ends
       --keep        leave the files behind at the end, in runglass-kept-… beside the world's own directory
down   ends the world of a world file and removes everything
clean  removes what killed worlds left behind`;

const up = async (args: string[]): Promise<void> => {
  const { values } = parseArgs({
    args,
    options: {
      file: { type: "string" },
      truth: { type: "string" },
      "dns-over-tcp": { type: "string" },
      owner: { type: "string" },
      keep: { type: "boolean", default: false },
    },
  });
  const owner = values.owner === undefined ? undefined : Number(values.owner);
  if (owner !== undefined && !(Number.isInteger(owner) && owner > 0))
    throw new SampleError(`--owner takes a pid, not "${values.owner}"`, 2);
  checkRequirements();
  const world = await startWorld({
    attached: false,
    keep: values.keep,
    ...(owner === undefined ? {} : { owner }),
    ...(values.file === undefined ? {} : { file: values.file }),
    ...(values.truth === undefined ? {} : { truth: values.truth }),
    ...(values["dns-over-tcp"] === undefined ? {} : { dnsOverTcp: values["dns-over-tcp"] }),
  });
  process.stdout.write(`${values.file ?? `${world.dir}/world.json`}\n`);
};

const main = async ([command, ...args]: string[]): Promise<void> => {
  if (command === "up") await up(args);
  else if (command === "down" && args[0] !== undefined) await stopWorld(readWorld(args[0]));
  else if (command === "clean") await sweepDeadWorlds();
  else throw new SampleError(USAGE, 2);
};

try {
  await main(process.argv.slice(2));
} catch (error) {
  const usage = error instanceof TypeError && "code" in error;
  process.stderr.write(`${usage ? error.message : describe(error)}\n`);
  process.exitCode = usage ? 2 : exitCodeOf(error);
}
