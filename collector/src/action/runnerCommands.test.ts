import assert from "node:assert/strict";
import fc from "fast-check";
import { parseCommand } from "../../test/runner/outputCommands.ts";
import { annotation, ordinaryLine } from "./runnerCommands.ts";

describe("commands to the runner", () => {
  const hostile = fc.oneof(
    fc.string({ unit: "binary" }),
    fc
      .array(
        fc.constantFrom("::", "##[", "]", "error", "set-env", "stop-commands", " ", "name=x", "\n", "\r", "%", "\t"),
      )
      .map((parts) => parts.join("")),
  );

  it("are in no line that shows text", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const line = ordinaryLine(text);
        assert.doesNotMatch(line, /[\r\n]/);
        assert.equal(parseCommand(line), undefined);
      }),
      { numRuns: 2_000 },
    );
  });

  it("of an annotation are one, whatever its text and place say", () => {
    fc.assert(
      fc.property(hostile, hostile, fc.integer({ min: 1, max: 9_999 }), (text, file, line) => {
        const written = annotation("error", text, { file, line });
        assert.doesNotMatch(written, /[\r\n]/);
        const command = parseCommand(written);
        assert.equal(command?.name, "error");
        assert.deepEqual([command.properties["line"], command.properties["title"]], [String(line), "Runglass"]);
        // What the old form of a command would be is not in it any more.
        assert.ok(!command.data.includes("##["));
      }),
      { numRuns: 2_000 },
    );
  });

  it("of an annotation say what they are about", () => {
    const place = { file: ".github/workflows/a,b:c.yml", line: 7 };
    const command = parseCommand(annotation("warning", "100 % of: a, b", place));
    assert.deepEqual(command, {
      name: "warning",
      data: "100 % of: a, b",
      properties: { file: place.file, line: "7", title: "Runglass" },
    });
  });
});
