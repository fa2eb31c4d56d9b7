import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { parseArtifactName } from "../../protocol/artifactNames.ts";
import { SegmentReader } from "./segmentReader.ts";
import { SegmentUploads, type Uploaded } from "./segmentUploads.ts";

const KEY = "build.1.abc";

describe("SegmentUploads", () => {
  let folder: string;
  let log: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "runglass-segments-"));
    log = join(folder, "run.ndjson");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** What becomes of a try: `unanswered` ones came through, `begun` ones took a name for good. */
  type Fate = "well" | "lost" | "unanswered" | "begun";

  const uploading = async (mostBytes: number, fates: readonly Fate[]) => {
    const reader = await SegmentReader.open(log, mostBytes);
    const stored = new Map<string, string>();
    const begun = new Set<string>();
    const left = [...fates];
    const upload = (name: string, bytes: Buffer): Uploaded => {
      const failed = { ok: false, reason: "it failed", taken: false } as const;
      // As the uploader finds out when the service says that the name is taken.
      if (stored.has(name)) return { ok: true };
      if (begun.has(name)) return { ...failed, taken: true };
      const fate = left.shift() ?? "well";
      if (fate === "begun") begun.add(name);
      else if (fate !== "lost") stored.set(name, bytes.toString("utf8"));
      return fate === "well" ? { ok: true } : failed;
    };
    const uploads = new SegmentUploads({
      key: KEY,
      reader,
      retryMs: 0,
      upload: (name, bytes) => Promise.resolve(upload(name, bytes)),
      onTrouble: () => undefined,
    });
    return { reader, stored, uploads };
  };

  /** The lines of all segments, which must follow one another by name and content. */
  const joined = (stored: ReadonlyMap<string, string>): string => {
    let next = 1;
    let number = 0;
    return [...stored]
      .map(([name, text]) => {
        const parsed = parseArtifactName(name);
        assert.ok(parsed?.kind === "segment" && parsed.key === KEY);
        number += 1;
        assert.deepEqual([parsed.number, parsed.first], [number, next]);
        assert.equal(text.split("\n").length - 1, parsed.last - parsed.first + 1);
        next = parsed.last + 1;
        return text;
      })
      .join("");
  };

  const fate = fc.constantFrom<Fate>("well", "lost", "unanswered", "begun");

  it("upload each line once, in order, whatever goes wrong between", async () => {
    const chunks = fc.array(
      fc.string({ maxLength: 60 }).map((text) => `${JSON.stringify(text)}\n`),
      { minLength: 2, maxLength: 30 },
    );
    const sizes = fc.integer({ min: 500, max: 2_000 });
    await fc.assert(
      fc.asyncProperty(chunks, chunks, fc.array(fate, { maxLength: 12 }), sizes, async (early, late, fates, most) => {
        writeFileSync(log, early.join(""));
        const { reader, stored, uploads } = await uploading(most, fates);
        try {
          // Where it gives up in between, it goes on with the same.
          await uploads.finish(2);
          appendFileSync(log, late.join(""));
          const text = [...early, ...late].join("");
          const whole = await uploads.finish(fates.length + 2);
          const got = joined(stored);
          assert.ok(text.startsWith(got));
          assert.ok(!whole || got === text);
          // Only where every name that is left is taken there is no way on.
          assert.ok(whole || fates.filter((one) => one === "begun").length > 1);
        } finally {
          await reader.close();
        }
      }),
      { numRuns: 150 },
    );
  });

  it("leave a line alone until it is whole", async () => {
    writeFileSync(log, '{"a":1}\n{"b":');
    const { reader, stored, uploads } = await uploading(1_000, []);
    assert.equal(await uploads.finish(), true);
    assert.equal(joined(stored), '{"a":1}\n');
    appendFileSync(log, "2}\n");
    assert.equal(await uploads.finish(), true);
    assert.equal(joined(stored), '{"a":1}\n{"b":2}\n');
    await reader.close();
  });

  it("give up in the end, and say so", async () => {
    writeFileSync(log, '{"a":1}\n');
    const { reader, stored, uploads } = await uploading(1_000, ["lost", "lost", "lost", "lost"]);
    assert.equal(await uploads.finish(3), false);
    assert.equal(stored.size, 0);
    await reader.close();
  });
});
