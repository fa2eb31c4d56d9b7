import assert from "node:assert/strict";
import { blocking, found, WORKFLOW } from "../../test/judged.ts";
import { readConfig } from "./config.ts";

describe("a repository's choice of rules", () => {
  it("turns rules on and off, and changes their severity", () => {
    const { rules, problems } = readConfig(
      "lint:\n  rules:\n    endpoint/unsorted: hint\n    endpoint/missing-port: off\n    step/unpinned-ref: 'error'\n",
    );
    assert.deepEqual(
      [rules, problems],
      [{ "endpoint/unsorted": "hint", "endpoint/missing-port": "off", "step/unpinned-ref": "error" }, []],
    );
    const text = blocking("pypi.org", "github.com");
    assert.deepEqual(found(text, "", WORKFLOW, { rules }), [`endpoint/unsorted "pypi.org"`]);
  });

  it("tells what has no effect, and where", () => {
    const text = "lnt: 1\nlint:\n  rule: 2\n  rules:\n    endpoint/unsort: hint\n    step/missing: never\n";
    assert.deepEqual(
      readConfig(text).problems.map(({ start, end, message }) => [text.slice(start, end), message]),
      [
        ["lnt", `there is no "lnt": the only key is "lint"`],
        ["rule", `there is no "rule" in "lint": the only key is "rules"`],
        ["endpoint/unsort", `there is no rule "endpoint/unsort": is it endpoint/unsorted?`],
        ["never", `"never" is none of off, hint, info, warning, error`],
      ],
    );
    assert.deepEqual(readConfig("").problems, []);
    assert.equal(readConfig("lint: [").problems.length, 1);
  });
});
