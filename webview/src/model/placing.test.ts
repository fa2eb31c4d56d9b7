import assert from "node:assert/strict";
import fc from "fast-check";
import { describeRow } from "../text/describeRow.ts";
import { applyLine } from "./applyEvent.ts";
import { DIRECT_FILES } from "./applyFile.ts";
import { NONE, ROOT } from "./rowKinds.ts";
import { RunModel } from "./runModel.ts";

const modelOf = (...events: readonly object[]): RunModel => {
  const model = new RunModel();
  for (const [i, event] of events.entries())
    applyLine(model, JSON.stringify({ v: 1, seq: i + 1, t: 1000 + i, ...event }));
  return model;
};
const step = (id: string): object => ({ type: "step.start", stepInfo: { id, name: `step ${id}` } });
const tool = (id: string, more: object = {}): object => ({ type: "tool.start", ...more, toolInfo: { id, name: id } });
const exec = (id: string, parent: string | undefined, more: object = {}): object => ({
  type: "process.exec",
  process: id,
  ...more,
  exec: { id, pid: 7, ppid: 1, parent, exe: `/bin/${id}`, argv: [id], cwd: "/w", uid: 0 },
});
const write = (process: string, path: string, more: object = {}): object => ({
  type: "file.write",
  process,
  ...more,
  file: { op: "write", path },
});

/** The tree as lines: two blanks a level. */
const outline = (model: RunModel): string[] => {
  const lines: string[] = [];
  const { rows } = model;
  const below = (parent: number, indent: string): void => {
    for (let row = rows.first[parent] ?? NONE; row !== NONE; row = rows.next[row] ?? NONE) {
      lines.push(indent + describeRow(model, row, 0).label);
      below(row, `${indent}  `);
    }
  };
  below(ROOT, "");
  return lines;
};

describe("the place of a row in the tree of processes", () => {
  it("is below the step, the agent, its tool call and the program", () => {
    const inStep = { step: "s" };
    const inCall = { step: "s", tool: "t" };
    const model = modelOf(
      exec("worker", undefined),
      step("s"),
      exec("agent", "worker", inStep),
      tool("t", { process: "agent", ...inStep }),
      exec("hook", "agent", inStep),
      exec("bash", "agent", inCall),
      exec("pip", "bash", inCall),
      write("pip", "/w/wheel", inCall),
      write("agent", "/w/edited", inCall),
      write("agent", "/w/own", inStep),
    );
    assert.deepEqual(outline(model), [
      "worker",
      "step s",
      "  agent",
      "    t",
      "      bash",
      "        pip",
      "          wheel",
      "      edited",
      "    hook",
      "    own",
    ]);
  });

  it("is with the next call, where a program that stays works for several", () => {
    const model = modelOf(
      exec("agent", undefined),
      tool("one", { process: "agent" }),
      exec("bash", "agent", { tool: "one" }),
      exec("ls", "bash", { tool: "one" }),
      tool("two", { process: "agent" }),
      exec("cat", "bash", { tool: "two" }),
    );
    assert.deepEqual(outline(model), ["agent", "  one", "    bash", "      ls", "  two", "    cat"]);
  });

  it("is below the parent where the log has no row for step or call, or has not seen the parent run", () => {
    const model = modelOf(exec("a", undefined), exec("b", "a", { step: "gone", tool: "gone" }), step("s"));
    assert.deepEqual(outline(model), ["a", "  b", "step s"]);
    const unseen = modelOf(step("s"), exec("child", "mother", { step: "s" }), exec("mother", undefined, { step: "s" }));
    assert.deepEqual(outline(unseen), ["step s", "  mother", "    child"]);
  });

  it("is the step for a process that has left its tree", () => {
    const model = modelOf(step("s"), exec("daemon", undefined, { step: "s", detached: true }));
    assert.deepEqual(outline(model), ["step s", "  daemon"]);
  });

  it("is the call for so many files only as can be read there", () => {
    const files = Array.from({ length: DIRECT_FILES + 1 }, (_, i) => write("agent", `/w/f${i}`, { tool: "t" }));
    const model = modelOf(exec("agent", undefined), tool("t", { process: "agent" }), ...files);
    const lines = outline(model);
    assert.equal(lines.filter((line) => line.startsWith("    f")).length, DIRECT_FILES);
    assert.equal(lines.at(-1), `  f${DIRECT_FILES}`);
  });

  it("is one place for each row, whatever a log claims of parents, steps and calls", () => {
    const id = fc.constantFrom("a", "b", "c");
    const where = fc.record({ step: id, tool: id }, { requiredKeys: [] });
    const event = fc.oneof(
      id.map(step),
      fc
        .tuple(id, fc.record({ process: id, step: id, tool: id }, { requiredKeys: [] }))
        .map(([t, more]) => tool(t, more)),
      fc.tuple(id, fc.option(id, { nil: undefined }), where).map(([p, parent, more]) => exec(p, parent, more)),
      fc.tuple(id, id, where).map(([p, file, more]) => write(p, `/w/${file}`, more)),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const model = modelOf(...events);
        assert.equal(outline(model).length, model.rowCount - 1);
      }),
    );
  });
});
