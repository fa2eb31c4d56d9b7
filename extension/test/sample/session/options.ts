import { type ParseArgsConfig, parseArgs } from "node:util";

import { SampleError } from "../errors.ts";

/** The options of playing, shared by main.ts and session.ts. */
export const PLAY_OPTIONS = {
  pace: { type: "string" },
  fast: { type: "boolean", default: false },
  repeat: { type: "string", default: "1" },
} as const satisfies ParseArgsConfig["options"];

/** At this pace one can watch the session, which then takes a bit more than a minute. */
const DEFAULT_PACE_SECONDS = 4;

/** parseArgs, with its complaints as SampleErrors of exit code 2. */
export const parseOptions = <T extends NonNullable<ParseArgsConfig["options"]>>(
  args: string[],
  options: T,
  usage: string,
): ReturnType<typeof parseArgs<{ args: string[]; options: T }>>["values"] => {
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new SampleError(`${(error as Error).message}\n${usage}`, 2);
  }
};

/** Pace in milliseconds and number of rounds out of the options' text. */
export const playOptionsOf = (values: {
  pace?: string | undefined;
  fast: boolean;
  repeat: string;
}): { paceMs: number; repeat: number } => {
  const pace = values.pace === undefined ? DEFAULT_PACE_SECONDS : Number(values.pace);
  if (!(pace >= 0 && pace <= 600)) throw new SampleError(`--pace takes seconds from 0 to 600, not "${values.pace}"`, 2);
  if (values.fast && values.pace !== undefined) throw new SampleError("--fast and --pace exclude each other", 2);
  const repeat = Number(values.repeat);
  if (!(Number.isInteger(repeat) && repeat >= 1))
    throw new SampleError(`--repeat takes a number from 1, not "${values.repeat}"`, 2);
  return { paceMs: values.fast ? 0 : pace * 1000, repeat };
};
