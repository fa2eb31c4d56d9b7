// Code of the sensor that frames bytes of a connection, compiled as an ordinary program under the compiler's checks.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Segment {
  readonly incoming: boolean;
  readonly bytes: Buffer;
}

/** What it prints for these segments: the words of each line. */
type TellSegments = (segments: readonly Segment[]) => string[][];

/** Compiles a file in `workloads/` for the tests of the `describe` that this is called in. */
export const useFramingProgram = (source: string): TellSegments => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "runglass-framing-"));
    const flags = ["-O1", "-g", "-Wall", "-Werror", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
    const path = join(import.meta.dirname, "workloads", source);
    execFileSync("cc", [...flags, "-o", join(folder, "framing"), path], { stdio: "pipe" });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  return (segments) => {
    const input = segments.flatMap(({ incoming, bytes }) => {
      const head = Buffer.alloc(5);
      head[0] = incoming ? 1 : 0;
      head.writeUInt32LE(bytes.length, 1);
      return [head, bytes];
    });
    const ran = spawnSync(join(folder, "framing"), { input: Buffer.concat(input), encoding: "latin1" });
    assert.equal(ran.status, 0, ran.stderr);
    return ran.stdout
      .split("\n")
      .slice(0, -1)
      .map((line) => line.split(" "));
  };
};

/** Cuts what goes one way at the given shares of its length. */
export const segmentsOf = (incoming: boolean, bytes: Buffer, shares: readonly number[]): Segment[] => {
  const ends = [...shares.map((share) => Math.floor(share * bytes.length)), bytes.length].toSorted((a, b) => a - b);
  return ends
    .map((end, i) => ({ incoming, bytes: bytes.subarray(i === 0 ? 0 : ends[i - 1], end) }))
    .filter((segment) => segment.bytes.length > 0);
};
