import assert from "node:assert/strict";
import fc from "fast-check";
import type { JobStepFact } from "../../protocol/messages.ts";
import { describeRow } from "../text/describeRow.ts";
import { applyLine } from "./applyEvent.ts";
import { matchSteps, mergeJobSteps, type ToldStep } from "./jobSteps.ts";
import { RunModel } from "./runModel.ts";

const T = 1_790_000_000_000;
const fact = (number: number, name: string, from?: number, to?: number, conclusion?: string): JobStepFact => ({
  number,
  name,
  ...(from === undefined ? {} : { startedAt: T + from * 1000 }),
  ...(to === undefined ? {} : { completedAt: T + to * 1000, conclusion: conclusion ?? "success" }),
});
/** `at` in seconds, on the runner's clock. */
const told = (id: number, at: number, more: Partial<ToldStep> = {}): ToldStep => ({
  row: id,
  id,
  startT: (T + at * 1000) * 1000,
  number: undefined,
  name: undefined,
  ended: false,
  concluded: false,
  annotated: false,
  ...more,
});
const numbers = (steps: readonly ToldStep[], facts: readonly JobStepFact[]): (number | undefined)[] => {
  const matched = matchSteps(steps, facts);
  return steps.map((step) => matched.get(step)?.number);
};

const job = [
  fact(1, "Set up job", 0, 2),
  fact(2, "Run actions/checkout@v5", 2, 5),
  fact(3, "Run npm ci", 5, 30),
  fact(4, "Validate (Windows)", 30, 30, "skipped"),
  fact(5, "Processing Request (Linux)", 31, 300, "failure"),
];

describe("matchSteps", () => {
  it("goes by number and name, or by the number where the log has no name", () => {
    assert.deepEqual(numbers([told(1, 5, { number: 3, name: "Run npm ci" }), told(2, 31, { number: 5 })], job), [3, 5]);
  });

  it("goes by the name where the number is another one, or none", () => {
    const steps = [told(1, 5, { number: 2, name: "Run npm ci" }), told(2, 2, { name: "Run actions/checkout@v5" })];
    assert.deepEqual(numbers(steps, job), [3, 2]);
  });

  it("takes no name that two steps have, and no step that was skipped", () => {
    const twice = [fact(2, "Run make", 1, 2), fact(3, "Run make", 2, 3), fact(4, "Post", 3, 3, "skipped")];
    assert.deepEqual(numbers([told(1, 50, { name: "Run make" }), told(2, 60, { name: "Post" })], twice), [
      undefined,
      undefined,
    ]);
  });

  it("goes by the time, as far as known steps tell how the clocks differ: also by minutes", () => {
    for (const skew of [0, 1.2, 400, -3600]) {
      const steps = [
        told(1, 2.4 + skew, { name: "Run actions/checkout@v5" }),
        told(2, 5.3 + skew),
        told(3, 31.9 + skew),
      ];
      assert.deepEqual(numbers(steps, job), [2, 3, 5], `${skew}`);
    }
  });

  it("does not go by the time where nothing tells how the clocks differ, or two steps are near", () => {
    assert.deepEqual(numbers([told(1, 2), told(2, 5), told(3, 31)], job), [undefined, undefined, undefined]);
    assert.deepEqual(numbers([told(1, 31, { number: 5 }), told(2, 3.5)], job), [5, undefined]);
  });

  it("gives no step to two, whatever there is", () => {
    const anyFact = fc.record({
      number: fc.nat(6),
      name: fc.constantFrom("a", "b", "c"),
      startedAt: fc.option(fc.integer({ min: T, max: T + 20_000 }), { nil: undefined }),
    });
    const anyTold = fc.record({
      number: fc.option(fc.nat(6), { nil: undefined }),
      name: fc.option(fc.constantFrom("a", "b", "c"), { nil: undefined }),
      at: fc.nat(20),
    });
    fc.assert(
      fc.property(fc.array(anyFact, { maxLength: 8 }), fc.array(anyTold, { maxLength: 8 }), (raw, steps) => {
        const facts = raw.map(({ startedAt, ...rest }) => ({
          ...rest,
          ...(startedAt === undefined ? {} : { startedAt }),
        }));
        const matched = matchSteps(
          steps.map(({ at, number, name }, i) => told(i, at, { number, name })),
          facts,
        );
        assert.equal(new Set(matched.values()).size, matched.size);
      }),
    );
  });
});

describe("what GitHub says of steps", () => {
  const lineOf = (seq: number, second: number, type: string, stepInfo: object, more: object = {}): string =>
    JSON.stringify({ v: 1, seq, t: (T + second * 1000) * 1000, type, stepInfo, ...more });
  const shown = (model: RunModel, row: number): string[] => {
    const { label, description, result, tone } = describeRow(model, row, 0);
    return [label, description, result, tone];
  };

  it("fills in name and conclusion where the log has none, says so, and changes nothing else", () => {
    const model = new RunModel();
    applyLine(model, lineOf(1, 5, "step.start", { id: "__run", number: 3, name: "Run npm ci" }));
    applyLine(
      model,
      lineOf(2, 30, "step.end", { id: "__run", number: 3, name: "Run npm ci" }, { conclusion: "success" }),
    );
    applyLine(model, lineOf(3, 31, "step.start", { id: "__self", number: 5, name: "__self" }));
    const before = shown(model, 1);
    assert.deepEqual(shown(model, 2).slice(0, 2), ["__self", "step 5"]);
    model.jobSteps = job;
    mergeJobSteps(model);
    assert.deepEqual(shown(model, 1), before);
    const [label, description, result, tone] = shown(model, 2);
    assert.equal(label, "Processing Request (Linux)");
    assert.equal(description, "step 5, name and conclusion by GitHub");
    assert.equal(result, "failure");
    assert.equal(tone, "bad");
    assert.equal(model.facts.events, 3, "the log is as it was");
    const { version } = model;
    mergeJobSteps(model);
    assert.equal(model.version, version, "again, it changes nothing");
  });

  it("is there for steps that begin later, and gives way to what the log says then", () => {
    const model = new RunModel();
    model.jobSteps = job;
    applyLine(model, lineOf(1, 5, "step.start", { id: "__run", number: 3, name: "__run" }));
    assert.equal(shown(model, 1)[0], "Run npm ci");
    const end = { id: "__run", number: 3, name: "Install" };
    applyLine(model, lineOf(2, 30, "step.end", end, { conclusion: "cancelled" }));
    assert.deepEqual(shown(model, 1).slice(0, 3), ["Install", "step 3", "cancelled"]);
  });
});
