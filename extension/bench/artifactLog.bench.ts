// A finished session's log of 200,000 events, opened from GitHub in the real VS Code: how soon its first screen is there, from
// the click on the session's row to rows on the screen, with the download from a GitHub on this machine, and every seal
// checked on the way. Alternative in the same run: the same log as a file in the workspace.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { logName } from "../../collector/protocol/artifactNames.ts";
import { sealedLines } from "../src/hosted/testSource.ts";
import { FAKE_TOKEN } from "../test/github/state.ts";
import { startTestGitHub } from "../test/github/testGitHub.ts";
import { measuredVsix, startEditor, type Editor } from "./editorWindow.ts";
import { findMonitor, readProbe, untilPainted } from "./monitorProbe.ts";
import { median } from "./percentiles.ts";
import { report, scale } from "./report.ts";
import { writeSyntheticRun } from "./syntheticRun.ts";

const EVENTS = Math.max(10_000, Math.round(200_000 * scale));
const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 3);
/** A first screen is one that is full of rows. */
const SCREEN = 30;
const SEAL_EVERY = 1000;

interface Round {
  readonly firstScreen: number;
  readonly all: number;
}

const sealedLog = async (work: string): Promise<string> => {
  const path = join(work, "raw.ndjson");
  await writeSyntheticRun(path, EVENTS);
  const raw = (await readFile(path, "utf8")).split("\n").slice(0, -1);
  const lines = raw.map((line) => (seq: number) => line.replace(/"seq":\d+/, `"seq":${seq}`));
  return sealedLines(lines, SEAL_EVERY).join("");
};

/** Opens a window, lets `open` click what opens the monitor, and waits until it has painted all. */
const measureRound = async (
  editor: Editor,
  folder: string,
  events: number,
  open: (workbench: Awaited<ReturnType<Editor["open"]>>) => Promise<() => Promise<void>>,
): Promise<Round> => {
  const workbench = await editor.open(folder);
  try {
    const click = await open(workbench);
    const start = Date.now();
    await click();
    const monitor = await findMonitor(workbench.page);
    await untilPainted(monitor, events, 120_000);
    const { paints } = await readProbe(monitor);
    const screen = paints.find(([, rows]) => rows >= SCREEN);
    const last = paints.find(([seq]) => seq >= events);
    if (screen === undefined || last === undefined) throw new Error("the page painted no rows");
    return { firstScreen: screen[2] - start, all: last[2] - start };
  } finally {
    await workbench.page.context().close();
  }
};

const measure = async (work: string): Promise<void> => {
  const log = await sealedLog(work);
  const events = log.split("\n").length - 1;
  const folder = join(work, "workspace");
  await mkdir(join(folder, ".git"), { recursive: true });
  await writeFile(join(folder, "run.ndjson"), log);
  const github = await startTestGitHub();
  github.clock.now = Date.now();
  const { run, fake } = github;
  run.artifacts.push({
    id: 1,
    name: logName("copilot.1.a1b2c3"),
    files: { "run.ndjson": log },
    expired: false,
    createdAt: Date.now(),
    expiresAt: Date.now() + 86_400_000,
  });
  await writeFile(join(folder, ".git/HEAD"), "ref: refs/heads/main\n");
  await writeFile(join(folder, ".git/config"), `[remote "origin"]\n\turl = ${fake.url}/octo-org/receipt-ocr.git\n`);
  const editor = await startEditor({ packages: [measuredVsix], settings: { "runglass.github.url": fake.url } });
  const [artifacts, files]: [Round[], Round[]] = [[], []];
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      artifacts.push(
        await measureRound(editor, folder, events, async (workbench) => {
          await workbench.run("View: Show Runglass");
          await workbench.run("Runglass: Set GitHub Token…");
          await workbench.answer("A token for", FAKE_TOKEN);
          const row = workbench.sideBar
            .locator('[role="treeitem"]')
            .filter({ hasText: /Session .*live/ })
            .first();
          await row.click({ trial: true });
          return () => row.click();
        }),
      );
      files.push(
        await measureRound(editor, folder, events, async (workbench) => {
          const row = workbench.page
            .locator(".explorer-folders-view [role='treeitem']")
            .filter({ hasText: "run.ndjson" });
          await row.click({ trial: true });
          return () => row.click();
        }),
      );
    }
  } finally {
    await editor.close();
    await fake.close();
  }
  const of = (rounds: readonly Round[], value: (round: Round) => number): number => median(rounds.map(value));
  const [first, all] = [(round: Round) => round.firstScreen, (round: Round) => round.all];
  await report(
    "artifactLog",
    [
      { what: "first screen, from the artifact", value: of(artifacts, first), unit: "ms", atMost: 3000 },
      { what: "all events in the page, seals checked", value: of(artifacts, all), unit: "ms" },
      { what: "first screen, from a file", value: of(files, first), unit: "ms" },
      { what: "first screen, artifact ÷ file", value: of(artifacts, first) / of(files, first), unit: "×" },
      { what: "all events, artifact ÷ file", value: of(artifacts, all) / of(files, all), unit: "×" },
    ],
    { events, bytes: log.length, artifacts, files },
  );
};

const work = await mkdtemp(join(tmpdir(), "runglass-bench-"));
try {
  await measure(work);
} finally {
  await rm(work, { recursive: true, force: true });
}
