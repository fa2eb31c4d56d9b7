// A finished log of a million events in the real VS Code: how soon its first screen is there, and all of it, how fast it is
// filtered, how smoothly it scrolls, and what it costs in memory. Alternatives in the same run: VS Code's own text editor
// on the same file, and grep and jq over it.
import { spawnSync } from "node:child_process";
import { link, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Frame } from "playwright-core";
import type { Workbench } from "../test/vscode/workbench.ts";
import { measuredVsix, pageMemory, residentMemory, startEditor, type Editor } from "./editorWindow.ts";
import { filterMonitor, findMonitor, readProbe, untilPainted } from "./monitorProbe.ts";
import { median } from "./percentiles.ts";
import { report, scale, type Figure } from "./report.ts";
import { scrollByWheel, type Smoothness } from "./scrolling.ts";
import { NEEDLE, writeSyntheticRun, type SyntheticRun } from "./syntheticRun.ts";

const EVENTS = Math.max(10_000, Math.round(1_000_000 * scale));
const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 3);
/** A first screen is one that is full of rows. */
const SCREEN = 30;
const SCROLL_MS = 3000;

interface Filter {
  readonly name: string;
  readonly text: string;
  /** The same question to the file, by tools of the command line. */
  readonly command: readonly [string, ...string[]];
}

const hostsProgram = 'select((.host.name? // .dns.name? // "") | endswith(".github.com"))';
const failedProgram = 'select(.exit.code? > 0 or ((.result? // "ok") != "ok"))';
const filters: readonly Filter[] = [
  { name: "host:*.github.com", text: "host:*.github.com", command: ["jq", "-c", hostsProgram] },
  { name: "is:failed -comm:git", text: "is:failed -comm:git", command: ["jq", "-c", failedProgram] },
  { name: "text in any row", text: NEEDLE, command: ["grep", "-F", NEEDLE] },
];

interface Round {
  readonly firstScreen: number;
  readonly all: number;
  readonly longestTask: number;
  readonly filters: readonly number[];
  readonly scroll: Smoothness;
  readonly fling: Smoothness;
  readonly hostMemory: { readonly now: number; readonly highest: number };
  readonly hostBefore: number;
  /** MB of the page: objects, and arrays beside them. */
  readonly heap: number;
  readonly arrays: number;
}

const explorerItem = (workbench: Workbench, name: string) =>
  workbench.page.locator(".explorer-folders-view [role='treeitem']").filter({ hasText: name });

/** Place of the first row on the screen. */
const topRow = async (monitor: Frame): Promise<number> =>
  Number(await monitor.locator(".grid-spacer .row").first().getAttribute("aria-rowindex"));

const filterAll = async (monitor: Frame, run: SyntheticRun): Promise<number[]> => {
  const times: number[] = [];
  for (const { name, text } of filters) {
    const { ms, count } = await filterMonitor(monitor, text);
    const matches = Number(/^([\d,.\s]+) of/.exec(count)?.[1]?.replaceAll(/\D/g, ""));
    if (!(matches > 0)) throw new Error(`the filter ${name} found "${count}"`);
    if (text === NEEDLE && matches !== run.needles) throw new Error(`${name}: ${matches} rows of ${run.needles}`);
    times.push(ms);
    await filterMonitor(monitor, "");
  }
  return times;
};

/** Opens the log in a new window of a new browser profile, and measures all that is measured of the monitor. */
const monitorRound = async (editor: Editor, folder: string, run: SyntheticRun): Promise<Round> => {
  const workbench = await editor.open(folder);
  const { page } = workbench;
  try {
    const item = explorerItem(workbench, "run.ndjson");
    await item.click({ trial: true });
    const [host] = (await editor.extensionHosts()).slice(-1);
    if (host === undefined) throw new Error("there is no extension host");
    const hostBefore = (await residentMemory(host)).now;
    const before = await pageMemory(page);
    const start = Date.now();
    await item.click();
    const monitor = await findMonitor(page);
    await untilPainted(monitor, run.events, 600_000);
    const { paints, longTasks } = await readProbe(monitor);
    const screen = paints.find(([, rows]) => rows >= SCREEN);
    const last = paints.find(([seq]) => seq >= run.events);
    if (screen === undefined || last === undefined) throw new Error("the page painted no rows");
    const after = await pageMemory(page);
    const hostMemory = await residentMemory(host);

    const times = await filterAll(monitor, run);
    await workbench.run("Runglass: Expand All");
    const box = await page.locator("iframe.webview.ready").boundingBox();
    if (box === null) throw new Error("the monitor is not in view");
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await scrollByWheel(page, monitor, 30, 500);
    const scroll = await scrollByWheel(page, monitor, 30, SCROLL_MS);
    const scrolled = await topRow(monitor);
    const fling = await scrollByWheel(page, monitor, 3000, SCROLL_MS);
    const flung = await topRow(monitor);
    if (scrolled < 100 || flung < scrolled + 5000) throw new Error(`it did not scroll: to ${scrolled}, then ${flung}`);
    return {
      firstScreen: screen[2] - start,
      all: last[2] - start,
      longestTask: longTasks.reduce((most, [, ms, own]) => (own ? Math.max(most, ms) : most), 0),
      filters: times,
      scroll,
      fling,
      hostMemory,
      hostBefore,
      heap: after.heap - before.heap,
      arrays: after.arrays - before.arrays,
    };
  } finally {
    await page.context().close();
  }
};

interface TextRound {
  readonly firstScreen: number;
  readonly scroll: Smoothness;
  readonly memory: number;
}

/** The same file in VS Code's text editor: until lines are on the screen. */
const textRound = async (editor: Editor, folder: string): Promise<TextRound> => {
  const workbench = await editor.open(folder);
  const { page } = workbench;
  try {
    const item = explorerItem(workbench, "run.txt");
    await item.click({ trial: true });
    const before = await pageMemory(page);
    const start = Date.now();
    await item.click();
    const lines = page.locator(".monaco-editor .view-line").filter({ hasText: '"seq"' });
    await lines.first().waitFor({ timeout: 300_000 });
    const firstScreen = Date.now() - start;
    const after = await pageMemory(page);
    const box = await page.locator(".monaco-editor").first().boundingBox();
    if (box === null) throw new Error("the text editor is not in view");
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    const scroll = await scrollByWheel(page, page.mainFrame(), 30, SCROLL_MS);
    return { firstScreen, scroll, memory: after.heap + after.arrays - before.heap - before.arrays };
  } finally {
    await page.context().close();
  }
};

/** Milliseconds that a command takes over the file; undefined where this machine does not have it. */
const commandTime = ([program, ...args]: Filter["command"], path: string): number | undefined => {
  const start = performance.now();
  const { error, status, stdout } = spawnSync(program, [...args, path], { maxBuffer: 1 << 30 });
  if (error !== undefined) return undefined;
  if (status !== 0 || stdout.length === 0) throw new Error(`${program} found nothing`);
  return performance.now() - start;
};

const measure = async (work: string): Promise<void> => {
  const folder = join(work, "workspace");
  await mkdir(folder);
  const log = join(folder, "run.ndjson");
  const run = await writeSyntheticRun(log, EVENTS);
  await link(log, join(folder, "run.txt"));
  const settings = { "workbench.editorLargeFileConfirmation": 100_000, "files.maxMemoryForLargeFilesMB": 8192 };
  const editor = await startEditor({ packages: [measuredVsix], settings });
  const rounds: Round[] = [];
  const texts: TextRound[] = [];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push(await monitorRound(editor, folder, run));
      texts.push(await textRound(editor, folder));
    }
  } finally {
    await editor.close();
  }
  const commands = filters.map(({ command }) => commandTime(command, log));

  const of = (value: (round: Round) => number): number => median(rounds.map(value));
  const ofText = (value: (round: TextRound) => number): number => median(texts.map(value));
  const figures: Figure[] = [
    { what: "first screen", value: of((r) => r.firstScreen), unit: "ms", atMost: 3000 },
    { what: "first screen, VS Code's text editor", value: ofText((r) => r.firstScreen), unit: "ms" },
    { what: "first screen ÷ text editor", value: of((r) => r.firstScreen) / ofText((r) => r.firstScreen), unit: "×" },
    { what: "all events in the page", value: of((r) => r.all), unit: "ms" },
    {
      what: "longest task of the page while loading (0: none of 50 ms)",
      value: of((r) => r.longestTask),
      unit: "ms",
    },
    ...filters.flatMap(({ name, command }, i): Figure[] => {
      const own = of((r) => r.filters[i] ?? Number.NaN);
      const other = commands[i];
      const figure: Figure = { what: `filter ${name}`, value: own, unit: "ms", atMost: 300 };
      if (other === undefined) return [figure];
      return [figure, { what: `filter ${name} ÷ ${command[0]} over the file`, value: own / other, unit: "×" }];
    }),
    {
      what: "scrolling, all open",
      value: Math.round(of((r) => r.scroll.framesPerSecond)),
      unit: "frames/s",
      atLeast: 60,
    },
    { what: "scrolling, all open: time between frames, p99", value: of((r) => r.scroll.p99), unit: "ms" },
    {
      what: "flinging, 3,000 px a frame",
      value: Math.round(of((r) => r.fling.framesPerSecond)),
      unit: "frames/s",
      atLeast: 60,
    },
    { what: "flinging: time between frames, p99", value: of((r) => r.fling.p99), unit: "ms" },
    {
      what: "scrolling, VS Code's text editor",
      value: Math.round(ofText((r) => r.scroll.framesPerSecond)),
      unit: "frames/s",
    },
    { what: "extension host, resident", value: of((r) => r.hostMemory.now), unit: "MB" },
    { what: "extension host, grown by", value: of((r) => r.hostMemory.now - r.hostBefore), unit: "MB" },
    { what: "extension host, highest", value: of((r) => r.hostMemory.highest), unit: "MB" },
    { what: "page, objects", value: of((r) => r.heap), unit: "MB" },
    { what: "page, arrays", value: of((r) => r.arrays), unit: "MB" },
    { what: "page, VS Code's text editor, objects and arrays", value: ofText((r) => r.memory), unit: "MB" },
  ];
  await report("largeLog", figures, { run, rounds, texts });
};

const work = await mkdtemp(join(tmpdir(), "runglass-bench-"));
try {
  await measure(work);
} finally {
  await rm(work, { recursive: true, force: true });
}
