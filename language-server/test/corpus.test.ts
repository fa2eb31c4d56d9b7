// The linter against workflows that people might have written: no false alarm on what is right, and what is wrong exactly where
// it is.
import assert from "node:assert/strict";
import { lintText } from "../src/lint/lintText.ts";
import { expected, place, RIGHT, WRONG } from "./corpus.ts";

describe("the corpus of workflows", () => {
  it("has a hundred and fifty files, and says of each wrong one what is wrong", () => {
    assert.ok(RIGHT.length + WRONG.length >= 150, `${RIGHT.length} and ${WRONG.length}`);
    assert.deepEqual([...expected.keys()].sort(), WRONG.map(({ name }) => name).sort());
  });

  it("gives no false alarm where a policy is right", () => {
    const alarms = RIGHT.flatMap(({ name, path, text }) =>
      lintText(path, text)
        .filter(({ severity }) => severity === "error" || severity === "warning")
        .map((one) => `${name}: ${place(text, one)}: ${one.message}`),
    );
    assert.deepEqual(alarms, []);
  });

  for (const { name, path, text } of WRONG) {
    it(`finds what is wrong in ${name}, and nothing else`, () => {
      const found = lintText(path, text).map((one) => place(text, one));
      assert.deepEqual(found.toSorted(), expected.get(name)?.toSorted());
    });
  }
});
