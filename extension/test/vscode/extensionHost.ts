// Runs a module inside the extension host of a real VS Code, by the door that VS Code's own smoke tests use: the page's
// address names an extension under development and a tests module, and the page calls back with the exit code.
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { launchBrowser } from "./browser.ts";
import { freePort } from "./freePort.ts";
import { distDir, root } from "./paths.ts";
import { startVscodeServer } from "./server.ts";

export interface HostedResult {
  /** Titles of the suites and the test, outermost first. */
  readonly path: readonly string[];
  /** Message and stack where it failed. */
  readonly error?: string;
}

export interface HostedRun {
  readonly results: readonly HostedResult[];
  /** What the page and the server wrote, for the report of a run that did not come to its end. */
  readonly log: string;
}

/** Where the tests module writes its results; it is in the extension host's environment. */
export const resultsVariable = "RUNGLASS_HOSTED_RESULTS";

const bundleTests = async (entry: string): Promise<string> => {
  const outfile = join(distDir, "test/hosted.cjs");
  await mkdir(join(distDir, "test"), { recursive: true });
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node24",
    external: ["vscode", "mocha"],
    // CommonJS has none; the one module that asks wants to know where the checkout is.
    define: { "import.meta.url": JSON.stringify(pathToFileURL(join(root, "extension/scripts/setup/paths.mjs")).href) },
    logLevel: "error",
  });
  return outfile;
};

/**
 * @param entry a TypeScript module that exports `run(): Promise<void>`
 * @param env on top of our own environment, for the extension host
 * @throws where the run does not end within `timeoutMs`
 */
export const runInExtensionHost = async (
  entry: string,
  {
    env = {},
    timeoutMs = 180_000,
  }: { readonly env?: Readonly<Record<string, string>>; readonly timeoutMs?: number } = {},
): Promise<HostedRun> => {
  const tests = await bundleTests(entry);
  const directory = await mkdtemp(join(tmpdir(), "rgh-"));
  const resultsPath = join(directory, "results.json");
  const logPath = join(directory, "server.log");
  const workspace = join(directory, "workspace");
  await mkdir(workspace);
  const server = await startVscodeServer({
    dataDir: join(directory, "v"),
    port: await freePort(),
    logPath,
    smokeTestDriver: true,
    env: { [resultsVariable]: resultsPath, RUNGLASS_HOSTED_DIRECTORY: directory, ...env },
  });
  const said: string[] = [];
  try {
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      const exited = new Promise<void>((resolve) => {
        void page.exposeFunction("codeAutomationLog", (type: string, args: readonly unknown[]) => {
          // VS Code's own minified stacks help nobody.
          const lines = args.join(" ").split("\n");
          said.push(`${type}: ${lines.filter((line) => !/^\s+at .*\/stable-/.test(line)).join("\n")}`);
        });
        void page.exposeFunction("codeAutomationExit", () => resolve());
      });
      const authority = `127.0.0.1:${server.port}`;
      const payload = [
        ["extensionDevelopmentPath", `vscode-remote://${authority}${root}`],
        ["extensionTestsPath", `vscode-remote://${authority}${tests}`],
        ["enableProposedApi", ""],
        ["skipWelcome", "true"],
      ];
      await page.goto(server.url(workspace, { payload: JSON.stringify(payload) }), { timeout: timeoutMs });
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs)));
      await Promise.race([exited, late]);
      clearTimeout(timer);
    } finally {
      await browser.close();
    }
    const text = await readFile(resultsPath, "utf8").catch(() => undefined);
    const log = `${(await readFile(logPath, "utf8")).slice(-3000)}\n${said.slice(-60).join("\n")}`;
    if (text === undefined) throw new Error(`The tests did not come to their end in the extension host.\n${log}`);
    return { results: JSON.parse(text) as HostedResult[], log };
  } finally {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
};
