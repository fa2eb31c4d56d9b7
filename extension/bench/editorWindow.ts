// A real VS Code for a benchmark: the server build with packaged extensions, and one window in a headless Chromium.
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, CDPSession, Page } from "playwright-core";
import { launchBrowser } from "../test/vscode/browser.ts";
import { freePort } from "../test/vscode/freePort.ts";
import { installExtension } from "../test/vscode/installExtension.ts";
import { vsixPath } from "../test/vscode/paths.ts";
import { startVscodeServer, type VscodeServer } from "../test/vscode/server.ts";
import { Workbench } from "../test/vscode/workbench.ts";
import { installProbe } from "./monitorProbe.ts";

/** The packaged extension to measure: this checkout's, or another one to compare with it. */
export const measuredVsix = process.env["BENCH_VSIX"] ?? vsixPath;

export interface EditorOptions {
  /** Packaged extensions to install. */
  readonly packages: readonly string[];
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** An editor that is installed and answers, without a window. */
export interface Editor {
  readonly server: VscodeServer;
  readonly browser: Browser;
  /** Where the packages are installed. */
  readonly extensions: string;
  /** Opens a new window, in a browser profile of its own, on a folder. */
  open(folder: string): Promise<Workbench>;
  /** Process ids of the extension hosts, the newest last. */
  extensionHosts(): Promise<number[]>;
  close(): Promise<void>;
}

const mark = "RUNGLASS_BENCH_EDITOR";

/** Processes with `mark=value` in their environment and `text` in their command line. */
const markedProcesses = async (value: string, text: string): Promise<number[]> => {
  const found: number[] = [];
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const environment = await readFile(`/proc/${name}/environ`, "latin1").catch(() => "");
    if (!environment.split("\0").includes(`${mark}=${value}`)) continue;
    if ((await readFile(`/proc/${name}/cmdline`, "latin1").catch(() => "")).includes(text)) found.push(Number(name));
  }
  return found.sort((a, b) => a - b);
};

export const startEditor = async (options: EditorOptions): Promise<Editor> => {
  const directory = await mkdtemp(join(tmpdir(), "rgb-"));
  const dataDir = join(directory, "v");
  const clean = (): Promise<void> => rm(directory, { recursive: true, force: true, maxRetries: 3 });
  let server: VscodeServer | undefined;
  try {
    await mkdir(dataDir);
    for (const vsix of options.packages) await installExtension(vsix, dataDir);
    server = await startVscodeServer({
      dataDir,
      port: await freePort(),
      logPath: join(directory, "server.log"),
      ...(options.settings === undefined ? {} : { settings: options.settings }),
      env: { ...options.env, [mark]: directory },
    });
    const started = server;
    const browser = await launchBrowser();
    return {
      server: started,
      browser,
      extensions: join(dataDir, "extensions"),
      async open(folder) {
        const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
        const page = await context.newPage();
        await installProbe(page);
        return Workbench.open(page, started.url(folder));
      },
      extensionHosts: () => markedProcesses(directory, "--type=extensionHost"),
      async close() {
        await browser.close();
        await started.stop();
        await clean();
      },
    };
  } catch (error) {
    await server?.stop();
    await clean();
    throw error;
  }
};

/** Resident memory of a process in MB: now, and at its highest. */
export const residentMemory = async (pid: number): Promise<{ readonly now: number; readonly highest: number }> => {
  const status = await readFile(`/proc/${pid}/status`, "latin1");
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s*(\\d+) kB`, "m").exec(status)?.[1]) / 1024;
  return { now: field("VmRSS"), highest: field("VmHWM") };
};

/** What a window's page holds, in MB, after its garbage is collected: objects, and the bytes of arrays beside them. */
export const pageMemory = async (page: Page): Promise<{ readonly heap: number; readonly arrays: number }> => {
  const session: CDPSession = await page.context().newCDPSession(page);
  try {
    await session.send("HeapProfiler.collectGarbage");
    const usage = await session.send("Runtime.getHeapUsage");
    return { heap: usage.usedSize / 1e6, arrays: (usage.backingStorageSize ?? 0) / 1e6 };
  } finally {
    await session.detach();
  }
};
