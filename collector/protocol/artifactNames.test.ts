import assert from "node:assert/strict";
import fc from "fast-check";
import {
  artifactKey,
  logName,
  parseArtifactKey,
  parseArtifactName,
  segmentName,
  verdictName,
  VERDICT_POLICIES,
} from "./artifactNames.ts";

describe("names of artifacts", () => {
  const key = fc
    .tuple(fc.string({ maxLength: 300 }), fc.integer({ min: 1, max: 99 }), fc.stringMatching(/^[a-z0-9]{6}$/))
    .map(([job, attempt, nonce]) => artifactKey(job, attempt, nonce));

  it("are read as they were written, whatever the job is called", () => {
    fc.assert(
      fc.property(key, fc.integer({ min: 1, max: 99_999 }), fc.nat(1e9), fc.nat(1e6), (ofJob, number, start, more) => {
        const segment = { key: ofJob, number, first: start + 1, last: start + 1 + more };
        assert.deepEqual(parseArtifactName(segmentName(segment)), { kind: "segment", ...segment });
        assert.deepEqual(parseArtifactName(logName(ofJob)), { kind: "log", key: ofJob });
        // What the service refuses in a name, and more than that.
        assert.match(segmentName(segment), /^[A-Za-z0-9_.-]{1,200}$/);
      }),
    );
  });

  it("tell what came of a job", () => {
    const counts = fc.tuple(fc.nat(999_999_999), fc.nat(999_999_999), fc.boolean());
    fc.assert(
      fc.property(key, fc.constantFrom(...VERDICT_POLICIES), counts, (ofJob, policy, [findings, denied, broken]) => {
        const verdict = { key: ofJob, policy, findings, denied, broken };
        assert.deepEqual(parseArtifactName(verdictName(verdict)), { kind: "verdict", ...verdict });
        assert.match(verdictName(verdict), /^[A-Za-z0-9_.-]{1,200}$/);
      }),
    );
    const many = { key: "a.1.b", policy: "none", findings: 1e12, denied: 0, broken: false } as const;
    assert.equal(verdictName(many), "runglass-verdict--a.1.b--none--999999999-0");
  });

  it("of others are not ours", () => {
    for (const name of [
      "",
      "runglass-log--",
      "runglass-log--../x",
      "runglass-log--a--b",
      "runglass-segment--a.1.b--00000--1-2",
      "runglass-segment--a.1.b--00001--0-2",
      "runglass-segment--a.1.b--00001--3-2",
      "runglass-segment--a.1.b--1--1-2",
      "runglass-segment--<b>--00001--1-2",
      "runglass-verdict--a.1.b--perfect--0-0",
      "runglass-verdict--a.1.b--none--0",
      "runglass-verdict--../x--none--0-0",
      "runglass-verdict--a.1.b--none--0-0--fine",
      "results",
    ]) {
      assert.equal(parseArtifactName(name), undefined, name);
    }
    fc.assert(fc.property(fc.string(), (name) => parseArtifactName(name) === undefined));
  });

  it("have a key that tells job and attempt", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9_.-]{1,50}$/), fc.integer({ min: 1, max: 999 }), (job, attempt) => {
        assert.equal(parseArtifactKey(artifactKey(job, attempt, "a1b2c3"))?.attempt, attempt);
      }),
    );
    assert.deepEqual(parseArtifactKey("build.x.2.abc"), { job: "build.x", attempt: 2 });
    for (const none of ["", "copilot", "copilot.1", ".1.x", "a.b.c", "a.1.b-c"]) {
      assert.equal(parseArtifactKey(none), undefined, none);
    }
  });

  it("tell what a job's name cannot", () => {
    assert.equal(artifactKey("copilot", 1, "a1b2c3"), "copilot.1.a1b2c3");
    assert.equal(artifactKey("build / ünit", 2, "x"), "build-nit.2.x");
    assert.equal(artifactKey("/", 1, "x"), "job.1.x");
  });
});
