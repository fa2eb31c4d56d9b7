import assert from "node:assert/strict";
import { fixAll } from "./applyFixes.ts";

const PATH = ".github/workflows/a.yml";

describe("fixAll", () => {
  it("writes no more into a broken file than helps, says that something is left, and changes nothing more then", () => {
    // Each step is half typed: what is written behind the last one is none of their keys.
    const text = 'x: "\nuses: step-security/harden-runner@v2\n'.repeat(150);
    const { text: fixed, isUnfinished } = fixAll(PATH, text);
    assert.ok(fixed.startsWith(text), fixed);
    assert.ok((fixed.match(/egress-policy/g) ?? []).length <= 1, fixed);
    assert.equal(isUnfinished, true);
    assert.equal(fixAll(PATH, fixed).text, fixed);
  });

  it("goes on as long as less is left, however many rounds that takes", () => {
    const steps = ["a", "a", "b", "b", "c", "c"].map((host) => `            ${host}.example.com:443\n`).join("");
    const text = `on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: step-security/harden-runner@v2
        with:
          egress-policy: block
          allowed-endpoints: |
${steps}`;
    const once = fixAll(PATH, text);
    assert.equal(once.isUnfinished, false);
    assert.notEqual(once.text, text);
    assert.equal(fixAll(PATH, once.text).text, once.text);
  });
});
