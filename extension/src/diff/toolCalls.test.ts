import assert from "node:assert/strict";
import fc from "fast-check";
import { toolCallOf } from "./toolCalls.ts";

const call = (name: string, input: unknown): object => {
  const { id, name: _name, ...rest } = toolCallOf({ id: "1", name, input } as Parameters<typeof toolCallOf>[0]);
  assert.equal(id, "1");
  return rest;
};

describe("a tool call", () => {
  it("has what its input says by name", () => {
    assert.deepEqual(call("bash", { command: "npm ci", description: "Install" }), { command: "npm ci" });
    assert.deepEqual(call("edit", { path: "/w/a.ts", new_str: "x" }), { path: "/w/a.ts" });
  });

  it("has the command or the file of a job's log, which are cut when they are long", () => {
    assert.deepEqual(call("bash", "cd /w && npm ci"), { command: "cd /w && npm ci" });
    assert.deepEqual(call("bash", "cd /w && git fetch …"), { command: "cd /w && git fetch" });
    assert.deepEqual(call("edit", "/w/a.ts"), { path: "/w/a.ts" });
    assert.deepEqual(call("edit", "/w/a…"), {});
    assert.deepEqual(call("think", "about a file"), {});
    assert.deepEqual(call("bash", "…"), {});
  });

  it("is none of anything else, and never throws", () => {
    for (const input of [undefined, null, 7, [], {}, { command: 7, path: "" }])
      assert.deepEqual(call("bash", input), {});
    fc.assert(fc.property(fc.string(), fc.anything(), (name, input) => void call(name, input)));
  });
});
