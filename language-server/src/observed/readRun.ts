import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { RunReader, type ObservedRun, type RunProblem } from "./observedRun.ts";

/** Longer lines are no events. */
const LONGEST_LINE = 4 * 1024 * 1024;
/** Further on nobody reads: a packed file can hold whatever it likes. */
const MOST_BYTES = 8 * 1024 * 1024 * 1024;
const NEWLINE = 0x0a;

/** The lines of a stream; one that is too long is left out, and so is the last one where it was cut off. */
async function* linesOf(stream: AsyncIterable<Buffer>): AsyncIterable<string> {
  let rest: Buffer[] = [];
  let length = 0;
  let total = 0;
  const line = (last: Buffer): string | undefined => {
    if (length + last.length > LONGEST_LINE) return void ([rest, length] = [[], 0]);
    const whole = rest.length === 0 ? last : Buffer.concat([...rest, last]);
    [rest, length] = [[], 0];
    return whole.toString("utf8");
  };
  for await (const chunk of stream) {
    total += chunk.length;
    if (total > MOST_BYTES) return;
    let at = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, at)) {
      const text = line(chunk.subarray(at, end));
      if (text !== undefined) yield text;
      at = end + 1;
    }
    length += chunk.length - at;
    if (length > LONGEST_LINE) rest = [];
    else if (at < chunk.length) rest.push(chunk.subarray(at));
  }
  const text = line(Buffer.alloc(0));
  if (text !== undefined) yield text;
}

const isPacked = (first: Buffer): boolean => first[0] === 0x1f && first[1] === 0x8b;

/** What a stream holds, unpacked where it is packed by gzip: its first bytes say so, as its name may say anything. */
async function* unpacked(stream: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const chunks = stream[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done === true) return;
  const all = async function* (): AsyncIterable<Buffer> {
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => chunks };
  };
  if (!isPacked(first.value)) return yield* all();
  const gunzip = createGunzip();
  Readable.from(all())
    .on("error", (error) => gunzip.destroy(error))
    .pipe(gunzip);
  yield* gunzip as AsyncIterable<Buffer>;
}

/**
 * Reads a run log, also one that is packed by gzip. Rejects where the file cannot be read; broken lines in it are passed over, and
 * what it lacks is said in the run's `problem`.
 */
export const readRun = async (path: string): Promise<ObservedRun> => {
  const bytes = createReadStream(path);
  const reader = new RunReader();
  let problem: RunProblem | undefined;
  try {
    for await (const line of linesOf(unpacked(bytes as AsyncIterable<Buffer>))) reader.line(line);
  } catch (error) {
    // What was cut off tells what is in front of that.
    if (!isCutOff(error)) throw error;
    problem = { kind: "partial", text: "it is cut off: what is in front of that was read" };
  } finally {
    bytes.destroy();
  }
  const run = reader.finish();
  return { ...run, problem: run.problem ?? problem };
};

const isCutOff = (error: unknown): boolean =>
  typeof error === "object" &&
  error !== null &&
  "code" in error &&
  ["Z_BUF_ERROR", "Z_DATA_ERROR"].includes(String(error.code));

/** Of a run that is known by two logs, the one that tells more. */
export const distinctRuns = (runs: readonly ObservedRun[]): readonly ObservedRun[] => {
  const bySeal = new Map<string, ObservedRun>();
  for (const run of runs) {
    const known = run.seal === undefined ? undefined : bySeal.get(run.seal);
    if (run.seal !== undefined && (known === undefined || known.needs.length < run.needs.length))
      bySeal.set(run.seal, run);
  }
  return [...runs.filter(({ seal }) => seal === undefined), ...bySeal.values()];
};
