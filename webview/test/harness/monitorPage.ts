// The monitor in a real browser: builds the bundle, starts Chromium once, and opens pages on the harness.
import { build } from "esbuild";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Browser, chromium, type Frame, type Page } from "playwright-core";
import type { PageCommand, RunSource, SourceState } from "../../protocol/messages.ts";
import { type Harness, serveHarness } from "./serve.ts";
import type { ThemeName } from "./themes.ts";

const root = resolve(import.meta.dirname, "../../..");

export interface Monitor {
  readonly page: Page;
  /** The frame that the monitor runs in. */
  readonly frame: Frame;
  readonly send: (text: string) => Promise<void>;
  readonly setState: (state: SourceState) => Promise<void>;
  /** Runs a command of the page's, as the host does for its menus and keys. */
  readonly command: (name: PageCommand) => Promise<void>;
  /** Resolves when the page has painted the event `seq`, and what that changed around the list. */
  readonly painted: (seq: number) => Promise<void>;
  /** Messages of one kind that the page sent. */
  readonly received: (kind: string) => Promise<readonly Record<string, unknown>[]>;
  /** Refused by the security policy, and errors: both must stay empty. */
  readonly complaints: () => Promise<readonly string[]>;
}

export interface OpenOptions {
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  readonly state?: SourceState;
  readonly placement?: "editor" | "panel";
  readonly title?: string;
  readonly source?: RunSource;
}

export interface Lab {
  readonly harness: Harness;
  readonly browser: Browser;
  readonly open: (options?: OpenOptions) => Promise<Monitor>;
  readonly close: () => Promise<void>;
}

const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-default-apps",
  "--no-first-run",
  "--js-flags=--expose-gc",
  "--enable-precise-memory-info",
  "--font-render-hinting=none",
];

/** The same bundle as in the product: its options are read from the build script. */
const buildMonitor = async (outdir: string): Promise<void> => {
  const { bundles } = (await import(join(root, "extension/scripts/build.mjs"))) as {
    bundles: readonly Record<string, unknown>[];
  };
  const options = bundles.find((bundle) => bundle["outdir"] === "dist/webview");
  if (options === undefined) throw new Error("the build script has no bundle for dist/webview");
  await build({ ...options, absWorkingDir: root, outdir, ...(process.env["NOMIN"] ? { minify: false } : {}) });
};

/** Starts everything that the page tests share. */
export const openLab = async (): Promise<Lab> => {
  const bundle = await mkdtemp(join(tmpdir(), "runglass-monitor-"));
  await buildMonitor(bundle);
  const harness = await serveHarness(bundle);
  const executablePath = process.env["RUNGLASS_CHROMIUM"] ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args, headless: true });

  const open = async (options: OpenOptions = {}): Promise<Monitor> => {
    const context = await browser.newContext({
      viewport: { width: options.width ?? 1100, height: options.height ?? 640 },
      timezoneId: "UTC",
      locale: "en-GB",
    });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    await page.addInitScript(
      (init) => {
        addEventListener("DOMContentLoaded", () => {
          const host = (window as unknown as { host?: { init: Record<string, unknown> } }).host;
          if (host !== undefined) Object.assign(host.init, init);
        });
      },
      {
        title: options.title ?? "A run",
        state: options.state ?? { kind: "live" },
        placement: options.placement ?? "editor",
        source: options.source ?? "collector",
      },
    );
    await page.goto(`${harness.url}/outer/${options.theme ?? "dark"}`);
    const element = await page.waitForSelector("#monitor");
    const frame = await element.contentFrame();
    if (frame === null) throw new Error("the monitor's frame did not load");
    await frame.waitForSelector("[role=treegrid]", { state: "attached" });
    return {
      page,
      frame,
      send: (text) =>
        page.evaluate(
          (lines) => (window as unknown as { host: { sendText(t: string): void } }).host.sendText(lines),
          text,
        ),
      setState: (state) =>
        page.evaluate(
          (value) =>
            (window as unknown as { host: { post(m: unknown): void } }).host.post({ kind: "state", state: value }),
          state,
        ),
      command: (name) =>
        page.evaluate(
          (value) =>
            (window as unknown as { host: { post(m: unknown): void } }).host.post({ kind: "command", command: value }),
          name,
        ),
      painted: async (seq) => {
        await frame.waitForFunction((wanted) => {
          const { seq: rows, sums } = (window as unknown as { runglass: { seq: number; sums: number } }).runglass;
          return rows >= wanted && sums >= wanted;
        }, seq);
        // A notice above the list that came with it leaves the list less room: painted anew one frame later.
        await frame.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      },
      received: (kind) =>
        page.evaluate(
          (wanted) =>
            (window as unknown as { host: { received(k: string): Record<string, unknown>[] } }).host.received(wanted),
          kind,
        ),
      complaints: () =>
        frame.evaluate(() => {
          const { violations, errors } = (window as unknown as { harness: { violations: string[]; errors: string[] } })
            .harness;
          return [...violations, ...errors];
        }),
    };
  };

  return {
    harness,
    browser,
    open,
    close: async () => {
      await browser.close();
      await harness.close();
      await rm(bundle, { recursive: true, force: true });
    },
  };
};
