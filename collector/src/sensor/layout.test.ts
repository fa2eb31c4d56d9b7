import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CAP,
  COVERAGE_STATES,
  DENIED_REASONS,
  FILE_OPS,
  FLAG,
  FRAME,
  HEADER,
  HTTP_ENDS,
  TLS_LIBRARIES,
  LOSS_RINGS,
  NO_RULE,
  RG_ABI,
  STREAM_CONTENTS,
  TYPE,
} from "./layout.ts";

const sensorFolder = join(import.meta.dirname, "../../sensor");
const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Lets the C compiler say what frame.h really lays out: one number per expression. */
const askCompiler = (expressions: readonly string[]): number[] => {
  const folder = mkdtempSync(join(tmpdir(), "runglass-layout-"));
  try {
    const source = join(folder, "layout.c");
    const program = join(folder, "layout");
    const lines = expressions.map((expression) => `printf("%lu\\n", (unsigned long)(${expression}));`);
    writeFileSync(
      source,
      `#include <stddef.h>\n#include <stdio.h>\n#include "frame.h"\nint main(void) {\n${lines.join("\n")}\nreturn 0;\n}\n`,
    );
    execFileSync("cc", ["-Wall", "-Werror", "-I", sensorFolder, "-o", program, source]);
    return execFileSync(program, { encoding: "utf8" }).trim().split("\n").map(Number);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const expected = new Map<string, number>([
  ["RG_ABI", RG_ABI],
  ["RG_ARGV_CAP", CAP.argv],
  ["RG_PATH_CAP", CAP.path],
  ["RG_DNS_CAP", CAP.dns],
  ["RG_STREAM_CAP", CAP.stream],
  ["RG_HEAD_CAP", CAP.head],
  ["RG_STEP_CAP", CAP.step],
  ["RG_NO_RULE", NO_RULE],
]);
for (const [name, value] of Object.entries(TYPE)) expected.set(`RG_${name.toUpperCase()}`, value);
for (const [name, value] of Object.entries(FLAG)) expected.set(`RG_${name.toUpperCase()}`, value);
for (const [value, name] of COVERAGE_STATES.entries()) expected.set(`RG_${name.toUpperCase()}`, value);
for (const [value, name] of LOSS_RINGS.entries()) expected.set(`RG_RING_${name.toUpperCase()}`, value);
for (const [value, name] of HTTP_ENDS.entries()) expected.set(`RG_${name.toUpperCase()}`, value);
for (const [value, name] of TLS_LIBRARIES.entries())
  expected.set(name === "none" ? "RG_CLEAR" : `RG_${name.toUpperCase()}`, value);
for (const [value, name] of STREAM_CONTENTS.entries()) expected.set(`RG_${name.toUpperCase()}`, value);
for (const [value, name] of DENIED_REASONS.entries()) expected.set(`RG_DENIED_${name.toUpperCase()}`, value);
for (const [value, name] of FILE_OPS.entries()) expected.set(`RG_${name.toUpperCase()}`, value);
for (const [field, offset] of Object.entries(HEADER)) expected.set(`offsetof(struct rg_header, ${field})`, offset);
for (const [frame, fields] of Object.entries(FRAME)) {
  for (const [field, offset] of Object.entries(fields) as [string, number][]) {
    const expression =
      field === "$size" ? `sizeof(struct rg_${frame})` : `offsetof(struct rg_${frame}, ${snake(field)})`;
    expected.set(expression, offset);
  }
}

describe("the layout of the sensor's frames", () => {
  it("is the one of frame.h, as the C compiler sees it", () => {
    const expressions = [...expected.keys()];
    const actual = askCompiler(expressions);
    assert.ok(expressions.length > 90);
    assert.deepEqual(
      Object.fromEntries(expressions.map((expression, index) => [expression, actual[index]])),
      Object.fromEntries(expected),
    );
  });

  it("mentions every struct and field of frame.h", () => {
    const header = execFileSync("cc", ["-E", "-P", join(sensorFolder, "frame.h")], { encoding: "utf8" });
    const structs = [...header.matchAll(/struct rg_(\w+) \{([^}]*)\}/g)];
    assert.ok(structs.length > 13);
    const missing = structs.flatMap(([, name = "", body = ""]) => {
      const known: Readonly<Record<string, number>> | undefined =
        name === "header" ? HEADER : FRAME[name as keyof typeof FRAME];
      if (known === undefined) return [name];
      const names = new Set(Object.keys(known).map(snake));
      const fields = [...body.matchAll(/(\w+)(?:\[\d+\])?;/g)].map((match) => match[1] ?? "");
      return fields
        .filter((field) => !/^(pad2?|h)$/.test(field) && !names.has(field))
        .map((field) => `${name}.${field}`);
    });
    assert.deepEqual(missing, []);
  });
});
