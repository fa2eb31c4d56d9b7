import assert from "node:assert/strict";
import type { Enforcement, RunStart } from "../../../collector/protocol/events.ts";
import { createFacts, type RunFacts } from "../model/runFacts.ts";
import { explainPolicy, policyWord } from "./policyFact.ts";

const withPolicy = (policy: RunStart["policy"], armed?: boolean): RunFacts => ({
  ...createFacts(),
  start: {
    v: 1,
    seq: 1,
    t: 1,
    type: "run.start",
    run: { id: "1" },
    host: { name: "runner", os: "Ubuntu", kernel: "6.11", arch: "x86_64" },
    collector: { version: "0.1.0" },
    policy,
  },
  enforcement:
    armed === undefined
      ? undefined
      : ({ v: 1, seq: 2, t: 2, type: "enforcement", armed, reason: "detached\u202e" } satisfies Enforcement),
});
const ended = (armed?: boolean): RunFacts => ({ ...withPolicy({ mode: "block", endpoints: [] }, armed), ended: true });
const word = (mode: RunStart["policy"]["mode"], armed?: boolean): string =>
  policyWord(withPolicy({ mode, endpoints: [] }, armed))?.word ?? "";

describe("the policy in the first line", () => {
  it("has a word for each thing that a policy may do", () => {
    assert.equal(policyWord(createFacts()), undefined);
    assert.equal(word("none"), "no policy");
    assert.equal(word("audit"), "policy audits");
    assert.equal(word("block"), "blocking, not confirmed");
    assert.equal(word("block", true), "blocking, armed");
    assert.equal(word("block", false), "policy not as it should be");
  });

  it("speaks of an ended run as of what was", () => {
    assert.deepEqual(policyWord(ended(false)), {
      icon: "warning",
      word: "policy was not as it should be",
      tone: "quiet",
    });
    assert.deepEqual(policyWord(ended(true)), { icon: "shield", word: "blocking, was armed", tone: "quiet" });
    assert.match(explainPolicy(ended(false)).lines[0]!, /was not enforced as it should have been; the reason below/);
    assert.match(explainPolicy(ended(true)).lines[0]!, /refused.* looked every few seconds/);
    assert.match(explainPolicy(ended()).lines[0]!, /never said that it did/);
  });

  it("explains why it is not enforced, and lists no more entries than can be read", () => {
    const endpoints = Array.from({ length: 250 }, (_, i) => `h${i}.example:443`);
    const { lines, table, groups } = explainPolicy(withPolicy({ mode: "block", endpoints, source: "a\u0007b" }, false));
    assert.match(lines[0]!, /is not enforced as it should be; the reason below says what that means/);
    assert.deepEqual(table[0], ["From", "a\\x07b"]);
    assert.deepEqual(table.at(-1), ["Reason", "detached\\u202e"]);
    assert.equal(groups![0]!.rows.length, 101);
    assert.deepEqual(groups![0]!.rows.at(-1), ["150 more", ""]);
  });
});
