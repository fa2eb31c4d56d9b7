import assert from "node:assert/strict";
import { applyLine } from "../model/applyEvent.ts";
import { RunModel } from "../model/runModel.ts";
import { chainOf } from "./chain.ts";
import { describeDetails } from "./describeDetails.ts";
import { describeRow } from "./describeRow.ts";
import { originText } from "./origin.ts";

const modelOf = (...events: readonly object[]): RunModel => {
  const model = new RunModel();
  for (const [i, event] of events.entries())
    applyLine(model, JSON.stringify({ v: 1, seq: i + 1, t: 1000 + i, ...event }));
  return model;
};
const exec = (id: string, parent: string | undefined, argv: readonly string[], more: object = {}): object => ({
  type: "process.exec",
  process: id,
  ...more,
  exec: { id, pid: 7, ppid: 1, parent, exe: `/bin/${argv[0] ?? ""}`, argv, cwd: "/w", uid: 0 },
});
const write = (process: string, path: string, more: object = {}): object => ({
  type: "file.write",
  process,
  ...more,
  file: { op: "write", path },
});
const step = { type: "step.start", stepInfo: { id: "s3", number: 3, name: "Processing Request" } };
const tool = { type: "tool.start", toolInfo: { id: "call-7", name: "bash", input: "pip install -r requirements.txt" } };
const inBoth = { step: "s3", tool: "call-7" };

/** The chain of the row with this label, as text; a link's row in brackets. */
const chain = (model: RunModel, label: string): string[] => {
  for (let row = 1; row < model.rowCount; row++) {
    if (describeRow(model, row, 0).label !== label) continue;
    return chainOf(model, row).map((link) => `${link.what}|${link.text}${link.row === 0 ? "" : ` [${link.row}]`}`);
  }
  throw new Error(`no row ${label}`);
};

describe("chainOf", () => {
  it("goes from the tool call and the step by the processes to the call itself", () => {
    const model = modelOf(
      step,
      tool,
      exec("1", undefined, ["bash"], inBoth),
      exec("2", "1", ["pip", "x"], inBoth),
      write("2", "/w/a"),
    );
    const above = ["tool call|bash pip install -r requirements.txt [2]", "step 3|Processing Request [1]", "|bash [3]"];
    assert.deepEqual(chain(model, "a"), [...above, "|pip x [4]", "|a"]);
    assert.deepEqual(chain(model, "pip"), [...above, "|pip x"]);
    assert.equal(originText(model, 5), "Processing Request, bash");
  });

  it("goes to a tool call by the agent that made it", () => {
    const agent = exec("1", undefined, ["copilot"], { step: "s3" });
    const model = modelOf(step, agent, { ...tool, process: "1", step: "s3" });
    assert.deepEqual(chain(model, "bash"), [
      "step 3|Processing Request [1]",
      "|copilot [2]",
      "|bash pip install -r requirements.txt",
    ]);
  });

  it("names what the log has no row for, without a link", () => {
    const model = modelOf(exec("1", undefined, ["make"], inBoth));
    assert.deepEqual(chain(model, "make"), ["tool call|call-7", "step|s3", "|make"]);
  });

  it("takes the tool call that the event itself names: of a file that the agent changed with its own hands", () => {
    const edit = { type: "tool.start", toolInfo: { id: "call-8", name: "edit" } };
    const model = modelOf(
      edit,
      exec("1", undefined, ["node"]),
      write("1", "/w/a", { tool: "call-8" }),
      write("1", "/w/b"),
    );
    assert.deepEqual(chain(model, "a"), ["tool call|edit [1]", "|node [2]", "|a"]);
    assert.deepEqual(chain(model, "b"), ["|node [2]", "|b"]);
  });

  it("tells a tool call by what says most of its input", () => {
    const inputs = [
      { command: "ls", description: "look" },
      { path: "/w/a", file_text: "3 characters" },
      "plain",
      { command: "", n: 1 },
      [1],
      null,
    ];
    const model = modelOf(
      ...inputs.map((input, i) => ({ type: "tool.start", toolInfo: { id: `c${i}`, name: "t", input } })),
    );
    const told = inputs.map((_, i) => describeRow(model, i + 1, 0).description);
    assert.deepEqual(told, ["ls", "/w/a", "plain", '{"command":"","n":1}', "[1]", "null"]);
  });

  it("says where the tool call is the likeliest of several", () => {
    const guess = { tool: "call-7", toolGuess: true };
    const model = modelOf(
      tool,
      exec("1", undefined, ["pip"], guess),
      write("1", "/w/a", guess),
      exec("2", undefined, ["node"]),
      write("2", "/w/b", guess),
    );
    const field = describeDetails(model, 2).fields.find(({ label }) => label === "Tool call");
    assert.equal(field?.kind === "text" && field.value, "bash (call-7), the likeliest of several that were open");
    for (const label of ["pip", "a", "b"]) assert.match(chain(model, label)[0]!, /^tool call, likely\|bash pip/);
  });

  it("is empty where nothing is known, and for what begins a chain", () => {
    const model = modelOf(step, tool, exec("1", undefined, ["make"]));
    for (const label of ["Processing Request", "bash", "make"]) assert.deepEqual(chain(model, label), []);
  });
});
