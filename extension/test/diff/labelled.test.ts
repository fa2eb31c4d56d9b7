// The labelled events hold to what the rules are to reach; `npm run bench -- diff` prints the figures.
import assert from "node:assert/strict";
import { ChangeIndex } from "../../src/diff/changeIndex.ts";
import { byRules, describeMiss, judgeRun, readPull, type Verdict } from "./judge.ts";
import { fleet } from "./labelled/fleet.ts";
import { kiosk } from "./labelled/kiosk.ts";
import { ledger } from "./labelled/ledger.ts";
import { receiptOcr } from "./labelled/receiptOcr.ts";
import { rowsmith } from "./labelled/rowsmith.ts";
import { signage } from "./labelled/signage.ts";
import { storefront } from "./labelled/storefront.ts";
import { webConsole } from "./labelled/webConsole.ts";

const share = (verdicts: readonly Verdict[], holds: (verdict: Verdict) => boolean): number =>
  verdicts.filter(holds).length / verdicts.length;

describe("labelled events", () => {
  for (const [name, run] of [
    ["receipt-ocr", receiptOcr()],
    ["web-console", webConsole()],
    ["fleet", fleet()],
    ["storefront", storefront()],
    ["ledger", ledger()],
    ["rowsmith", rowsmith()],
    ["signage", signage()],
    ["kiosk", kiosk()],
  ] as const) {
    it(`of ${name} lead to their lines`, () => {
      const changes = new ChangeIndex(readPull(name));
      const verdicts = judgeRun(run, changes, byRules(run, changes));
      const misses = verdicts
        .filter(({ isFirst }) => !isFirst)
        .map(describeMiss)
        .join("\n");
      assert.ok(share(verdicts, ({ isFirst }) => isFirst) >= 0.85, misses);
      assert.ok(share(verdicts, ({ isInThree }) => isInThree) >= 0.95, misses);
      assert.deepEqual(verdicts.filter(({ isConfidentlyWrong }) => isConfidentlyWrong).map(describeMiss), []);
    });
  }
});
