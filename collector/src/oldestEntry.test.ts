import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const module = (name: string): string => JSON.stringify(fileURLToPath(new URL(name, import.meta.url)));

const FILL = {
  "never full": "",
  "full once": "for (let i = 0; i < 70; i++) map.set('f' + i, i); for (let i = 10; i < 70; i++) map.delete('f' + i);",
} as const;

/** Sets and deletes for a while, and says how much the heap has grown, in bytes. */
const churn = (name: string, fill: string): string => `
const { BoundedMap } = await import(${module(name)});
const map = new BoundedMap(64);
${fill}
global.gc();
const before = process.memoryUsage().heapUsed;
for (let i = 0; i < 500_000; i++) { map.set(i, i); map.delete(i); }
global.gc();
console.log(process.memoryUsage().heapUsed - before);
globalThis.kept = map;
`;

describe("a map that forgets its oldest entries", () => {
  for (const name of ["./events/boundedMap.ts", "../report/boundedMap.ts"]) {
    for (const [how, fill] of Object.entries(FILL)) {
      it(`keeps no memory of what was set and deleted: ${name}, ${how}`, () => {
        const args = ["--expose-gc", "--input-type=module", "-e", churn(name, fill)];
        const grown = Number(execFileSync(process.execPath, args, { encoding: "utf8" }));
        assert.ok(grown < 2 << 20, `${grown} bytes`);
      });
    }
  }
});
