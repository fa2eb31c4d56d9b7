import assert from "node:assert/strict";
import { createFacts } from "../model/runFacts.ts";
import { coverageWord, explainCoverage, explainLost, lostTotal, stateWord } from "./facts.ts";
import { noticesFor } from "./notices.ts";

describe("noticesFor", () => {
  it("is quiet while nothing is wrong", () => assert.deepEqual(noticesFor(createFacts(), 1000), []));

  it("says what was lost, what could not be read, what is not known, and what is only counted", () => {
    const facts = createFacts();
    facts.lost = 1412;
    facts.lostBySource.set("file ring", 1412);
    facts.missing = 1;
    facts.badLines = 2;
    facts.firstBadLine = { line: 7, reason: "the line is not JSON" };
    facts.unknownTypes.set("gpu\u202e.load", 1);
    facts.folded = 3;
    const texts = noticesFor(facts, 1000).map((notice) => notice.text);
    assert.match(texts[0]!, /^1,412 events lost before the log \(file ring\)/);
    assert.match(texts[1]!, /^1 event missing/);
    assert.match(texts[2]!, /^2 lines could not be read and are left out\. The first is line 7: the line is not JSON/);
    assert.match(texts[3]!, /gpu\\u202e\.load.*update Runglass/);
    assert.match(texts[4]!, /holds 1,000 rows\. 3 further events/);
  });
});

describe("facts of the first line", () => {
  it("has a word for each state", () => {
    assert.equal(stateWord({ kind: "lost", reason: "", retryInMs: 8000 }, 4100).word, "lost, again in 5 s");
    assert.equal(stateWord({ kind: "loading", done: 1, total: 3 }, 0).word, "loading 33 %");
    assert.equal(stateWord({ kind: "ended", complete: false }, 0).word, "ended, incomplete");
  });

  it("names blind spots first", () => {
    const facts = createFacts();
    assert.equal(coverageWord(facts).word, "coverage unknown");
    facts.coverage.set("a", { hook: "exec", target: "", state: "on", reason: "" });
    assert.equal(coverageWord(facts).word, "all seen");
    facts.coverage.set("b", { hook: "tls", target: "/bin/x", state: "unsupported", reason: "rustls" });
    assert.equal(coverageWord(facts).word, "1 blind spot");
    assert.deepEqual(explainCoverage(facts).table, [
      ["tls (/bin/x)", "unsupported: rustls"],
      ["exec", "on"],
    ]);
  });

  it("adds gaps in the stream to what the collector lost", () => {
    const facts = createFacts();
    facts.lost = 5;
    facts.lostBySource.set("net", 5);
    facts.missing = 2;
    assert.equal(lostTotal(facts), 7);
    assert.deepEqual(explainLost(facts).table, [
      ["net", "5"],
      ["missing in the stream", "2"],
    ]);
  });
});
