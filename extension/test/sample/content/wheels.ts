import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import type { PackedFile } from "./tar.ts";
import { zip } from "./zip.ts";

/** A built wheel: its project's normalized name, its file name, its bytes and their hex SHA-256. */
export interface Wheel {
  readonly project: string;
  readonly file: string;
  readonly data: Buffer;
  readonly sha256: string;
}

const VERSION = "2.1.0";
const SOURCES = join(import.meta.dirname, "wheels");

const recordLine = (file: PackedFile): string =>
  `${file.path},sha256=${createHash("sha256").update(file.data).digest("base64url")},${file.data.length}`;

const buildWheel = (module: string): Wheel => {
  const project = module.replaceAll("_", "-");
  const info = `${module}-${VERSION}.dist-info`;
  const metadata = `Metadata-Version: 2.1\nName: ${project}\nVersion: ${VERSION}\nSummary: Sample package\nRequires-Python: >=3.9\n`;
  const tags = "Wheel-Version: 1.0\nGenerator: sample\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
  const sources = readdirSync(join(SOURCES, module)).filter((name) => name.endsWith(".py") || name.endsWith(".json"));
  const files: PackedFile[] = [
    ...sources.map((name) => ({ path: `${module}/${name}`, data: readFileSync(join(SOURCES, module, name)) })),
    { path: `${info}/METADATA`, data: Buffer.from(metadata) },
    { path: `${info}/WHEEL`, data: Buffer.from(tags) },
  ];
  const record = `${files.map(recordLine).join("\n")}\n${info}/RECORD,,\n`;
  const data = zip([...files, { path: `${info}/RECORD`, data: Buffer.from(record) }]);
  return {
    project,
    file: `${module}-${VERSION}-py3-none-any.whl`,
    data,
    sha256: createHash("sha256").update(data).digest("hex"),
  };
};

/** Builds the two wheels that the story's pip installs. */
export const makeWheels = (): Wheel[] => ["octo_pgm", "octo_glyphs"].map(buildWheel);
