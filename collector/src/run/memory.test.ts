import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const module = fileURLToPath(new URL("memory.ts", import.meta.url));

/** Makes garbage, of which a part lives on for a while, and says how large the space for new objects has become. */
const churn = `
const { getHeapSpaceStatistics } = await import("node:v8");
const kept = [];
for (let i = 0; i < 3_000_000; i++) {
  kept[i % 50_000] = { i, text: "line " + i, more: [i] };
}
const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
console.log(space.space_size);
`;

const spaceAfter = (first: string): number =>
  Number(execFileSync(process.execPath, ["--input-type=module", "-e", first + churn], { encoding: "utf8" }));

describe("keepNewSpaceSmall", () => {
  it("keeps V8 from taking more and more memory for what is garbage a moment later", () => {
    const small = spaceAfter(`(await import(${JSON.stringify(module)})).keepNewSpaceSmall();`);
    // What it begins with, and pages that a busy machine's collector of garbage has not given back yet.
    assert.ok(small <= 8 << 20, `${small} bytes`);
    const large = spaceAfter("");
    assert.ok(large >= 2 * small && large >= 16 << 20, `the same work without it takes ${large} bytes`);
  });
});
