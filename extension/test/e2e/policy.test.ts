// Workflows that are opened: their policies are checked, with fixes that work by keyboard.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startServing, type Collector } from "../vscode/collector.ts";
import { useEditor } from "../vscode/editorFixture.ts";
import { eventually } from "../vscode/eventually.ts";
import { logLines } from "../vscode/runLogFixture.ts";

const editor = useEditor();

const PINNED = "step-security/harden-runner@b09bb98e06d4d774595224525879c09bc6e98c40 # v2.20.1";
const workflow = (...inputs: readonly string[]): string =>
  [
    "name: CI",
    "on: push",
    "jobs:",
    "  build:",
    "    runs-on: ubuntu-latest",
    "    steps:",
    `      - uses: ${PINNED}`,
    "        with:",
    ...inputs.map((line) => `          ${line}`),
    "",
  ].join("\n");

const WRONG = workflow(
  "egress-policy: blok",
  "allowed-endpoint: github.com:443",
  "disable-sudo: yes",
  "allowed-endpoints: |",
  "  https://api.github.com/repos",
  "  npm.pkg.github.com:g443",
  "  *.*.a.example.com:443",
  "  # the index of Python",
  "  10.0.0.0/8:443",
  "  pypi.org:443",
);

/** The nine planted mistakes, by what their message says. */
const MISTAKES = [
  "neither audit nor block",
  "no input",
  "neither true nor false",
  "keeps line ends",
  "an entry is host:port",
  "is no port",
  "to the agent this is every host",
  "a list has no comments",
  "the agent knows no networks",
];

const MENDED = [
  "egress-policy: block",
  "disable-sudo: true",
  "# the index of Python",
  "allowed-endpoints: >",
  "  api.github.com:443",
  "  npm.pkg.github.com:443",
  "  *.a.example.com:443",
  "  pypi.org:443",
  "  github.com:443",
];

/** A run of the workflow's job, one of whose steps went to a host that the list has, and to one that it does not have. */
const RUN = logLines([
  {
    type: "run.start",
    run: { id: "watched", job: "build", workflow: "CI" },
    host: { name: "runner", os: "Ubuntu 24.04", kernel: "6.8", arch: "x64" },
    collector: { version: "0.1.0" },
    policy: { mode: "none", endpoints: [] },
  },
  { type: "step.start", stepInfo: { id: "s1", name: "Set up Node" } },
  {
    type: "process.exec",
    process: "p1",
    step: "s1",
    exec: { id: "p1", pid: 7, ppid: 1, exe: "/usr/bin/curl", argv: ["curl"], cwd: "/", uid: 1001 },
  },
  ...["pypi.org", "nodejs.org"].map(
    (name) =>
      ({
        type: "net.connect",
        process: "p1",
        step: "s1",
        flow: {
          id: name,
          protocol: "tcp",
          local: { ip: "192.0.2.10", port: 40_000 },
          remote: { ip: "198.51.100.7", port: 443 },
        },
        host: { name, source: "sni" },
        result: "ok",
      }) as const,
  ),
]);

describe("a workflow's policy", () => {
  let collector: Collector | undefined;
  afterEach(async () => {
    await collector?.stop("SIGKILL");
    collector = undefined;
  });

  it("is mended by keyboard, mistake by mistake, and gets what a run that is watched needed", async function () {
    this.timeout(240_000);
    const { page, workbench, workspace } = await editor.open(async (folder) => {
      await mkdir(join(folder, ".github/workflows"), { recursive: true });
      await writeFile(join(folder, ".github/workflows/ci.yml"), WRONG);
    });
    const saved = (): Promise<string> => readFile(join(workspace, ".github/workflows/ci.yml"), "utf8");
    await workbench.goToFile("ci.yml");
    await workbench.run("Problems: Focus on Problems View");
    const panel = page.locator(".markers-panel");
    const problems = async (): Promise<string> =>
      (await panel.locator(".monaco-list-row").allInnerTexts()).join("\n") + (await panel.innerText());
    await eventually(async () => {
      const shown = await problems();
      for (const mistake of MISTAKES) assert.ok(shown.includes(mistake), `${mistake} in\n${shown}`);
    });
    await editor.screenshot({ page, workbench, workspace }, "policy");
    await workbench.run("View: Focus Active Editor Group");

    const mistakesLeft = async (): Promise<number> => {
      const shown = await problems();
      return MISTAKES.filter((mistake) => shown.includes(mistake)).length;
    };
    /** To the next problem from the top of the file. A window that is busy may have missed the keys. */
    const goToFirst = (what: RegExp): Promise<void> =>
      eventually(async () => {
        await page.keyboard.press("Escape");
        await page.keyboard.press("Control+Home");
        await page.keyboard.press("F8");
        await page.locator(".marker-widget").filter({ hasText: what }).waitFor({ timeout: 3000 });
        await page.keyboard.press("Escape");
      });
    /** Takes the first of the fixes at the cursor. */
    const takeFirst = async (what: RegExp): Promise<void> => {
      await eventually(async () => {
        await page.keyboard.press("Escape");
        await page.keyboard.press("Control+.");
        const fixes = page.locator(".action-widget .monaco-list-row.action");
        await fixes.first().waitFor({ timeout: 3000 });
        assert.match(await fixes.first().innerText(), what);
      });
      await page.keyboard.press("Enter");
    };
    for (let left = MISTAKES.length; left > 0; left -= 1) {
      await goToFirst(/./);
      await takeFirst(/^(?!Suppress)/);
      await eventually(async () => assert.equal(await mistakesLeft(), left - 1));
    }
    await page.keyboard.press("Control+s");
    await eventually(async () => assert.equal(await saved(), workflow(...MENDED)));

    const directory = await editor.directory();
    await writeFile(join(directory, "run.ndjson"), RUN);
    collector = await startServing(join(directory, "run.ndjson"), { directory });
    await workbench.run("Runglass: Connect to Collector…");
    await workbench.answer("Address of the collector", collector.url);
    await workbench.answer(/Token of the collector/, collector.token);
    const missing = /nodejs\.org:443 is not allowed \(seen in 1 of 1 runs, last on [\d-]+, by curl in "Set up Node"\)/;
    await eventually(async () => assert.match(await problems(), missing), 30_000);
    await workbench.goToFile("ci.yml");
    await goToFirst(missing);
    // The line of the list's key.
    await workbench.statusBarItem("Ln 12,").waitFor();
    await takeFirst(/^Allow nodejs\.org:443$/);
    await page.keyboard.press("Control+s");
    await eventually(async () => assert.equal(await saved(), workflow(...MENDED, "  nodejs.org:443")));
  });

  it("completes endpoints in the list", async () => {
    const window = await editor.open(async (workspace) => {
      await mkdir(join(workspace, ".github/workflows"), { recursive: true });
      await writeFile(
        join(workspace, ".github/workflows/ci.yml"),
        workflow("egress-policy: block", "allowed-endpoints: >", "  pypi").trimEnd(),
      );
    });
    const { page, workbench } = window;
    await workbench.goToFile("ci.yml");
    await page.keyboard.press("Control+End");
    const suggestion = page.locator(".suggest-widget .monaco-list-row").filter({ hasText: "pypi.org:443" }).first();
    // The server may still be starting.
    await eventually(async () => {
      await page.keyboard.press("Escape");
      await page.keyboard.press("Control+Space");
      await suggestion.waitFor({ timeout: 2000 });
    });
  });
});
