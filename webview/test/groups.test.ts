// The order of hosts and directories, and what they come to under a filter.
import assert from "node:assert/strict";
import { EventWriter } from "./harness/eventWriter.ts";
import { type Lab, type Monitor, openLab } from "./harness/monitorPage.ts";

const hostsRun = (): EventWriter => {
  const run = new EventWriter();
  run.start();
  run.add({ type: "step.start", stepInfo: { id: "s", number: 1, name: "Build" } });
  for (const [i, [name, host, bytes, count]] of (
    [
      ["npm", "b.example", 500, 1],
      ["curl", "c.example", 9000, 1],
      ["npm", "a.example", 20, 3],
      ["git", "a.example", 7, 1],
    ] as const
  ).entries()) {
    const id = `${i + 10}-a`;
    run.t += 1e6;
    run.add({
      type: "process.exec",
      process: id,
      step: "s",
      exec: { id, pid: i + 10, ppid: 1, exe: `/bin/${name}`, argv: [name], cwd: "/", uid: 0 },
    });
    for (let n = 0; n < count; n++) run.connect(id, host, `198.51.100.${i}`, 443, "ok", bytes);
  }
  return run;
};

describe("groups of a view", () => {
  let lab: Lab;
  let monitor: Monitor;
  let run: EventWriter;

  const hosts = (): Promise<string[]> =>
    monitor.frame
      .locator('.grid-spacer .row[aria-level="1"]')
      .evaluateAll((rows) =>
        rows
          .sort((a, b) => Number(a.getAttribute("aria-rowindex")) - Number(b.getAttribute("aria-rowindex")))
          .map((row) => row.querySelector(".label")?.textContent ?? ""),
      );
  const comesTo = async (wanted: readonly string[]): Promise<void> => {
    const until = Date.now() + 8000;
    let seen = await hosts();
    while (seen.join() !== wanted.join() && Date.now() < until) {
      await monitor.page.waitForTimeout(50);
      seen = await hosts();
    }
    assert.deepEqual(seen, wanted);
  };
  const header = (name: string) => monitor.frame.getByRole("columnheader", { name });
  const press = (name: string): Promise<void> => monitor.frame.getByRole("button", { name, exact: true }).click();

  before(async () => {
    lab = await openLab();
  });
  after(() => lab.close());
  beforeEach(async () => {
    monitor = await lab.open();
    run = hostsRun();
    await monitor.send(run.text);
    await monitor.painted(run.seq);
    await monitor.frame.getByRole("tab", { name: "Network" }).click();
    await comesTo(["b.example", "c.example", "a.example"]);
  });
  afterEach(async () => {
    assert.deepEqual(await monitor.complaints(), []);
    await monitor.page.context().close();
  });

  it("are in the order that the header's buttons say, and say so", async () => {
    assert.equal(await header("Time").getAttribute("aria-sort"), "ascending");
    await press("Bytes");
    await comesTo(["c.example", "a.example", "b.example"]);
    assert.equal(await header("Bytes").getAttribute("aria-sort"), "descending");
    assert.equal(await header("Time").getAttribute("aria-sort"), "none");
    await press("Bytes");
    await comesTo(["b.example", "a.example", "c.example"]);
    await press("Result");
    await comesTo(["a.example", "b.example", "c.example"]);
    await press("Host, process, call");
    assert.equal(await header("Host, process, call").getAttribute("aria-sort"), "ascending");
    await press("Time");
    await comesTo(["a.example", "c.example", "b.example"]);
    await press("Time");
    await comesTo(["b.example", "c.example", "a.example"]);
    await monitor.frame.getByRole("tab", { name: "Processes" }).click();
    assert.equal(await monitor.frame.locator(".sort").count(), 0);
  });

  it("keep their order over a reload, each view its own", async () => {
    await press("Bytes");
    await monitor.frame.getByRole("tab", { name: "Files" }).click();
    assert.equal(await header("Time").getAttribute("aria-sort"), "ascending");
    await monitor.frame.getByRole("tab", { name: "Network" }).click();
    await comesTo(["c.example", "a.example", "b.example"]);
    await monitor.frame.evaluate(() => {
      Object.assign(window, { isOld: true });
      location.reload();
    });
    await monitor.frame.waitForFunction(() => !("isOld" in window) && "runglass" in window);
    await comesTo(["c.example", "a.example", "b.example"]);
    assert.equal(await header("Bytes").getAttribute("aria-sort"), "descending");
  });

  it("come to what fits the filter", async () => {
    const row = monitor.frame.locator(".row", { hasText: "a.example" }).first();
    await row.filter({ hasText: "2 processes, 4 connections" }).filter({ hasText: "ok ×4" }).waitFor();
    await monitor.frame.getByRole("combobox").fill("comm:git");
    await row.filter({ hasText: "1 process, 1 connection" }).filter({ hasText: "↓7 B" }).waitFor();
    run.take();
    run.connect("13-a", "a.example", "198.51.100.3", 443, "ok", 7);
    run.connect("12-a", "a.example", "198.51.100.2", 443, "ok", 7);
    await monitor.send(run.take());
    await row.filter({ hasText: "1 process, 2 connections" }).filter({ hasText: "↓14 B" }).waitFor();
    await monitor.frame.getByRole("combobox").fill("");
    await row.filter({ hasText: "2 processes, 6 connections" }).waitFor();
  });

  it("moves a connection to the host that it names at its end", async () => {
    run.take();
    const close = run.open("10-a", "198.51.100.77", 443);
    await monitor.send(run.take());
    await comesTo(["b.example", "c.example", "a.example", "198.51.100.77"]);
    close("late.example");
    await monitor.send(run.take());
    await comesTo(["b.example", "c.example", "a.example", "late.example"]);
  });

  it("says a time by the clock and as distance from the start of the run and of the step", async () => {
    const process = monitor.frame.locator('.row[aria-level="2"]').first();
    await process.locator(".cell-time").hover();
    await process.locator('.cell-time[title="14:13:21, +1.003 s in the run, +1.002 s in step Build"]').waitFor();
    await process.click();
    await monitor.frame.getByRole("treegrid").press("Space");
    await monitor.frame.locator(".details dd", { hasText: "(+1.002 s, +1.001 s in step Build)" }).first().waitFor();
  });
});
