import assert from "node:assert/strict";
import { EventWriter } from "./harness/eventWriter.ts";
import { type Lab, type Monitor, openLab } from "./harness/monitorPage.ts";

/** A run with what the views are about: hosts called by several processes, files that several processes changed. */
const smallRun = (): EventWriter => {
  const run = new EventWriter();
  run.start("make");
  run.exec("10-a", undefined, ["bash", "build.sh"]);
  run.exec("11-a", "10-a", ["npm", "ci"]);
  run.connect("11-a", "npm.pkg.github.com", "198.51.100.3", 443);
  run.file("11-a", "create", "/home/runner/work/app/package-lock.json");
  for (let i = 0; i < 3; i++) run.file("11-a", "create", `/home/runner/work/app/node_modules/a/f${i}.js`);
  run.exec("12-a", "10-a", ["curl", "https://npm.pkg.github.com/x"]);
  run.connect("12-a", "npm.pkg.github.com", "198.51.100.3", 443);
  run.connect("12-a", "pypi.org", "198.51.100.9", 443, "ECONNREFUSED");
  run.file("12-a", "unlink", "/home/runner/work/app/package-lock.json");
  run.exit("12-a", 1);
  run.exit("10-a", 1);
  return run;
};

const golden = `
- treegrid "Hosts with the processes that called them":
  - rowgroup:
    - row "Host, process, call Result Time Duration Bytes":
      - columnheader "Host, process, call":
        - button "Host, process, call"
      - columnheader "Result":
        - button "Result"
      - columnheader "Time":
        - button "Time"
      - columnheader "Duration"
      - columnheader "Bytes":
        - button "Bytes"
  - rowgroup:
    - row "host npm.pkg.github.com 2 processes, 2 connections ok ×2 14:13:20 +0.003 s ↑2.4 kB ↓62 kB" [expanded] [level=1]:
      - rowheader "host npm.pkg.github.com 2 processes, 2 connections":
        - img "host"
        - text: npm.pkg.github.com 2 processes, 2 connections
      - gridcell "ok ×2"
      - gridcell "14:13:20 +0.003 s"
      - gridcell
      - gridcell "↑2.4 kB ↓62 kB"
    - row "process npm ci ok 14:13:20 +0.003 s ↑1.2 kB ↓31 kB" [level=2]:`;

describe("the views of a run", () => {
  let lab: Lab;
  let monitor: Monitor;
  let run: EventWriter;

  const tab = (name: string) => monitor.frame.getByRole("tab", { name });
  const frames = (): Promise<void> =>
    monitor.frame.evaluate(
      () => new Promise<void>((done) => void requestAnimationFrame(() => requestAnimationFrame(() => done()))),
    );
  const press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) {
      await monitor.page.keyboard.press(key);
      await frames();
    }
  };
  const show = async (name: string): Promise<void> => {
    await tab(name).click();
    await frames();
  };
  const names = (): Promise<string[]> =>
    monitor.frame.evaluate(() =>
      [...document.querySelectorAll(".grid-spacer .row")].map(
        (row) => `${row.classList.contains("context") ? "(" : ""}${row.querySelector(".label")?.textContent ?? ""}`,
      ),
    );
  const active = (): Promise<string> =>
    monitor.frame.evaluate(() => document.querySelector(".row.selected .label")?.textContent ?? "");
  const chosenTab = (): Promise<string> => monitor.frame.locator('[role=tab][aria-selected="true"]').innerText();

  before(async () => {
    lab = await openLab();
  });
  after(() => lab.close());
  beforeEach(async () => {
    monitor = await lab.open();
    run = smallRun();
    await monitor.send(run.text);
    await monitor.painted(run.seq);
  });
  afterEach(async () => {
    assert.deepEqual(await monitor.complaints(), []);
    await monitor.page.context().close();
  });

  it("groups the network by host and process, and reads well aloud", async () => {
    await show("Network");
    assert.deepEqual(await names(), ["npm.pkg.github.com", "npm", "curl", "pypi.org", "curl"]);
    const snapshot = await monitor.frame.getByRole("treegrid").ariaSnapshot();
    assert.ok(snapshot.startsWith(golden.trimStart().replace(" [level=2]:", "")), snapshot);
  });

  it("groups files by directory, and folds what a tool fills", async () => {
    await show("Files");
    assert.deepEqual(await names(), [
      "/home/runner/work/app",
      "package-lock.json",
      "/home/runner/work/app/node_modules",
    ]);
    await monitor.frame.getByRole("treegrid").focus();
    await press("Home", "ArrowDown", "ArrowRight");
    assert.deepEqual((await names()).slice(1, 4), ["package-lock.json", "npm", "curl"]);
    const rows = await monitor.frame.evaluate(() =>
      [...document.querySelectorAll(".grid-spacer .row")].map((row) =>
        ["rowindex", "level", "posinset", "setsize", "expanded"]
          .map((name) => row.getAttribute(`aria-${name}`))
          .join(" "),
      ),
    );
    assert.deepEqual(rows, ["2 1 1 2 true", "3 2 1 1 true", "4 3 1 2 ", "5 3 2 2 ", "6 1 2 2 false"]);
  });

  it("asks for the diff of a row, of a group's first event, and of one of several files", async () => {
    const seqOf = (text: string): number => {
      const line = run.text.split("\n").find((one) => one.includes(text)) ?? "{}";
      return (JSON.parse(line) as { readonly seq: number }).seq;
    };
    await monitor.frame.getByRole("treegrid").focus();
    await press("Home", "Control+Enter");
    await show("Network");
    await monitor.frame.getByRole("treegrid").focus();
    await press("Home", "Control+Enter");
    await show("Files");
    await monitor.frame.getByRole("treegrid").focus();
    await press("Home", "ArrowDown");
    await monitor.command("openDiff");
    await monitor.frame.waitForFunction(() => document.readyState === "complete");
    const asked = (await monitor.received("openDiff")).map(({ seq, path }) => [seq, path]);
    assert.deepEqual(asked, [
      [seqOf("build.sh"), undefined],
      [seqOf('"net.connect"'), undefined],
      [seqOf("package-lock.json"), "/home/runner/work/app/package-lock.json"],
    ]);
  });

  it("leaves out the columns that a view has nothing for", async () => {
    const columns = (): Promise<string[]> => monitor.frame.getByRole("columnheader").allInnerTexts();
    await show("Files");
    assert.deepEqual(await columns(), ["Directory, file, process", "Result", "Time"]);
    assert.equal(await monitor.frame.getByRole("treegrid").getAttribute("aria-colcount"), "3");
    await monitor.frame.getByRole("treegrid").focus();
    await press("Home", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight", "End", "ArrowRight");
    assert.equal(await monitor.frame.locator(".active-cell").getAttribute("class"), "cell cell-time active-cell");
    await show("Network");
    assert.equal((await columns()).length, 5);
  });

  it("is chosen by the keys of the tabs pattern, in one stop of the Tab key", async () => {
    await tab("Processes").focus();
    await press("ArrowRight");
    assert.equal(await chosenTab(), "Network");
    assert.equal(await monitor.frame.evaluate(() => document.activeElement?.textContent), "Network");
    await press("End", "ArrowRight");
    assert.equal(await chosenTab(), "Processes");
    await press("ArrowLeft");
    assert.equal(await chosenTab(), "Files");
    assert.equal(await monitor.frame.locator('[role=tab][tabindex="0"]').count(), 1);
    const panel = monitor.frame.getByRole("tabpanel", { name: "Files" });
    assert.equal(await panel.getByRole("treegrid").count(), 1);
  });

  it("is chosen by the host's commands", async () => {
    for (const [name, shown] of [
      ["showNetwork", "Network"],
      ["showFiles", "Files"],
      ["showProcesses", "Processes"],
    ] as const) {
      await monitor.command(name);
      await tab(shown).and(monitor.frame.locator('[aria-selected="true"]')).waitFor();
    }
  });

  it("keeps the filter, and counts what fits in each view", async () => {
    await monitor.frame.getByRole("combobox").fill("comm:curl");
    const count = monitor.frame.locator(".filter-count");
    await count.filter({ hasText: "4 of 11" }).waitFor();
    await show("Network");
    await count.filter({ hasText: "4 of 6" }).waitFor();
    assert.deepEqual(await names(), [
      "(npm.pkg.github.com",
      "curl",
      "npm.pkg.github.com:443",
      "(pypi.org",
      "curl",
      "pypi.org:443",
    ]);
    await show("Files");
    await count.filter({ hasText: "1 of 5" }).waitFor();
    assert.deepEqual(await names(), ["(/home/runner/work/app", "(package-lock.json", "curl"]);
    await monitor.frame.getByRole("combobox").fill("");
    await count.filter({ hasText: /^$/ }).waitFor({ state: "attached" });
    assert.equal((await names()).length, 3);
  });

  it("keeps what is selected, and jumps from any view to the row in the tree of processes", async () => {
    await monitor.frame.getByRole("row", { name: "connection pypi.org" }).click();
    await show("Network");
    assert.equal(await active(), "pypi.org:443", "the same row is selected, and what is above it open");
    await monitor.frame.getByRole("treegrid").focus();
    await press("Home", "ArrowDown", "ArrowRight", "ArrowDown", "Shift+Enter");
    assert.equal(await chosenTab(), "Processes");
    assert.equal(await active(), "npm.pkg.github.com:443");
    assert.match(await monitor.frame.locator(".row.selected").innerText(), /198\.51\.100\.3/);
    await show("Files");
    assert.equal(await active(), "");
    await monitor.frame.getByRole("row", { name: "file package-lock.json" }).click();
    await press(" ");
    const details = monitor.frame.getByRole("region", { name: "Details" });
    assert.match(
      await details.innerText(),
      /Path\s+\/home\/runner\/work\/app\/package-lock\.json\s+Operations\s+create, unlink/,
    );
    assert.equal(await details.getByRole("button", { name: "Show in Processes" }).count(), 0);
    await press("ArrowRight", "ArrowDown", "ArrowDown");
    await details.getByRole("button", { name: "Show in Processes" }).click();
    await frames();
    assert.equal(await chosenTab(), "Processes");
    assert.match(await monitor.frame.locator(".row.selected").innerText(), /package-lock\.json[^]*deleted/);
  });

  it("goes from the details of a call to the process, wherever that is shown", async () => {
    await show("Files");
    await monitor.frame.getByRole("row", { name: "file package-lock.json" }).click();
    await press("ArrowRight", "ArrowDown", " ");
    await monitor.frame.getByRole("region", { name: "Details" }).getByRole("button", { name: "npm ci" }).click();
    await frames();
    assert.equal(await chosenTab(), "Processes");
    assert.equal(await active(), "npm");
  });

  it("takes rows that come while it is shown, where they belong", async () => {
    await show("Network");
    run.take();
    run.exec("13-a", "10-a", ["pip", "install"]);
    run.connect("13-a", "npm.pkg.github.com", "198.51.100.3", 443, "ECONNREFUSED");
    run.connect("13-a", "files.pythonhosted.org", "198.51.100.61", 443);
    const { seq } = run;
    await monitor.send(run.take());
    await monitor.painted(seq);
    assert.deepEqual(await names(), [
      "npm.pkg.github.com",
      "npm",
      "curl",
      "pip",
      "pypi.org",
      "curl",
      "files.pythonhosted.org",
      "pip",
    ]);
    const [host] = await monitor.frame.getByRole("row", { name: /^host npm/ }).allInnerTexts();
    assert.match(host ?? "", /3 processes, 3 connections\s+1 of 3 failed/);
    await show("Processes");
    await show("Network");
    assert.equal((await names()).length, 8);
  });

  it("copies a host as policy entry, row and JSON, and narrows to it", async () => {
    await show("Network");
    await monitor.frame.getByRole("row", { name: /^host npm/ }).click();
    for (const name of ["copyPolicyEntry", "copyRow", "copyJson"] as const) await monitor.command(name);
    await monitor.page.waitForFunction(
      () => (window as unknown as { host: { received(k: string): unknown[] } }).host.received("copy").length === 3,
    );
    const [policy, row, json] = (await monitor.received("copy")).map(({ text }) => String(text));
    assert.equal(policy, "npm.pkg.github.com:443");
    assert.match(row ?? "", /^npm\.pkg\.github\.com 2 processes, 2 connections\tok ×2\t/);
    assert.equal((JSON.parse(json ?? "{}") as { Calls?: string }).Calls, "2 connections");
    await press(" ");
    await monitor.frame.getByRole("button", { name: "Filter to this" }).click();
    assert.equal(await monitor.frame.getByRole("combobox").inputValue(), "host:npm.pkg.github.com");
  });

  it("goes to what is typed, and opens and closes everything", async () => {
    await show("Network");
    await monitor.frame.getByRole("treegrid").focus();
    await press("Home", "p", "y");
    assert.equal(await active(), "pypi.org");
    await monitor.command("collapseAll");
    await frames();
    assert.deepEqual(await names(), ["npm.pkg.github.com", "pypi.org"]);
    await monitor.command("expandAll");
    await frames();
    assert.equal((await names()).length, 8);
    await show("Processes");
    assert.equal((await names()).length, 11, "the other view is as it was");
  });

  it("says so where the run has nothing of the kind", async () => {
    const quiet = await lab.open();
    const writer = new EventWriter();
    writer.start();
    writer.exec("1-a", undefined, ["true"]);
    await quiet.send(writer.text);
    await quiet.painted(writer.seq);
    await quiet.frame.getByRole("tab", { name: "Files" }).click();
    await quiet.frame.getByRole("heading", { name: "No file change was seen" }).waitFor();
    assert.deepEqual(await quiet.complaints(), []);
    await quiet.page.context().close();
  });

  it("is found again with what is open in it when the page is made anew", async () => {
    await show("Network");
    await monitor.frame.getByRole("row", { name: /^host npm/ }).click();
    await monitor.frame.getByRole("treegrid").focus();
    await press("ArrowDown", "ArrowRight", "ArrowDown");
    const before = [await names(), await active()];
    assert.deepEqual(before[1], "npm.pkg.github.com:443");
    await monitor.page.waitForTimeout(400);
    await monitor.frame.evaluate(() => {
      Object.assign(window, { isOld: true });
      location.reload();
    });
    await monitor.frame.waitForFunction(
      () => !("isOld" in window) && document.querySelector(".row.selected .label")?.textContent !== undefined,
    );
    assert.equal(await chosenTab(), "Network");
    await monitor.painted(run.seq);
    await frames();
    assert.deepEqual([await names(), await active()], before);
  });

  it("offers the host's menu what the view has", async () => {
    await show("Network");
    const context = await monitor.frame.getByRole("tabpanel").getAttribute("data-vscode-context");
    assert.deepEqual(JSON.parse(context ?? ""), { webviewView: "network" });
    const row = await monitor.frame.getByRole("row", { name: /^host npm/ }).getAttribute("data-vscode-context");
    assert.equal((JSON.parse(row ?? "") as { webviewRow: string }).webviewRow, "host");
  });
});
