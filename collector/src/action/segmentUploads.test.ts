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

  /** How tries to upload go, in their order; well, when there is no more said. */
  const uploading = async (mostBytes: number, fates: readonly Uploaded[]) => {
    const reader = await SegmentReader.open(log, mostBytes);
    const stored = new Map<string, string>();
    const left = [...fates];
    const uploads = new SegmentUploads({
      key: KEY,
      reader,
      retryMs: 0,
      upload: (name, bytes) => {
        assert.ok(!stored.has(name), `${name} is there already`);
        const fate = left.shift() ?? { ok: true };
        if (fate.ok) stored.set(name, bytes.toString("utf8"));
        return Promise.resolve(fate);
      },
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

  const fate = fc.oneof(
    fc.constant<Uploaded>({ ok: true }),
    fc.constant<Uploaded>({ ok: false, reason: "lost", taken: false }),
    fc.constant<Uploaded>({ ok: false, reason: "taken", taken: true }),
  );

  it("upload each line once, in order, whatever goes wrong between", async () => {
    const chunks = fc.array(
      fc.string({ maxLength: 60 }).map((text) => JSON.stringify(text)),
      { maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(
        chunks,
        fc.array(fate, { maxLength: 12 }),
        fc.integer({ min: 100, max: 2_000 }),
        async (lines, fates, most) => {
          const text = lines.map((line) => `${line}\n`).join("");
          writeFileSync(log, text);
          const { reader, stored, uploads } = await uploading(most, fates);
          try {
            assert.equal(await uploads.finish(fates.length + 2), true);
            assert.equal(joined(stored), text);
          } finally {
            await reader.close();
          }
        },
      ),
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
    const lost: Uploaded = { ok: false, reason: "lost", taken: false };
    const { reader, stored, uploads } = await uploading(1_000, [lost, lost, lost, lost]);
    assert.equal(await uploads.finish(3), false);
    assert.equal(stored.size, 0);
    await reader.close();
  });
});
