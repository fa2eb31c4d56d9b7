import assert from "node:assert/strict";
import fc from "fast-check";
import { quote, timeText } from "./json.ts";

describe("quote", () => {
  it("writes what JSON.parse reads back, in one line", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const json = quote(text);
        assert.equal(JSON.parse(json), text);
        assert.doesNotMatch(json, /[\r\n]/);
      }),
    );
  });
});

describe("timeText", () => {
  it("is the number as text", () => {
    for (const t of [0, 1, 999_999, 1_000_000, 1_000_001, 1_790_000_000_000_000, 1_790_000_000_999_999]) {
      assert.equal(timeText(t), String(t));
    }
    fc.assert(fc.property(fc.maxSafeNat(), (t) => assert.equal(timeText(t), String(t))));
  });
});
