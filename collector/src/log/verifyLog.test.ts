import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { sealedLog, unsealedLog } from "../../test/http/sealedLog.ts";
import { Cleanup, temporaryDirectory } from "../../test/http/support.ts";
import { UserError } from "../errors.ts";
import { closeFd } from "./fileAccess.ts";
import { openLogFile } from "./openLogFile.ts";
import { describeVerification } from "../../report/verificationText.ts";
import type { Verification } from "../../report/logVerifier.ts";
import { verifyLog } from "./verifyLog.ts";

const NOT_A_LOG: Verification = {
  verdict: "broken",
  lines: 0,
  seals: 0,
  sealedTo: 0,
  lastSeal: undefined,
  problem: undefined,
  soughtLine: undefined,
};

describe("verifyLog", () => {
  const cleanup = new Cleanup();
  let path = "";
  before(async () => {
    path = join(await temporaryDirectory(cleanup), "run.ndjson");
  });
  after(() => cleanup.run());

  const verify = async (content: string | Buffer, sought?: string): Promise<Verification> => {
    writeFileSync(path, content);
    const file = await openLogFile(path);
    try {
      return await verifyLog(file, sought);
    } finally {
      await closeFd(file.fd);
    }
  };
  /** As `verify`; what is no log at all any more counts as found. */
  const check = async (content: string | Buffer): Promise<Verification> => {
    try {
      return await verify(content);
    } catch (error) {
      assert.ok(error instanceof UserError && error.exitCode === 2, String(error));
      return NOT_A_LOG;
    }
  };

  const log = sealedLog([3, 0, 5, 1, 4]);
  const lines = log.split("\n").slice(0, -1);
  const sealed = lines.flatMap((line, i) => (line.includes('"type":"seal"') ? [i + 1] : []));
  const hashAt = (line: number): string => (JSON.parse(lines[line - 1]!) as { sha256: string }).sha256;
  const text = (some: readonly string[]): string => some.map((line) => `${line}\n`).join("");

  it("holds what the collector writes, from run.start to run.end", async () => {
    const verification = await verify(log);
    assert.deepEqual(
      { ...verification, lastSeal: "" },
      {
        verdict: "whole",
        lines: lines.length,
        seals: sealed.length,
        sealedTo: lines.length,
        lastSeal: "",
        problem: undefined,
        soughtLine: undefined,
      },
    );
    assert.match(
      describeVerification(verification),
      /^it holds: 20 lines from run.start to run.end, 5 seals, the last [\da-f]{64}$/,
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(30), { maxLength: 20 }),
        fc.string({ unit: "binary", maxLength: 20 }),
        async (groups, name) => {
          assert.equal((await verify(sealedLog(groups, `/${name}`))).verdict, "whole");
        },
      ),
      { numRuns: 100 },
    );
  });

  it("finds each change of one byte, wherever it is", async () => {
    const bytes = Buffer.from(log);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const altered = Buffer.from(bytes);
        altered[at] = altered[at]! ^ flip;
        const { verdict, lines: held } = await check(altered);
        assert.notEqual(verdict, "whole", `byte ${at} of line ${held + 1}`);
      }),
      { numRuns: 1_000 },
    );
  });

  it("finds each byte that is added or removed", async () => {
    const bytes = Buffer.from(log);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.option(fc.constantFrom(...' \r\n\t0a,"{}')), async (at, added) => {
        const [before, behind] = [bytes.subarray(0, at), bytes.subarray(added === null ? at + 1 : at)];
        const { verdict } = await check(Buffer.concat([before, Buffer.from(added ?? ""), behind]));
        assert.notEqual(verdict, "whole", `at ${at}`);
      }),
      { numRuns: 700 },
    );
  });

  it("finds lines that are removed, added, repeated or swapped, also where all are numbered anew", async () => {
    const at = fc.nat(lines.length - 1);
    const edit = fc.oneof(
      fc.tuple(at, fc.integer({ min: 1, max: 6 })).map(([i, n]) => lines.toSpliced(i, n)),
      fc.tuple(at, at).map(([i, from]) => lines.toSpliced(i, 0, lines[from]!)),
      fc.tuple(at, at).map(([i, j]) => lines.map((line, k) => (k === i ? lines[j]! : k === j ? lines[i]! : line))),
    );
    await fc.assert(
      fc.asyncProperty(edit, fc.boolean(), async (edited, renumber) => {
        if (edited.length === 0 || edited.join("\n") === lines.join("\n")) return;
        const numbered = edited.map((line, i) => (renumber ? line.replace(/"seq":\d+/, `"seq":${i + 1}`) : line));
        if (numbered.join("\n") === lines.join("\n")) return;
        assert.notEqual((await check(text(numbered))).verdict, "whole");
      }),
      { numRuns: 700 },
    );
  });

  it("says up to where a log holds that was cut off anywhere", async () => {
    const bytes = Buffer.from(log);
    for (let cut = Buffer.byteLength(`${lines[0]}\n`); cut < bytes.length; cut++) {
      const part = bytes.subarray(0, cut);
      const whole = part.toString("latin1").split("\n").length - 1;
      const { verdict, sealedTo, problem } = await verify(part);
      // The last seal covers run.end too, and says nothing without it.
      const held = sealed.findLast((line) => line <= whole && line < lines.length - 1) ?? 0;
      assert.equal(sealedTo, held, `cut at ${cut}`);
      assert.ok(verdict === "cut" || (verdict === "unsealed" && held === 0), `${verdict} at ${cut}`);
      if (verdict === "cut") assert.ok(problem!.line >= whole && problem!.line <= whole + 1);
    }
  });

  const cases: readonly (readonly [string, () => string, RegExp])[] = [
    [
      "the first line removed",
      () => text(lines.slice(1)),
      /^line 1: its seq is 2 and should be 1: .*; no seal before it holds/,
    ],
    ["all but the last line removed", () => text(lines.slice(-1)), /^line 1: its seq is 20 and should be 1/],
    ["the first line made unreadable", () => text(lines.with(0, "{]")), /^line 1: the line is not JSON; no seal/],
    ["the first line's JSON broken", () => log.replace("}\n", "]\n"), /^line 1: the line is not JSON; no seal/],
    ["a cut in the first line", () => log.slice(0, 40), /^line 1: the line is not JSON; no seal/],
    ["the first two lines swapped", () => text([lines[1]!, lines[0]!, ...lines.slice(2)]), /^line 1: its seq is 2/],
    [
      "a line that was altered",
      () => log.replace("/srv/é/2", "/srv/é/9"),
      /^line 5: this seal does not fit lines 1 to 5, which it covers: one of them was altered; no seal before it holds/,
    ],
    [
      "one behind a seal that holds",
      () => log.replace("/srv/é/5", "/srv/é/9"),
      /^line 11: this seal does not fit lines 6 to 11.*; it holds up to line 5 \(1 seal, the last [\da-f]{64}\); 5 lines after that are not sealed$/,
    ],
    ["a line that was removed", () => text(lines.toSpliced(2, 1)), /^line 3: its seq is 4 and should be 3/],
    [
      "a seal that was made anew for what was altered",
      () => {
        const altered = log.replace("/srv/é/2", "/srv/é/9");
        const own = lines[4]!.replace(`,"sha256":"${hashAt(5)}"`, "");
        const sha256 = createHash("sha256")
          .update(text([...altered.split("\n").slice(0, 4), own]))
          .digest("hex");
        return altered.replace(hashAt(5), sha256);
      },
      /^line 11: this seal is not part of the chain: it does not name the one before it; it holds up to line 5/,
    ],
    [
      "a seal that is written otherwise",
      () => log.replace(',"previous":"', ', "previous":"'),
      /^line 5: this seal is not written/,
    ],
    [
      "a line behind run.end",
      () => `${log}${lines[1]!.replace('"seq":2', '"seq":21')}\n`,
      /^line 21: it stands behind run.end/,
    ],
    [
      "a missing end",
      () => text(lines.slice(0, -2)),
      /^line 18: no run.end follows: cut off here, or the run goes on; it holds up to line 18/,
    ],
    [
      "a run.end without a seal",
      () => {
        const end = lines.at(-1)!.replace('"seq":20', '"seq":19');
        return text([...lines.slice(0, -2), end]);
      },
      /^line 19: run.end has no seal of its own/,
    ],
    [
      "a cut-off last line",
      () => log.slice(0, -9),
      /^line 20: the line is cut off; it holds up to line 18 .*; 1 line after that is not sealed$/,
    ],
    ["a missing last line end", () => log.slice(0, -1), /^line 20: the line end is missing/],
    [
      "a cut before the first seal was written",
      () => text(lines.slice(0, 3)) + lines[3]!.slice(0, 30),
      /^line 4: the line is cut off; it has no seals: 3 lines numbered without a gap, but nothing shows/,
    ],
    [
      "an end before the first seal was written",
      () => text(lines.slice(0, 3)),
      /^line 3: no run.end follows: cut off here, or the run goes on; it has no seals: 3 lines/,
    ],
    [
      "a log without seals",
      () => unsealedLog([3]),
      /^it has no seals: 5 lines numbered without a gap, but nothing shows/,
    ],
  ];
  for (const [name, make, message] of cases) {
    it(`names the line: ${name}`, async () => assert.match(describeVerification(await verify(make())), message));
  }

  it("refuses what is no log, and a newer version, as the other commands do", async () => {
    for (const content of [
      "hello\n",
      "hello\nworld\n",
      log.slice(0, 5),
      '{"v":1}\n{"v":1}\n',
      log.replace('"v":1', '"v":2'),
      log.replaceAll('"v":1', '"v":2'),
      text(lines.with(7, lines[7]!.replace('"v":1', '"v":2'))),
    ]) {
      await assert.rejects(verify(content), (error: unknown) => error instanceof UserError && error.exitCode === 2);
    }
  });

  it("tells a log that was made anew as a whole by a seal that was seen", async () => {
    const seen = hashAt(sealed[1]!);
    const found = await verify(log, seen);
    assert.equal(found.soughtLine, sealed[1]);
    assert.match(describeVerification(found, seen), /the seal asked for is there and covers up to line \d+$/);
    const anew = await verify(sealedLog([3, 0, 5, 1, 4], "/other"), seen);
    assert.deepEqual([anew.verdict, anew.soughtLine], ["whole", undefined]);
    assert.match(describeVerification(anew, seen), /^it has no seal [\da-f]{64} that holds/);
  });
});
