import assert from "node:assert/strict";
import fc from "fast-check";
import type { RunEvent } from "../../../collector/protocol/events.ts";
import { LabelledRun } from "../../test/diff/labelledRun.ts";
import { ChangeIndex } from "./changeIndex.ts";
import { relate } from "./relate.ts";
import { RepositoryRoots } from "./repositoryRoots.ts";
import { RunFacts } from "./runFacts.ts";
import { callsOfSessionLog, joinSessionCalls } from "./sessionLog.ts";

const event = (id: string, name: string, input: unknown): string =>
  JSON.stringify({ type: "tool.execution_start", data: { toolCallId: id, toolName: name, arguments: input } });

const chunk = (id: string, name: string, input: object): string =>
  `data: ${JSON.stringify({
    choices: [
      { delta: { tool_calls: [{ id, type: "function", function: { name, arguments: JSON.stringify(input) } }] } },
    ],
  })}`;

describe("a session's log", () => {
  it("tells of calls what they write, in either form", () => {
    const edit = { path: "/r/a.ts", old_str: "x", new_str: "const a = 1;" };
    const patch = "*** Begin Patch\n*** Update File: src/b.ts\n@@\n-old\n+const b = 2;\n*** End Patch";
    const log = [
      JSON.stringify({ type: "session.start", data: {} }),
      event("c1", "edit", edit),
      event("c2", "apply_patch", { input: patch }),
      chunk("c3", "create", { path: "/r/c.ts", file_text: "const c = 3;" }),
      chunk("c3", "create", { path: "/r/c.ts", file_text: "told again, with its result" }),
      chunk("c4", "bash", { command: "npm ci" }),
      "no line of ours",
    ].join("\n");
    assert.deepEqual(callsOfSessionLog(log), [
      { id: "c1", name: "edit", path: "/r/a.ts", newText: "const a = 1;" },
      { id: "c2", name: "apply_patch", path: "src/b.ts", command: patch, newText: "const b = 2;" },
      { id: "c3", name: "create", path: "/r/c.ts", newText: "const c = 3;" },
      { id: "c4", name: "bash", command: "npm ci" },
    ]);
  });

  it("leads each of two edits of one file to its own lines", () => {
    const run = new LabelledRun("octo-org/app", "2026-05-31", "06:00:00");
    const path = `${run.root}/a.ts`;
    const agent = run.exec(["node", "agent.js"]);
    for (let i = 0; i < 2; i += 1) run.write(agent, "write", "a.ts", undefined, { tool: run.call("edit", { path }) });
    const facts = new RunFacts();
    for (const one of run.events) facts.take(one);
    const log = [
      event("x1", "edit", { path, new_str: "const first = 1;" }),
      event("x2", "edit", { path, new_str: "const second = 2;" }),
    ].join("\n");
    assert.equal(joinSessionCalls(facts, callsOfSessionLog(log)), 2);
    const patch = "@@ -1,2 +1,4 @@\n+const zero = 0;\n+const second = 2;\n a\n b\n+const first = 1;";
    const changes = new ChangeIndex({ files: [{ path: "a.ts", status: "modified", patch }], commits: [] });
    const lines = run.events
      .filter(({ type }: RunEvent) => type === "file.write")
      .map((one) => relate(one, { facts, roots: new RepositoryRoots(facts), changes }).candidates[0]?.line);
    assert.deepEqual(lines, [5, 2]);
  });

  it("is read whatever it is", () => {
    const line = fc.oneof(
      fc.string(),
      fc.json(),
      fc.constantFrom(
        "data: {",
        '{"choices":[{"delta":{"tool_calls":[null,1,{}]}}]}',
        '{"type":"tool.execution_start"}',
      ),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        for (const call of callsOfSessionLog(lines.join("\n"))) assert.equal(typeof call.id, "string");
      }),
    );
  });
});
