import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";

import { tar } from "./tar.ts";

/** One published version of an npm package. */
export interface NpmPackage {
  readonly name: string;
  readonly manifest: Record<string, unknown>;
  readonly tarball: Buffer;
  /** Hex SHA-1, which the registry also has in the tarball's address. */
  readonly shasum: string;
  readonly integrity: string;
}

const SCOPE = "@octo-org";
const VERSION = "1.4.2";

/** Source and dependencies of the ten packages; small, but used for real by the repository's report script. */
const SOURCES: Readonly<Record<string, { readonly needs?: readonly string[]; readonly source: string }>> = {
  "assert-number": {
    source: `export const assertNumber = (value) => {\n  if (!Number.isFinite(value)) throw new TypeError("not a number: " + value);\n  return value;\n};\n`,
  },
  round: {
    needs: ["assert-number"],
    source: `import { assertNumber } from "@octo-org/assert-number";\nexport const round = (value, digits = 2) => Number(assertNumber(value).toFixed(digits));\n`,
  },
  sum: {
    needs: ["assert-number"],
    source: `import { assertNumber } from "@octo-org/assert-number";\nexport const sum = (values) => values.reduce((total, value) => total + assertNumber(value), 0);\n`,
  },
  pad: { source: `export const pad = (text, width) => String(text).padStart(width);\n` },
  money: {
    needs: ["round"],
    source: `import { round } from "@octo-org/round";\nexport const money = (value) => round(value).toFixed(2);\n`,
  },
  table: {
    needs: ["pad"],
    source: `import { pad } from "@octo-org/pad";\nexport const table = (rows) => rows.map((row) => row.map((cell) => pad(cell, 12)).join(" ")).join("\\n");\n`,
  },
  "html-escape": {
    source: `const NAMES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };\nexport const escapeHtml = (text) => text.replace(/[&<>"]/g, (one) => NAMES[one]);\n`,
  },
  slug: { source: `export const slug = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, "-");\n` },
  "date-only": { source: `export const dateOnly = (date) => date.toISOString().slice(0, 10);\n` },
  "read-json": {
    source: `import { readFile } from "node:fs/promises";\nexport const readJson = async (path) => JSON.parse(await readFile(path, "utf8"));\n`,
  },
};

/** What the repository itself depends on; npm finds the other packages through these. */
export const DIRECT_DEPENDENCIES: readonly string[] = [
  "money",
  "sum",
  "table",
  "html-escape",
  "slug",
  "date-only",
  "read-json",
];

const versions = (names: readonly string[] = []): Record<string, string> =>
  Object.fromEntries(names.map((name) => [`${SCOPE}/${name}`, `^${VERSION}`]));

/** The dependencies that the repository's package.json names. */
export const repositoryDependencies = (): Record<string, string> => versions(DIRECT_DEPENDENCIES);

/** Packs the ten packages. */
export const makeNpmPackages = (): NpmPackage[] =>
  Object.entries(SOURCES).map(([short, { needs, source }]) => {
    const name = `${SCOPE}/${short}`;
    const manifest = {
      name,
      version: VERSION,
      description: `Sample package ${short}`,
      license: "MIT",
      type: "module",
      exports: "./index.js",
      dependencies: versions(needs),
    };
    const files = [
      { path: "package/package.json", data: Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`) },
      { path: "package/index.js", data: Buffer.from(source) },
      { path: "package/README.md", data: Buffer.from(`# ${name}\n`) },
    ];
    const tarball = gzipSync(tar(files));
    return {
      name,
      manifest,
      tarball,
      shasum: createHash("sha1").update(tarball).digest("hex"),
      integrity: `sha512-${createHash("sha512").update(tarball).digest("base64")}`,
    };
  });
