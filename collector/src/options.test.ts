import assert from "node:assert/strict";
import { UserError } from "./errors.ts";
import { parseOptions } from "./options.ts";

const options = { out: { type: "string" }, listen: { type: "string" }, clean: { type: "boolean" } } as const;
const refusal = (...argv: string[]): string => {
  try {
    parseOptions("record", argv, options);
  } catch (error) {
    assert.ok(error instanceof UserError);
    assert.equal(error.exitCode, 2);
    return error.message;
  }
  return "";
};

describe("parseOptions", () => {
  it("gives values, flags and positionals", () => {
    const { values, positionals } = parseOptions("record", ["--out", "a", "--clean", "x"], options);
    assert.deepEqual({ ...values }, { out: "a", clean: true });
    assert.deepEqual(positionals, ["x"]);
  });

  const refused: readonly (readonly [string[], RegExp])[] = [
    [["--lisen", "x"], /unknown option "--lisen": did you mean "--listen"\?/],
    [["--otu=x"], /did you mean "--out"\?/],
    [["--zzzzzzzzz"], /see "runglass record --help"/],
    [["-x"], /unknown option "-x"/],
    [["--out"], /"--out" needs a value/],
    [["--out", "--clean"], /"--out" needs a value/],
    [["--clean=1"], /takes no value/],
    [["--out", "a", "--out", "b"], /given twice/],
  ];
  for (const [argv, message] of refused) {
    it(`refuses ${argv.join(" ")}`, () => {
      assert.match(refusal(...argv), message);
    });
  }
});
