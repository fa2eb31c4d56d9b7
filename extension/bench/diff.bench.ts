// From events to lines: how often the line that is named for an event of a run is the one that a person would want to see, over
// eight pull requests with labelled events. Beside it the naive way, by the names of files. Exits 1 when a target is missed.
//
// Rules are mended on the labels, so these figures flatter. What is new to them fares worse: the five that `WHEN_NEW` tells of
// were labelled first, judged once by the rules as they were then, and only then mended on, one after the other.
import process from "node:process";
import { ChangeIndex } from "../src/diff/changeIndex.ts";
import { byFileName, byRules, describeMiss, judgeRun, readPull, type Namer, type Verdict } from "../test/diff/judge.ts";
import { fleet } from "../test/diff/labelled/fleet.ts";
import { kiosk } from "../test/diff/labelled/kiosk.ts";
import { ledger } from "../test/diff/labelled/ledger.ts";
import { receiptOcr } from "../test/diff/labelled/receiptOcr.ts";
import { rowsmith } from "../test/diff/labelled/rowsmith.ts";
import { signage } from "../test/diff/labelled/signage.ts";
import { storefront } from "../test/diff/labelled/storefront.ts";
import { webConsole } from "../test/diff/labelled/webConsole.ts";
import { largePull } from "../test/diff/largePull.ts";
import type { LabelledRun } from "../test/diff/labelledRun.ts";
import { report, type Figure } from "./report.ts";

const LEAST_EVENTS = 60;

const percent = (verdicts: readonly Verdict[], holds: (verdict: Verdict) => boolean): number =>
  (100 * verdicts.filter(holds).length) / verdicts.length;

const first = ({ isFirst }: Verdict): boolean => isFirst;
const inThree = ({ isInThree }: Verdict): boolean => isInThree;
const wrong = ({ isConfidentlyWrong }: Verdict): boolean => isConfidentlyWrong;

const labelled: readonly (readonly [string, LabelledRun])[] = [
  ["receipt-ocr", receiptOcr()],
  ["web-console", webConsole()],
  ["fleet", fleet()],
  ["storefront", storefront()],
  ["ledger", ledger()],
  ["rowsmith", rowsmith()],
  ["signage", signage()],
  ["kiosk", kiosk()],
];

/** Events of storefront, ledger, rowsmith, signage and kiosk before any rule knew them: how many, and how they were judged. */
const WHEN_NEW = { events: 126, first: 111, inThree: 114, wrong: 3 } as const;

const judgeAll = (namer: (run: LabelledRun, changes: ChangeIndex) => Namer): Verdict[] =>
  labelled.flatMap(([name, run]) => {
    const changes = new ChangeIndex(readPull(name));
    return judgeRun(run, changes, namer(run, changes));
  });

const all = judgeAll(byRules);
const naive = judgeAll((_, changes) => byFileName(changes));
if (all.length < LEAST_EVENTS) throw new Error(`only ${all.length} labelled events`);

const large = largePull(3000);
const changes = new ChangeIndex(large.changes);
const name = byRules(large.run, changes);
const times = large.run.labelled
  .map(({ event }) => {
    // Of the processor, so that others on the machine do not count.
    const start = process.cpuUsage();
    name(event);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  })
  .sort((a, b) => a - b);

const figures: Figure[] = [
  { what: "right line first", value: percent(all, first), unit: "%", atLeast: 85 },
  { what: "right line in the first three", value: percent(all, inThree), unit: "%", atLeast: 95 },
  { what: "confidently wrong", value: percent(all, wrong), unit: "%", atMost: 1 },
  { what: "when new: right line first", value: (100 * WHEN_NEW.first) / WHEN_NEW.events, unit: "%" },
  { what: "when new: in the first three", value: (100 * WHEN_NEW.inThree) / WHEN_NEW.events, unit: "%" },
  { what: "when new: confidently wrong", value: (100 * WHEN_NEW.wrong) / WHEN_NEW.events, unit: "%" },
  { what: "by file name: right line first", value: percent(naive, first), unit: "%" },
  { what: "by file name: confidently wrong", value: percent(naive, wrong), unit: "%" },
  { what: "slowest of 200 events, 3,000 files", value: times.at(-1) ?? NaN, unit: "ms of processor", atMost: 100 },
];
for (const verdict of all.filter(({ isFirst }) => !isFirst)) console.log(describeMiss(verdict));
console.log(`${all.length} events of ${labelled.length} pull requests.`);
await report("diff", figures);
const missed = figures.some(
  ({ value, atLeast, atMost }) => value < (atLeast ?? -Infinity) || value > (atMost ?? Infinity),
);
if (missed) process.exitCode = 1;
