import assert from "node:assert/strict";
import type { SessionGlance } from "../hosted/sessionGlance.ts";
import { glanceSentence, glanceWords } from "./glanceText.ts";

const none: SessionGlance = { log: "none", policy: undefined, findings: undefined, denied: undefined, broken: false };
const whole: SessionGlance = { ...none, log: "whole", policy: "enforced", findings: 2, denied: 1 };

describe("the words for a log that is not open", () => {
  const cases: readonly (readonly [string, SessionGlance | undefined, boolean])[] = [
    ["log not opened", undefined, true],
    ["log not opened", undefined, false],
    ["no log yet", none, true],
    ["not monitored", none, false],
    ["policy and findings when opened", { ...none, log: "pieces" }, true],
    ["policy and findings when opened", { ...none, log: "whole" }, false],
    ["policy enforced · findings when opened", { ...none, log: "pieces", policy: "enforced" }, true],
    ["policy enforced · 2 findings · 1 not allowed", whole, false],
    ["policy not enforced", { ...whole, policy: "unenforced", findings: 0, denied: 0 }, false],
    [
      "record not whole · no policy · 1 finding",
      { ...whole, policy: "none", findings: 1, denied: 0, broken: true },
      false,
    ],
    ["log expired", { ...none, log: "expired" }, false],
    ["policy audited · log expired", { ...whole, log: "expired", policy: "audited", findings: 0, denied: 0 }, false],
  ];
  for (const [words, glance, isLive] of cases) {
    it(`are “${words}”`, () => assert.equal(glanceWords(glance, isLive), words));
  }

  it("say where they come from, and that they are not known", () => {
    assert.match(glanceSentence(undefined, true), /not known until it is opened/);
    assert.match(glanceSentence(whole, false), /what its job says; opening the log checks it/);
    assert.match(glanceSentence(none, false), /nobody watched, or the log was deleted/);
    assert.match(glanceSentence({ ...none, log: "pieces" }, true), /policy and findings when opened\.$/);
  });
});
