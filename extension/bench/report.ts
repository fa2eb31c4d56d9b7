// What a benchmark says: a table for people, with the target beside each figure, and the same as JSON in dist/bench.
import { mkdir, writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { distDir } from "../scripts/setup/paths.mjs";

export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** The figure is to be at most this. */
  readonly atMost?: number;
  /** The figure is to be at least this. */
  readonly atLeast?: number;
}

const round = (value: number): number => Number(value.toPrecision(value >= 1000 ? 6 : 4));

const verdictOf = ({ value, atMost, atLeast }: Figure): string => {
  if (atMost === undefined && atLeast === undefined) return "";
  return value <= (atMost ?? Infinity) && value >= (atLeast ?? -Infinity) ? "met" : "MISSED";
};

const targetOf = ({ atMost, atLeast }: Figure): string => {
  if (atMost !== undefined) return `≤ ${atMost}`;
  return atLeast === undefined ? "" : `≥ ${atLeast}`;
};

/** Scale of the workload, to try a benchmark out: 1 is what figures are taken with. */
export const scale = Number(process.env["BENCH_SCALE"] ?? 1);

/**
 * Prints the figures and writes them, with `details`, to dist/bench/NAME.json. A figure that is no number is a broken
 * measurement: that throws.
 */
export const report = async (
  name: string,
  figures: readonly Figure[],
  details: Readonly<Record<string, unknown>> = {},
): Promise<void> => {
  const broken = figures.filter(({ value }) => !Number.isFinite(value));
  if (broken.length > 0) throw new Error(`not measured: ${broken.map(({ what }) => what).join(", ")}`);
  const rows = figures.map((figure) => ({
    what: figure.what,
    value: round(figure.value),
    unit: figure.unit,
    target: targetOf(figure),
    verdict: verdictOf(figure),
  }));
  console.table(rows);
  console.log(`Load of the machine in the last minute: ${loadavg()[0]?.toFixed(1)} on ${cpus().length} processors.`);
  await mkdir(join(distDir, "bench"), { recursive: true });
  const machine = { cores: cpus().length, load: loadavg()[0] };
  await writeFile(
    join(distDir, `bench/${name}.json`),
    `${JSON.stringify({ scale, machine, figures: rows, ...details }, undefined, 2)}\n`,
  );
};
