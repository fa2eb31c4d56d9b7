import assert from "node:assert/strict";
import { EventWriter } from "./harness/eventWriter.ts";
import { type Lab, type Monitor, openLab } from "./harness/monitorPage.ts";

/** A tree small enough to be read in a test. */
const smallRun = (): EventWriter => {
  const run = new EventWriter();
  run.start("make");
  run.exec("10-a", undefined, ["bash", "build.sh"]);
  run.exec("11-a", "10-a", ["npm", "ci"]);
  run.connect("11-a", "npm.pkg.github.com", "198.51.100.3", 443);
  run.file("11-a", "create", "/home/runner/work/app/package-lock.json");
  run.exit("11-a");
  run.exec("12-a", "10-a", ["node", "test.js"]);
  run.connect("12-a", "telemetry.example", "198.51.100.9", 443, "ECONNREFUSED");
  run.exit("12-a", 1);
  run.exit("10-a", 1);
  return run;
};

const golden = `
- treegrid "Processes with their network calls and file changes":
  - rowgroup:
    - row "Process, call, file Result Time Duration Bytes":
      - columnheader "Process, call, file"
      - columnheader "Result"
      - columnheader "Time"
      - columnheader "Duration"
      - columnheader "Bytes"
  - rowgroup:
    - row "process bash build.sh exit 1 14:13:20 +0.001 s 1.3 s" [expanded] [level=1]:
      - rowheader "process bash build.sh":
        - img "process"
        - text: bash build.sh
      - gridcell "exit 1"
      - gridcell "14:13:20 +0.001 s"
      - gridcell "1.3 s"
      - gridcell
    - row "process npm ci exit 0 14:13:20 +0.002 s 1.3 s ↑1.2 kB ↓31 kB" [expanded] [level=2]:
      - rowheader "process npm ci":
        - img "process"
        - text: npm ci
      - gridcell "exit 0"
      - gridcell "14:13:20 +0.002 s"
      - gridcell "1.3 s"
      - gridcell "↑1.2 kB ↓31 kB"
    - row "connection npm.pkg.github.com:443 198.51.100.3 tcp new ok 14:13:20 +0.003 s 90 ms ↑1.2 kB ↓31 kB" [level=3]:
      - rowheader "connection npm.pkg.github.com:443 198.51.100.3 tcp new":
        - img "connection"
        - text: npm.pkg.github.com:443 198.51.100.3 tcp new
      - gridcell "ok"
      - gridcell "14:13:20 +0.003 s"
      - gridcell "90 ms"
      - gridcell "↑1.2 kB ↓31 kB"`;

describe("the treegrid in a browser", () => {
  let lab: Lab;
  let monitor: Monitor;

  const active = async (): Promise<string> =>
    monitor.frame.evaluate(() => {
      const id = document.activeElement?.getAttribute("aria-activedescendant");
      const element = id == null ? null : document.getElementById(id);
      const name = element?.closest(".row")?.querySelector(".label")?.textContent ?? "";
      return element?.classList.contains("cell") === true ? `${name} > ${element.id.split("-").at(-1)}` : name;
    });
  const press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) {
      await monitor.page.keyboard.press(key);
      await monitor.frame.evaluate(
        () => new Promise((resolve) => void requestAnimationFrame(() => requestAnimationFrame(resolve))),
      );
    }
  };
  const names = (): Promise<string[]> =>
    monitor.frame.evaluate(() =>
      [...document.querySelectorAll(".grid-spacer .row .label")].map((label) => label.textContent ?? ""),
    );

  before(async () => {
    lab = await openLab();
  });
  after(() => lab.close());
  beforeEach(async () => {
    monitor = await lab.open();
    const run = smallRun();
    await monitor.send(run.text);
    await monitor.painted(run.seq);
    await monitor.frame.getByRole("treegrid").focus();
  });
  afterEach(async () => {
    assert.deepEqual(await monitor.complaints(), []);
    await monitor.page.context().close();
  });

  it("reads well aloud", async () => {
    const snapshot = await monitor.frame.getByRole("treegrid").ariaSnapshot();
    assert.ok(snapshot.startsWith(golden.trimStart()), snapshot);
  });

  it("has the attributes of the treegrid pattern", async () => {
    const rows = await monitor.frame.evaluate(() =>
      [...document.querySelectorAll(".grid-spacer .row")].map((row) =>
        ["rowindex", "level", "posinset", "setsize", "expanded"]
          .map((name) => row.getAttribute(`aria-${name}`))
          .join(" "),
      ),
    );
    assert.deepEqual(rows, ["2 1 1 1 true", "3 2 1 2 true", "4 3 1 2 ", "5 3 2 2 ", "6 2 2 2 true", "7 3 1 1 "]);
    const grid = await monitor.frame.evaluate(() => {
      const element = document.querySelector("[role=treegrid]")!;
      return [
        element.getAttribute("aria-rowcount"),
        element.getAttribute("aria-colcount"),
        document.querySelectorAll('.list [tabindex="0"]').length,
      ];
    });
    assert.deepEqual(grid, ["7", "5", 1]);
  });

  it("has room for the times of a long run", async () => {
    const own = await lab.open();
    const run = new EventWriter();
    run.exec("1-a", undefined, ["sh"]);
    for (const [i, after] of [59_000_000, 3_540_000_000, 7_200_000_000].entries()) {
      run.add({ type: "file.write", process: "1-a", file: { op: "create", path: `/tmp/${i}` } }, after);
    }
    await own.send(run.text);
    await own.painted(run.seq);
    const times = await own.frame.evaluate(() =>
      [...document.querySelectorAll(".grid-spacer .cell-time")].map((cell) =>
        cell.scrollWidth > cell.clientWidth ? `${cell.textContent} is cut` : /[+].*/.exec(cell.textContent)?.[0],
      ),
    );
    assert.deepEqual(times, ["+0.000 s", "+59.00 s", "+59:59 min", "+2:59 h"]);
    await own.page.context().close();
  });

  it("moves, opens and closes by the keys of the pattern", async () => {
    await press("Home");
    assert.equal(await active(), "bash");
    await press("ArrowDown", "ArrowDown");
    assert.equal(await active(), "npm.pkg.github.com:443");
    await press("ArrowLeft");
    assert.equal(await active(), "npm", "Left on a leaf goes to its parent");
    await press("ArrowLeft");
    assert.deepEqual(await names(), ["bash", "npm", "node", "telemetry.example:443"], "Left closes an open row");
    await press("ArrowRight", "ArrowRight");
    assert.equal(await active(), "npm > name", "Right opens, then goes to the first cell");
    await press("ArrowRight", "End");
    assert.equal(await active(), "npm > bytes");
    await press("ArrowDown");
    assert.equal(await active(), "npm.pkg.github.com:443 > bytes", "Down stays in the column");
    await press("Escape");
    assert.equal(await active(), "npm.pkg.github.com:443");
    await press("End");
    assert.equal(await active(), "telemetry.example:443");
    await press("PageUp");
    assert.equal(await active(), "bash");
  });

  it("opens siblings with *, and goes to what is typed", async () => {
    await press("Home", "ArrowDown", "ArrowLeft", "ArrowDown", "ArrowLeft");
    assert.deepEqual(await names(), ["bash", "npm", "node"]);
    await press("*");
    assert.equal((await names()).length, 6);
    await press("Home", "t", "e");
    assert.equal(await active(), "telemetry.example:443");
  });

  it("shows details on Enter and takes the focus there and back", async () => {
    await press("Home", "ArrowDown", "Enter");
    const details = monitor.frame.getByRole("region", { name: "Details" });
    assert.match(await details.innerText(), /npm[^]*Chain\s+bash build\.sh\s+npm ci\s+Command line\s+npm\s+ci/);
    assert.ok(await details.evaluate((element) => element.contains(document.activeElement)));
    await details.getByRole("button", { name: "bash build.sh" }).click();
    await details.getByRole("heading", { name: "bash" }).waitFor();
    await press("Escape");
    assert.equal(await active(), "bash");
    assert.ok(!(await details.isVisible()));
  });

  it("folds short-lived commands into one row, which opens, tells and is copied like any other", async () => {
    const many = new EventWriter();
    many.seq = 100;
    many.exec("600-b", undefined, ["make"]);
    for (let i = 1; i <= 5; i++) {
      many.exec(`${600 + i}-b`, "600-b", ["sed", "-n", `${i}p`]);
      many.exit(`${600 + i}-b`, 0, 0, 3000);
    }
    await monitor.send(many.text);
    const folded = monitor.frame.getByRole("row", { name: "group 5 short-lived commands sed ×5 all exit 0" });
    await folded.waitFor();
    assert.equal(await folded.getAttribute("aria-expanded"), "false");
    await press("5", "Control+Shift+C", "Enter");
    const details = monitor.frame.getByRole("region", { name: "Details" });
    assert.match(await details.innerText(), /^5 short-lived commands\s[^]*Commands\s+sed -n 1p\s[^]*sed -n 5p\s/);
    const [copied] = await monitor.received("copy");
    assert.equal(copied?.["text"], [1, 2, 3, 4, 5].map((i) => `sed -n ${i}p`).join("\n"));
    await press("Escape", "ArrowRight");
    assert.equal(await active(), "sed");
    assert.equal(await monitor.frame.getByRole("row", { name: /^process sed/ }).count(), 5);
    await press("ArrowLeft");
    assert.equal(await active(), "5 short-lived commands");
    const tab = (name: string) => monitor.frame.getByRole("tab", { name });
    await tab("Network").click();
    await tab("Processes").click();
    await folded.and(monitor.frame.locator(".selected")).waitFor();

    const box = monitor.frame.getByRole("combobox", { name: "Filter" });
    await box.fill("pid:603");
    const third = monitor.frame.getByRole("row", { name: /^process sed -n 3p/ });
    await third.click();
    await folded.waitFor({ state: "detached" });
    await box.fill("");
    await third.and(monitor.frame.locator(".selected")).waitFor();
    await monitor.frame.getByRole("row", { name: /^process sed -n 5p/ }).waitFor();
  });

  it("keeps the selected row in view when the details take its place", async () => {
    const many = new EventWriter();
    many.seq = 100;
    for (let i = 0; i < 60; i++) many.exec(`${i + 500}-b`, undefined, [`late${i}`]);
    await monitor.send(many.text);
    await monitor.painted(many.seq);
    await monitor.frame.getByRole("row", { name: "late58" }).click();
    await press(" ");
    const row = monitor.frame.getByRole("row", { name: "late58" });
    const edge = (await monitor.frame.locator(".grid-scroller").boundingBox())!;
    const place = (await row.boundingBox())!;
    assert.ok(place.y + place.height <= edge.y + edge.height + 1, "the row is above the details");
  });

  it("has its headers above their columns", async () => {
    const edges = await monitor.frame.evaluate(() =>
      ["result", "time", "duration", "bytes"].map((name) =>
        [...document.querySelectorAll(`.cell-${name}`)].slice(0, 2).map((cell) => cell.getBoundingClientRect().left),
      ),
    );
    for (const [header, cell] of edges) assert.equal(header, cell);
  });

  it("sizes the details by keyboard", async () => {
    await press("Home", " ");
    const splitter = monitor.frame.getByRole("separator", { name: "Size of the details" });
    const before = Number(await splitter.getAttribute("aria-valuenow"));
    await splitter.focus();
    await press("ArrowUp", "ArrowUp");
    assert.equal(Number(await splitter.getAttribute("aria-valuenow")), before + 8);
  });

  it("makes a column wider from one of its cells", async () => {
    const width = (): Promise<number> =>
      monitor.frame.evaluate(() => document.querySelector(".row .cell-result")!.getBoundingClientRect().width);
    const before = await width();
    await press("Home", "ArrowRight", "ArrowRight", "Alt+Shift+ArrowRight");
    assert.equal(await width(), before + 12);
  });

  it("copies the row, the cell, the command line, JSON and a policy entry", async () => {
    await press("Home", "ArrowDown", "Control+c", "Control+Shift+C", "ArrowDown");
    await monitor.command("copyPolicyEntry");
    await monitor.command("copyJson");
    await press("ArrowRight", "ArrowRight", "Control+c");
    await monitor.page.waitForFunction(
      () => (window as unknown as { host: { received(k: string): unknown[] } }).host.received("copy").length === 5,
    );
    const copies = (await monitor.received("copy")).map((message) => [
      message["what"],
      String(message["text"]).slice(0, 35),
    ]);
    assert.deepEqual(copies, [
      ["row", "npm ci\texit 0\t14:13:20 +0.002 s\t1.3"],
      ["command line", "npm ci"],
      ["policy entry", "npm.pkg.github.com:443"],
      ["JSON", '{\n  "v": 1,\n  "seq": 4,\n  "t": 1790'],
      ["cell", "ok"],
    ]);
  });

  it("keeps the keyboard after a click, and offers the host's menu what the row is", async () => {
    const row = monitor.frame.getByRole("row", { name: "telemetry.example" });
    await row.click();
    await press("ArrowUp");
    assert.equal(await active(), "node");
    const context = JSON.parse((await row.getAttribute("data-vscode-context")) ?? "{}") as unknown;
    assert.deepEqual(context, { webviewSection: "row", webviewRow: "network", preventDefaultContextMenuItems: true });
  });

  it("drops columns where it is narrow", async () => {
    await monitor.page.setViewportSize({ width: 320, height: 500 });
    const headers = (): Promise<string[]> => monitor.frame.getByRole("columnheader").allInnerTexts();
    await monitor.frame.waitForFunction(() => document.querySelectorAll("[role=columnheader]").length === 2);
    assert.deepEqual(await headers(), ["Process, call, file", "Result"]);
    await monitor.page.setViewportSize({ width: 1000, height: 500 });
    await monitor.frame.waitForFunction(() => document.querySelectorAll("[role=columnheader]").length === 5);
  });

  it("lists its keys on ?", async () => {
    await press("?");
    const help = monitor.frame.getByRole("dialog", { name: "Keys and filter" });
    assert.match(await help.innerText(), /Ctrl\+Shift\+C\s+copy the command line/);
    await press("Escape");
    assert.ok(!(await help.isVisible()));
    await press("ArrowDown");
    assert.notEqual(await active(), "");
  });
});
