import assert from "node:assert/strict";
import { createFacts } from "../model/runFacts.ts";
import { coverageWord, explainCoverage, explainLost, lostTotal, stateWord } from "./facts.ts";
import { noticesFor } from "./notices.ts";

const whole = { name: "Processes", left: 0 };

describe("noticesFor", () => {
  it("is quiet while nothing is wrong", () => assert.deepEqual(noticesFor(createFacts(), 1000, whole), []));

  it("says what was lost, what could not be read, what is not known, and what is only counted", () => {
    const facts = createFacts();
    facts.lost = 1412;
    facts.lostBySource.set("file ring", 1412);
    facts.missing = 1;
    facts.badLines = 2;
    facts.firstBadLine = { line: 7, reason: "the line is not JSON" };
    facts.unknownTypes.set("gpu\u202e.load", 1);
    facts.folded = 3;
    const texts = noticesFor(facts, 1000, whole).map((notice) => notice.text);
    assert.match(texts[0]!, /^1,412 events lost before the log \(file ring\)/);
    assert.match(texts[1]!, /^1 event missing/);
    assert.match(texts[2]!, /^2 lines could not be read and are left out\. The first is line 7: the line is not JSON/);
    assert.match(texts[3]!, /gpu\\u202e\.load.*update Runglass/);
    assert.match(texts[4]!, /holds 1,000 rows\. 3 further events/);
  });

  it("names what could not be looked into, once, however much that is", () => {
    const facts = createFacts();
    facts.coverage.set("a", { hook: "exec", target: "", state: "unsupported", reason: "not on this kernel" });
    assert.deepEqual(noticesFor(facts, 1000, whole), [], "what is no library is in the first line only");
    facts.coverage.set("b", { hook: "tls", target: "/bin/rustup", state: "unsupported", reason: "rustls" });
    const [one] = noticesFor(facts, 1000, whole);
    assert.match(one!.text, /^Not looked into: \/bin\/rustup \(rustls\)\. /);
    facts.coverage.set("c", { hook: "tls", target: "/bin/x\n", state: "off", reason: "" });
    const [two, ...none] = noticesFor(facts, 1000, whole);
    assert.match(two!.text, /^Not looked into: \/bin\/rustup and 1 other\. /);
    assert.deepEqual(none, []);
  });

  it("says that a view is full, and where the rest is", () => {
    const [full] = noticesFor(createFacts(), 1000, { name: "Files", left: 2 });
    assert.equal(full!.text, "The view is full: 2 rows of the run are not in Files. Processes has them.");
  });
});

describe("facts of the first line", () => {
  it("has a word for each state", () => {
    assert.equal(stateWord({ kind: "lost", reason: "", retryInMs: 8000 }, 4100).word, "lost, again in 5 s");
    assert.equal(stateWord({ kind: "live" }, 0).word, "live");
    assert.equal(stateWord({ kind: "live", behindMs: 26_000 }, 27_200).word, "live, 27 s behind");
    assert.equal(stateWord({ kind: "live", behindMs: 26_000, note: "It waits." }, 200_000).word, "live, 3 min behind");
    assert.equal(stateWord({ kind: "live", behindMs: 26_000, note: "It waits." }, 27_000).tone, "warn");
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
    facts.coverage.set("c", { hook: "io_uring", target: "", state: "off", reason: "" });
    assert.deepEqual(explainCoverage(facts).groups, [
      {
        caption: "Not seen (2)",
        rows: [
          ["tls (/bin/x)", "rustls"],
          ["io_uring", "off"],
        ],
      },
      { caption: "Seen (1)", rows: [["exec", "on"]] },
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
