import assert from "node:assert/strict";
import fc from "fast-check";
import { parseToolMessage } from "./toolMessage.ts";

const parse = (event: string, value: unknown) => parseToolMessage(event, JSON.stringify(value));

describe("a hook's message", () => {
  it("is read in the agent's own words", () => {
    const input = { sessionId: "s", timestamp: 1, cwd: "/w", toolName: "bash", toolArgs: { command: "npm ci" } };
    assert.deepEqual(parse("preToolUse", input), {
      event: "start",
      sessionId: "s",
      tool: "bash",
      callId: "",
      args: { command: "npm ci" },
      cwd: "/w",
      ok: undefined,
    });
  });

  it("is read in other agents' words, and with arguments as text", () => {
    const other = parse("", { hook_event_name: "PreToolUse", tool_name: "Bash", tool_input: { command: "ls" } });
    assert.deepEqual([other?.event, other?.tool, other?.args], ["start", "Bash", { command: "ls" }]);
    assert.deepEqual(parse("preToolUse", { toolArgs: '{"path":"a"}' })?.args, { path: "a" });
    assert.deepEqual(parse("preToolUse", { toolArgs: "*** Begin" })?.args, { input: "*** Begin" });
  });

  for (const [event, result, ok] of [
    ["postToolUse", { resultType: "success" }, true],
    ["postToolUse", { resultType: "failure" }, false],
    ["postToolUse", { resultType: "denied" }, false],
    ["postToolUse", undefined, true],
    ["postToolUseFailure", undefined, false],
    ["preToolUse", undefined, undefined],
  ] as const) {
    it(`says of ${event} with ${JSON.stringify(result)}: ok is ${String(ok)}`, () =>
      assert.equal(parse(event, { toolName: "x", toolResult: result })?.ok, ok));
  }

  it("is nothing where it is no JSON object", () => {
    for (const text of ["", "{", "[]", "null", "1", '"x"', "{}{}"]) {
      assert.equal(parseToolMessage("preToolUse", text), undefined, text);
    }
  });

  it("has arguments that can be written again, however deep they came", () => {
    for (const [open, close] of [
      ["[", "]"],
      ['{"a":', "}"],
    ] as const) {
      const deep = `${open.repeat(60_000)}1${close.repeat(60_000)}`;
      const message = parseToolMessage("preToolUse", `{"toolName":"x","toolArgs":{"deep":${deep},"flat":[{"a":1}]}}`);
      assert.ok(JSON.stringify(message?.args).length < 1_000);
      assert.deepEqual(message?.args["flat"], [{ a: 1 }]);
    }
  });

  it("has texts where texts are, whatever comes", () => {
    const anything = fc.dictionary(
      fc.constantFrom("sessionId", "toolName", "toolArgs", "cwd", "toolResult", "tool_use_id", "__proto__", "x"),
      fc.anything(),
    );
    fc.assert(
      fc.property(
        fc.constantFrom("preToolUse", "postToolUse", "", "__proto__", "constructor"),
        anything,
        (name, value) => {
          const text = JSON.stringify(value);
          const message = parseToolMessage(name, text);
          assert.ok(message !== undefined);
          for (const field of [message.sessionId, message.tool, message.callId, message.cwd]) {
            assert.equal(typeof field, "string");
            assert.ok(field.length <= 4096);
          }
          assert.ok(["start", "end", "other"].includes(message.event), message.event);
          assert.equal(typeof message.args, "object");
        },
      ),
      { numRuns: 500 },
    );
  });
});
