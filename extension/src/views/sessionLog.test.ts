import assert from "node:assert/strict";
import { SummaryBuilder } from "../sessions/runSummary.ts";
import { sessionLog } from "./sessionLog.ts";

const run = (summary: Partial<SummaryBuilder>, more: object = {}): Parameters<typeof sessionLog>[0] =>
  ({
    kind: "hosted",
    title: "t",
    origin: "o",
    state: { kind: "live" },
    summary: Object.assign(new SummaryBuilder(), summary),
    ...more,
  }) as Parameters<typeof sessionLog>[0];

describe("what an open log says in a session's row", () => {
  const cases: readonly (readonly [string, Partial<SummaryBuilder>])[] = [
    ["", {}],
    ["", { policyMode: "block" }],
    ["policy enforced", { policyMode: "block", armed: true }],
    ["policy not enforced", { policyMode: "block", armed: false }],
    ["policy not enforced", { policyMode: "audit", armed: false }],
    ["policy audited", { policyMode: "audit" }],
    ["no policy", { policyMode: "none" }],
  ];
  for (const [word, summary] of cases) {
    it(`is “${word}” of ${JSON.stringify(summary)}`, () => assert.equal(sessionLog(run(summary)).policy, word));
  }

  it("counts findings, and not that nobody watched", () => {
    const counts = new Map([["finding", 3]]);
    assert.equal(sessionLog(run({ counts })).findings, 3);
    const unwatched = sessionLog(run({ counts, policyMode: "none" }, { isUnwatched: true }));
    assert.deepEqual([unwatched.policy, unwatched.findings], ["not monitored", 2]);
  });

  it("says what is wrong with it", () => {
    assert.equal(sessionLog(run({}, { state: { kind: "lost", reason: "x", retryInMs: 1 } })).note, "connection lost");
    assert.equal(sessionLog(run({})).note, "");
  });
});
