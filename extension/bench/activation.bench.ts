// What the extension costs a window: the time of loading and activating it as VS Code itself measures them, and the sizes of
// what is installed. Alternatives in the same run: an empty extension with the same activation events, and Git, which
// comes with VS Code. A workspace without the marker file must not activate it at all, until something of it is used.
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { activationStats, type Activation } from "./activationStats.ts";
import { measuredVsix, startEditor, type Editor } from "./editorWindow.ts";
import { emptyExtensionId, packEmptyExtension } from "./emptyExtension.ts";
import { median } from "./percentiles.ts";
import { report, type Figure } from "./report.ts";

const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 5);
const OWN = "runglass.runglass";
const GIT = "vscode.git";
const PATIENCE_MS = 60_000;

interface Round {
  readonly own: Activation;
  readonly empty: Activation;
  readonly git: Activation;
}

/** A new window with a new extension host, until both extensions have been activated in it. */
const activatedRound = async (editor: Editor, workspace: string): Promise<Round> => {
  const workbench = await editor.open(workspace);
  try {
    for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(1000)) {
      const stats = await activationStats(workbench);
      const [own, empty, git] = [stats.get(OWN), stats.get(emptyExtensionId), stats.get(GIT)];
      if (own !== undefined && empty !== undefined && git !== undefined) return { own, empty, git };
    }
    throw new Error("the extension was not activated by the marker file");
  } finally {
    await workbench.page.context().close();
  }
};

/** A window on a folder without the marker: not activated by itself; then by its view. */
const lazyRound = async (editor: Editor, workspace: string): Promise<Activation> => {
  const workbench = await editor.open(workspace);
  try {
    // VS Code has activated all that it activates by itself when what waits for the end of the start-up is active.
    for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(1000)) {
      const stats = await activationStats(workbench);
      const early = stats.get(OWN);
      if (early !== undefined) throw new Error(`activated for nothing: ${early.event}`);
      if ([...stats.values()].some(({ event }) => event === "onStartupFinished")) break;
      if (Date.now() > deadline) throw new Error("VS Code did not come to the end of its start-up");
    }
    await workbench.openRuns();
    for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(1000)) {
      const own = (await activationStats(workbench)).get(OWN);
      if (own !== undefined) return own;
    }
    throw new Error("its view did not activate the extension");
  } finally {
    await workbench.page.context().close();
  }
};

/** Sizes in kB, as installed. */
const installedSizes = async (editor: Editor): Promise<{ readonly main: number; readonly page: number }> => {
  const name = (await readdir(editor.extensions)).find((entry) => entry.startsWith(`${OWN}-`));
  if (name === undefined) throw new Error("the extension is not installed");
  const size = async (path: string): Promise<number> =>
    (await stat(join(editor.extensions, name, "dist", path))).size / 1000;
  return { main: await size("extension.cjs"), page: await size("webview/monitor.js") };
};

const measure = async (work: string): Promise<void> => {
  const [marked, plain] = [join(work, "marked"), join(work, "plain")];
  await mkdir(join(marked, ".runglass"), { recursive: true });
  await writeFile(join(marked, ".runglass/session"), "");
  await mkdir(plain);
  const emptyVsix = await packEmptyExtension(work);
  const editor = await startEditor({ packages: [measuredVsix, emptyVsix], settings: { "git.enabled": true } });
  try {
    // The first window pays for caches that are VS Code's.
    await activatedRound(editor, marked);
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round++) rounds.push(await activatedRound(editor, marked));
    const lazy = await lazyRound(editor, plain);
    const sizes = await installedSizes(editor);
    const [vsix, empty] = await Promise.all(
      [measuredVsix, emptyVsix].map(async (path) => (await stat(path)).size / 1000),
    );

    const of = (value: (round: Round) => number): number => median(rounds.map(value));
    const both = ({ load, activate }: Activation): number => load + activate;
    const figures: Figure[] = [
      { what: "activate(), by the marker file", value: of(({ own }) => own.activate), unit: "ms", atMost: 50 },
      { what: "activate(), by the view", value: lazy.activate, unit: "ms", atMost: 50 },
      { what: "loading the main bundle", value: of(({ own }) => own.load), unit: "ms" },
      {
        what: "loading and activate(), worst of the rounds",
        value: Math.max(...rounds.map(({ own }) => both(own))),
        unit: "ms",
      },
      { what: "loading and activate(), an empty extension", value: of((r) => both(r.empty)), unit: "ms" },
      { what: "loading and activate(), VS Code's Git", value: of((r) => both(r.git)), unit: "ms" },
      {
        what: "loading and activate() ÷ VS Code's Git",
        value: of((r) => both(r.own)) / of((r) => both(r.git)),
        unit: "×",
      },
      { what: "main bundle", value: sizes.main, unit: "kB", atMost: 100 },
      { what: "page bundle", value: sizes.page, unit: "kB" },
      { what: "VSIX", value: vsix ?? Number.NaN, unit: "kB", atMost: 1000 },
      { what: "VSIX of the empty extension", value: empty ?? Number.NaN, unit: "kB" },
    ];
    console.log("In a workspace without the marker file it was not activated, until its view was opened.");
    await report("activation", figures, { rounds, lazy });
  } finally {
    await editor.close();
  }
};

const work = await mkdtemp(join(tmpdir(), "runglass-bench-"));
try {
  await measure(work);
} finally {
  await rm(work, { recursive: true, force: true });
}
