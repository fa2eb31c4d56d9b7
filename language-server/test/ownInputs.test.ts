// The inputs of our own Action as the rules know them, and as the Action itself declares them: one list, told twice.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { OWN_INPUT_TEXTS, OWN_INPUTS } from "../src/model/ownInputs.ts";

describe("the inputs of our own Action", () => {
  it("are those of collector/action.yml, with its defaults among their values", () => {
    const text = readFileSync(new URL("../../collector/action.yml", import.meta.url), "utf8");
    const { inputs } = parse(text) as { inputs: Record<string, { default?: string }> };
    assert.deepEqual(OWN_INPUTS.toSorted(), Object.keys(inputs).toSorted());
    for (const [name, { default: fallback = "" }] of Object.entries(inputs)) {
      const { values } = OWN_INPUT_TEXTS[name] ?? {};
      assert.equal(values?.includes(fallback) ?? true, true, `${name}: ${fallback}`);
    }
  });
});
