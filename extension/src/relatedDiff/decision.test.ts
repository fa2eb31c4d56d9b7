import assert from "node:assert/strict";
import type { Candidate, RuleName } from "../diff/changes.ts";
import { decide } from "./decision.ts";

const of = (score: number, rule: RuleName = "host"): Candidate => ({
  path: "a.ts",
  line: Math.round(score * 1000),
  side: "right",
  score,
  rule,
  reason: "names it",
});

describe("decide", () => {
  it("goes to the one that is sure and clear", () => {
    const decision = decide({ candidates: [of(0.9), of(0.5), of(0.4)], none: undefined });
    assert.deepEqual([decision.kind, decision.kind === "open" && decision.others], ["open", 2]);
  });

  it("asks where two are as good, and where none is sure", () => {
    assert.equal(decide({ candidates: [of(0.9), of(0.87)], none: undefined }).kind, "choose");
    assert.equal(decide({ candidates: [of(0.7)], none: undefined }).kind, "choose");
  });

  it("says that there is none where only the time speaks for one", () => {
    const commit = of(0.35, "time");
    assert.deepEqual(decide({ candidates: [commit], none: "Why." }), { kind: "none", why: "Why.", commit });
    assert.equal(decide({ candidates: [], none: undefined }).kind, "none");
  });
});
