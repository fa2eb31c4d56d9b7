import assert from "node:assert/strict";
import { blocking, found, WORKFLOW } from "../../test/judged.ts";
import { readChoices, readConfig } from "./config.ts";
import { lintText } from "./lintText.ts";

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

  it("has a say in the rules about suppressions too", () => {
    const text = blocking("pypi.org:443").replace(">", "> # runglass: ignore[endpoint/cidr]");
    assert.deepEqual(found(text, "suppress/"), [
      `suppress/no-reason "# runglass: ignore[endpoint/cidr]"`,
      `suppress/unused "# runglass: ignore[endpoint/cidr]"`,
    ]);
    const { rules, problems } = readConfig(
      "lint:\n  rules:\n    suppress/unused: error\n    suppress/no-reason: off\n",
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(
      lintText(WORKFLOW, text, { rules }).map(({ rule, severity }) => [rule, severity]),
      [["suppress/unused", "error"]],
    );
  });

  it("is taken from a client as far as it makes sense", () => {
    const said: string[] = [];
    const tell = (message: string): void => void said.push(message);
    assert.deepEqual(readChoices({ "step/missing": "off", "a/b": "off", "step/outdated": 7 }, tell), {
      "step/missing": "off",
    });
    assert.deepEqual(said, [`there is no rule "a/b"`, `step/outdated: "7" is none of off, hint, info, warning, error`]);
    for (const nothing of [undefined, null, "off", []]) assert.deepEqual(readChoices(nothing, tell), {});
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
