import assert from "node:assert/strict";
import fc from "fast-check";
import { logName, segmentName } from "../../../collector/protocol/artifactNames.ts";
import type { HostedArtifact } from "./hostedSource.ts";
import { artifactsByJob, nextSegment, type JobArtifacts } from "./segmentPlan.ts";

const key = "copilot.1.a1b2c3";
let ids = 0;
const artifact = (name: string, more: Partial<HostedArtifact> = {}): HostedArtifact => ({
  id: (ids += 1),
  name,
  size: 100,
  expired: false,
  createdAt: undefined,
  ...more,
});
const segment = (number: number, first: number, last: number, more: Partial<HostedArtifact> = {}): HostedArtifact =>
  artifact(segmentName({ key, number, first, last }), more);
const jobOf = (...artifacts: readonly HostedArtifact[]): JobArtifacts => {
  const job = artifactsByJob(artifacts).get(key);
  assert.ok(job !== undefined);
  return job;
};
/** Ids of the segments in the order in which they are taken. */
const takenOf = (job: JobArtifacts, refused: ReadonlySet<number> = new Set()): { ids: number[]; seq: number } => {
  const taken: number[] = [];
  for (let seq = 0; ;) {
    const next = nextSegment(job, seq, refused);
    if (next.kind !== "take") return { ids: taken, seq };
    taken.push(next.segment.artifact.id);
    seq = next.segment.last;
  }
};

describe("the plan of segments", () => {
  it("covers each event once, in whatever order artifacts are listed, with pieces that were uploaded twice", () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(cuts, fc.infiniteStream(fc.nat()), (sizes, random) => {
        let end = 0;
        const pieces = sizes.flatMap((size, i) => {
          const [first, last] = [end + 1, end + size];
          end = last;
          const one = segment(i + 1, first, last);
          const again = segment(i + 1, Math.max(1, first - ((random.next().value ?? 0) % 9)), last);
          return (random.next().value ?? 0) % 3 === 0 ? [one, again] : [one];
        });
        const order = new Map(pieces.map(({ id }) => [id, random.next().value ?? 0]));
        pieces.sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0));
        assert.equal(takenOf(jobOf(...pieces)).seq, end);
      }),
    );
  });

  it("waits at a gap, and says what is missing", () => {
    const [a, c] = [segment(1, 1, 10), segment(3, 21, 30)];
    const job = jobOf(c, a);
    assert.deepEqual(takenOf(job), { ids: [a.id], seq: 10 });
    assert.deepEqual(nextSegment(job, 10, new Set()), { kind: "wait", missing: { first: 11, last: 20 } });
    assert.deepEqual(nextSegment(job, 30, new Set()), { kind: "wait", missing: undefined });
  });

  it("takes another one in place of one that was refused or has expired, and says where there is none", () => {
    const [a, bad, good, old] = [
      segment(1, 1, 10),
      segment(2, 11, 20),
      segment(2, 9, 20),
      segment(3, 21, 30, { expired: true }),
    ];
    const job = jobOf(a, bad, good, old);
    assert.deepEqual(takenOf(job, new Set([bad.id])), { ids: [a.id, good.id], seq: 20 });
    const next = nextSegment(job, 20, new Set());
    assert.equal(next.kind === "expired" && next.segment.artifact.id, old.id);
  });

  it("tells jobs and attempts apart, and passes over what is not ours", () => {
    const other = "copilot.2.zzzzzz";
    const jobs = artifactsByJob([
      segment(1, 1, 5),
      artifact(segmentName({ key: other, number: 1, first: 1, last: 3 })),
      artifact(logName(other)),
      artifact("coverage-report"),
      artifact("runglass-log--../../etc"),
    ]);
    assert.deepEqual([...jobs.keys()], [key, other]);
    assert.equal(jobs.get(key)?.log, undefined);
    assert.equal(jobs.get(other)?.segments.length, 1);
    assert.equal(jobs.get(other)?.log?.name, logName(other));
  });

  it("takes the log that can still be had, and the newest of several", () => {
    const logs = [{ expired: true }, {}, {}, { expired: true }].map((more) => artifact(logName(key), more));
    const want = logs[2]?.id;
    assert.equal(jobOf(...logs).log?.id, want);
    assert.equal(jobOf(...logs.toReversed()).log?.id, want);
  });

  it("is bounded, however many artifacts a hostile job makes", () => {
    const many = Array.from({ length: 20_000 }, (_, i) => segment(1, i + 1, i + 2));
    const keys = Array.from({ length: 5_000 }, (_, i) => artifact(logName(`job${i}.1.x`)));
    const jobs = artifactsByJob([...many, ...keys]);
    assert.ok((jobs.get(key)?.segments.length ?? 0) <= 2_000);
    assert.ok(jobs.size <= 300);
  });
});
