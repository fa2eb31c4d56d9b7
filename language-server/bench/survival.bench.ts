// How many policies are still found, with the same entries at the same places, after one edit somewhere else in the file; beside
// it, in the same run, how many the yaml package alone still has.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { byTheParserAlone, measureSurvival, SUBJECTS } from "../test/survival.ts";

const EACH = 12;
const SEED = 1;
const TARGET = 0.95;

const percent = (found: number, tried: number): number => Math.round((1000 * found) / tried) / 10;

const alone = measureSurvival(EACH, SEED, byTheParserAlone);
const rows = measureSurvival(EACH, SEED).map(({ kind, tried, found }, at) => ({
  edit: kind,
  tried,
  "found, %": percent(found, tried),
  "the parser alone, %": percent(alone[at]?.found ?? 0, tried),
  isEnough: found >= tried * TARGET,
}));
console.log(`${SUBJECTS.length} files, ${EACH} edits of each kind in each`);
console.table(rows);
const root = fileURLToPath(new URL("../..", import.meta.url));
await mkdir(join(root, "dist/bench"), { recursive: true });
await writeFile(join(root, "dist/bench/survival.json"), `${JSON.stringify({ target: TARGET, rows }, undefined, 2)}\n`);
process.exitCode = rows.every(({ isEnough }) => isEnough) ? 0 : 1;
