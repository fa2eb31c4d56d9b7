// One VS Code server with the packaged extension for all end-to-end tests; a window, a workspace and a browser profile of
// its own for each test.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, ConsoleMessage, Page } from "playwright-core";
import { launchBrowser } from "./browser.ts";
import { freePort } from "./freePort.ts";
import { installExtension } from "./installExtension.ts";
import { Monitor } from "./monitor.ts";
import { distDir, vsixPath } from "./paths.ts";
import { startVscodeServer, writeSettings, type VscodeServer } from "./server.ts";
import { Workbench } from "./workbench.ts";

export interface Window {
  readonly workbench: Workbench;
  readonly page: Page;
  /** Folder that is open in it; nothing in it yet. */
  readonly workspace: string;
}

export interface EditorFixture {
  /** Directory for a test's files; removed at the end. */
  directory(): Promise<string>;
  /** Opens a window on a new folder. `prepare` puts files into it first. */
  open(prepare?: (workspace: string) => Promise<void>): Promise<Window>;
  /** The monitor that is in front in a window. */
  monitor(window: Window): Promise<Monitor>;
  /** Changes the user's settings; VS Code takes them up by itself. */
  settings(settings: Readonly<Record<string, unknown>>): Promise<void>;
  /** Writes a picture of the window to dist/screenshots. */
  screenshot(window: Window, name: string): Promise<void>;
}

/**
 * Lets a window find its secrets again after it was reloaded, as a desktop VS Code does: the page seals them with a key
 * that code-server's own entry hands out, and the bare server build does not.
 */
const keepSecrets = async (context: BrowserContext): Promise<void> => {
  const key = randomBytes(32);
  await context.route("**/mint-key", (route) => route.fulfill({ body: key, contentType: "application/octet-stream" }));
};

const violation = /Content.Security.Policy|Refused to (?:load|execute|apply|connect|frame)/i;

/**
 * Declares the hooks of a test file. `more` gives the packages of other extensions that are installed beside ours; they are
 * written below the directory. Each test must leave no content-security violation of our page in the console.
 */
export const useEditor = (more?: (directory: string) => Promise<readonly string[]>): EditorFixture => {
  let root = "";
  let server: VscodeServer | undefined;
  let browser: Browser | undefined;
  let contexts: BrowserContext[] = [];
  let violations: string[] = [];
  const dataDir = (): string => join(root, "v");

  before("a VS Code with the packaged extension", async function () {
    this.timeout(180_000);
    root = await mkdtemp(join(tmpdir(), "rge-"));
    for (const vsix of [vsixPath, ...((await more?.(root)) ?? [])]) await installExtension(vsix, dataDir());
    server = await startVscodeServer({ dataDir: dataDir(), port: await freePort(), logPath: join(root, "server.log") });
    browser = await launchBrowser();
  });

  afterEach("close the windows", async function () {
    const failed = this.currentTest?.state === "failed";
    const pages = contexts.flatMap((context) => context.pages());
    if (failed && pages[0] !== undefined) {
      const name = (this.currentTest?.fullTitle() ?? "test").replaceAll(/\W+/g, "-").slice(0, 80);
      await mkdir(join(distDir, "failures"), { recursive: true });
      await pages[0].screenshot({ path: join(distDir, "failures", `${name}.png`) }).catch(() => undefined);
    }
    for (const context of contexts) await context.close();
    contexts = [];
    const seen = violations;
    violations = [];
    await writeSettings(dataDir());
    assert.deepEqual(seen, [], "content-security violations");
  });

  after("end VS Code", async () => {
    await browser?.close();
    await server?.stop();
    await rm(root, { recursive: true, force: true });
  });

  const listen = (message: ConsoleMessage): void => {
    const from = message.location().url;
    // VS Code's own page has a policy too, and breaks it on occasion; ours are loaded below its webview's address.
    if (violation.test(message.text()) && /webview|runglass|about:/.test(from)) violations.push(message.text());
  };

  return {
    directory: () => mkdtemp(join(root, "d-")),
    async open(prepare) {
      if (server === undefined || browser === undefined) throw new Error("VS Code is not running.");
      const workspace = await mkdtemp(join(root, "w-"));
      await prepare?.(workspace);
      const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
      contexts.push(context);
      context.setDefaultTimeout(30_000);
      await keepSecrets(context);
      const page = await context.newPage();
      page.on("console", listen);
      return { workbench: await Workbench.open(page, server.url(workspace)), page, workspace };
    },
    async monitor({ workbench }) {
      const monitor = new Monitor(workbench.webview);
      await monitor.untilReady();
      return monitor;
    },
    settings: (settings) => writeSettings(dataDir(), settings),
    async screenshot({ page }, name) {
      const directory = join(distDir, "screenshots");
      await mkdir(directory, { recursive: true });
      await page.screenshot({ path: join(directory, `${name}.png`) });
    },
  };
};
