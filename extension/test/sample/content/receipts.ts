import { readFileSync } from "node:fs";
import { join } from "node:path";

const SCALE = 5;
const MARGIN = 12;
const ROWS = 7;

/** What is printed on the sample receipts. */
export const RECEIPTS: Readonly<Record<string, readonly string[]>> = {
  "receipt-1": ["12.50", "7.25", "19.75"],
  "receipt-2": ["3.99", "14.06", "8.80", "26.85"],
  "receipt-3": ["640.00", "51.20", "691.20"],
};

/** A small generator of repeatable noise (a linear congruential one), 0 ≤ x < 1. */
const noise = (seed: number) => (): number => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
};

const glyphs = (): Record<string, string[]> =>
  JSON.parse(readFileSync(join(import.meta.dirname, "wheels/octo_glyphs/glyphs.json"), "utf8")) as Record<
    string,
    string[]
  >;

/**
 * Prints lines of digits on a graymap (binary PGM): faint grey ink on grey paper, both noisy, as from a bad scanner; so a
 * program that expects black on white reads nothing.
 */
export const printReceipt = (lines: readonly string[], seed: number): Buffer => {
  const font = glyphs();
  const columns = Math.max(
    ...lines.map((line) => [...line].reduce((sum, char) => sum + (font[char]?.[0]?.length ?? 0) + 1, 0)),
  );
  const width = columns * SCALE + 2 * MARGIN;
  const height = lines.length * (ROWS + 3) * SCALE + 2 * MARGIN;
  const random = noise(seed);
  const pixels = Buffer.alloc(width * height);
  for (let i = 0; i < pixels.length; i++) pixels[i] = 185 + Math.floor(random() * 30);
  lines.forEach((line, index) => {
    let left = MARGIN;
    const top = MARGIN + index * (ROWS + 3) * SCALE;
    for (const char of line) {
      const rows = font[char] ?? [];
      for (let y = 0; y < ROWS * SCALE; y++) {
        const row = rows[Math.floor(y / SCALE)] ?? "";
        for (let x = 0; x < row.length * SCALE; x++) {
          if (row[Math.floor(x / SCALE)] === "#")
            pixels[(top + y) * width + left + x] = 118 + Math.floor(random() * 24);
        }
      }
      left += ((rows[0]?.length ?? 0) + 1) * SCALE;
    }
  });
  return Buffer.concat([Buffer.from(`P5\n# sample receipt\n${width} ${height}\n255\n`), pixels]);
};
