import assert from "node:assert/strict";
import { hostedRunKey, parseHostedRunKey } from "./hostedRunKey.ts";

describe("the key of a hosted run", () => {
  it("tells the workflow run", () => {
    const key = hostedRunKey({ owner: "Octo-Org", name: "Receipt.ocr", id: 26_705_165_931 });
    assert.deepEqual(parseHostedRunKey(key), { owner: "octo-org", name: "receipt.ocr", id: 26_705_165_931 });
  });
  it("tells which of its rows", () => {
    const run = { owner: "o", name: "r", id: 7 };
    for (const row of ["attempt.2", "copilot.1.x", "build-and_Test.12.a1B2c3"]) {
      assert.deepEqual(parseHostedRunKey(`${hostedRunKey(run)}#${row}`), { ...run, row });
    }
  });
  for (const key of [
    "",
    "live:http://127.0.0.1#r1",
    "hosted:o/r",
    "hosted:o/r/0",
    "hosted:o/../7",
    "hosted:o/r/7#",
    "hosted:o/r/7#a#b",
    "hosted:o/r/7#../x",
    `hosted:o/r/7#${"x".repeat(121)}`,
    "hosted:o/r/7/../../x",
    "hosted:-o/r/7",
  ]) {
    it(`is none: ${key}`, () => assert.equal(parseHostedRunKey(key), undefined));
  }
});
