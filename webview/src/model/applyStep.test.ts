import assert from "node:assert/strict";
import { compileQuery } from "../filter/match.ts";
import { parseQuery } from "../filter/parser.ts";
import { suggest } from "../filter/suggest.ts";
import { describeDetails } from "../text/describeDetails.ts";
import { describeRow } from "../text/describeRow.ts";
import { applyLine } from "./applyEvent.ts";
import { RunModel } from "./runModel.ts";

/** A model of these events; each process has its pid as its id. */
const modelOf = (...events: readonly object[]): RunModel => {
  const model = new RunModel();
  for (const [i, event] of events.entries()) {
    applyLine(model, JSON.stringify({ v: 1, seq: i + 1, t: 1_790_000_000_000_000 + i * 1_000, ...event }));
  }
  return model;
};
const exec = (pid: number, comm: string, more: object = {}): object => ({
  type: "process.exec",
  process: String(pid),
  ...more,
  exec: { id: String(pid), pid, ppid: 1, exe: `/bin/${comm}`, argv: [comm], cwd: "/", uid: 0 },
});
const write = (pid: number, path: string, more: object = {}): object => ({
  type: "file.write",
  process: String(pid),
  ...more,
  file: { op: "write", path },
});
const matching = (model: RunModel, text: string): string[] => {
  const matcher = compileQuery(model, parseQuery(text));
  const rows = Array.from({ length: model.rowCount - 1 }, (_, i) => i + 1);
  return rows.filter((row) => matcher?.test(row) === true).map((row) => describeRow(model, row, 0).label);
};
const stepField = (model: RunModel, label: string): string | undefined => {
  for (let row = 1; row < model.rowCount; row++) {
    if (describeRow(model, row, 0).label !== label) continue;
    const field = describeDetails(model, row).fields.find((candidate) => candidate.label === "Step");
    return field?.kind === "text" ? field.value : undefined;
  }
  return undefined;
};

describe("a job that the collector was there before", () => {
  it("names the run by its first step", () => {
    const start = {
      type: "run.start",
      run: { id: "local-1", title: "this machine" },
      host: { name: "h", os: "o", kernel: "k", arch: "a" },
      collector: { version: "1" },
      policy: { mode: "none", endpoints: [] },
    };
    const step = (id: string, repository: string): object => ({
      type: "step.start",
      stepInfo: { id },
      run: { id: "7", repository, workflow: "CI" },
    });
    const { start: known } = modelOf(start, step("a", "o/r"), step("b", "o/other")).facts;
    assert.deepEqual(known?.run, { id: "local-1", title: "this machine", repository: "o/r", workflow: "CI" });
  });
});

describe("a request to a host with a port", () => {
  const http = { method: "GET", host: "example.com:8443", path: "/a", version: "1.1", tls: "none" };
  const model = modelOf(exec(1, "curl"), { type: "http.request", process: "1", http });
  for (const [query, count] of [
    ["host:example.com", 1],
    ["host:*.com", 1],
    ["host:example.com:8443", 0],
  ] as const) {
    it(`is found by ${query} ${count} times`, () => assert.equal(matching(model, `${query} type:http`).length, count));
  }
  it("is shown as it was sent", () =>
    assert.deepEqual(matching(model, "host:example.com"), ["GET example.com:8443/a"]));
});

describe("steps in the model", () => {
  const start = { type: "step.start", stepInfo: { id: "__run_2", number: 3, name: "Build it" } };
  const end = { type: "step.end", stepInfo: { id: "__run_2", number: 3, name: "Build it" }, conclusion: "failure" };
  const inStep = { step: "__run_2" };

  it("are rows with name, number and conclusion, and named in the details of their processes", () => {
    const model = modelOf(start, exec(7, "make", inStep), exec(8, "cat", { step: "unnamed" }), end);
    const row = describeRow(model, 1, 0);
    assert.deepEqual([row.label, row.description, row.result, row.tone], ["Build it", "step 3", "failure", "bad"]);
    assert.equal(stepField(model, "make"), "Build it (__run_2)");
    assert.equal(stepField(model, "cat"), "unnamed");
  });

  it("are found by name and by id: themselves, and what belongs to them", () => {
    const model = modelOf(start, exec(7, "make", inStep), write(7, "/tmp/a", inStep), exec(8, "cat"), end);
    for (const query of ["step:__run_2", 'step:"build it"', "step:build*"]) {
      assert.deepEqual(matching(model, query), ["Build it", "make", "a"], query);
    }
    assert.deepEqual(matching(model, "-step:*"), ["cat"]);
    assert.deepEqual(matching(model, "step:*"), ["Build it", "make", "a"]);
    assert.deepEqual(
      suggest("step:b", 6, model.seen).items.map(({ insert }) => insert),
      ['"Build it"'],
    );
  });

  it("can be named only at their end", () => {
    const unnamed = { type: "step.start", stepInfo: { id: "__run_2", name: "__run_2" } };
    const model = modelOf(unnamed, exec(7, "make", inStep));
    const before = model.identities;
    applyLine(model, JSON.stringify({ v: 1, seq: 3, t: 1_790_000_000_009_000, ...end }));
    assert.equal(describeRow(model, 1, 0).label, "Build it");
    assert.equal(stepField(model, "make"), "Build it (__run_2)");
    assert.ok(model.identities > before, "the filter looks again");
  });

  it("show that a process has left the tree as soon as one of its events says so", () => {
    const left = { ...inStep, detached: true };
    const model = modelOf(start, exec(7, "daemon", inStep), write(7, "/a", inStep), write(7, "/b", left));
    assert.deepEqual(matching(model, "is:detached"), ["daemon", "b"]);
    assert.match(describeRow(model, 2, 0).badge, /detached/);
    assert.match(stepField(model, "daemon") ?? "", /detached/);
  });
});
