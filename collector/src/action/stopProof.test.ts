import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { stopHashOf, stopProof } from "./stopProof.ts";

describe("the proof that the job is over", () => {
  const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
  const token = { ACTIONS_RUNTIME_TOKEN: "of the actions" };

  it("needs the saved word and what the runner gives to actions alone", () => {
    const known = stopHashOf(stopProof("word", token));
    assert.equal(stopHashOf(stopProof("word", { ...token, PATH: "/bin" })), known);
    for (const guess of ["word", stopProof("word", {}), stopProof("", token), stopProof("other", token)]) {
      assert.notEqual(hash(guess), known, guess);
    }
    assert.equal(hash(stopProof("word", token)), known, "what the control socket compares");
  });

  it("is a word where the runner has no service for artifacts", () =>
    assert.match(stopProof("word", {}), /^[0-9a-f]{64}$/));
});
