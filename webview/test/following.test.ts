import assert from "node:assert/strict";
import { EventWriter } from "./harness/eventWriter.ts";
import { type Lab, type Monitor, openLab } from "./harness/monitorPage.ts";

describe("following the end of the run", () => {
  let lab: Lab;
  let monitor: Monitor;
  let run: EventWriter;
  const send = async (): Promise<void> => {
    await monitor.send(run.take());
    await monitor.painted(run.seq);
  };
  const processes = (count: number, parent: string | undefined): void => {
    for (let i = 0; i < count; i++) run.exec(`${run.seq + 1000}-p`, parent, [`cmd${run.seq}`]);
  };
  /** First and last row wholly in view. */
  const inView = (): Promise<[string, string]> =>
    monitor.frame.evaluate(() => {
      const box = document.querySelector(".grid-scroller")!.getBoundingClientRect();
      const rows = [...document.querySelectorAll(".grid-spacer .row")].filter((row) => {
        const place = row.getBoundingClientRect();
        return place.top >= box.top - 1 && place.bottom <= box.bottom + 1;
      });
      const label = (row: Element | undefined): string => row?.querySelector(".label")?.textContent ?? "";
      return [label(rows[0]), label(rows.at(-1))];
    });
  const isPressed = async (pressed: boolean): Promise<void> => {
    await monitor.frame.waitForFunction(
      (wanted) => document.querySelector(".toggle")?.getAttribute("aria-pressed") === String(wanted),
      pressed,
    );
  };
  const pressed = (): Promise<void> => isPressed(true);
  const unpressed = (): Promise<void> => isPressed(false);
  const pill = () => monitor.frame.locator(".pill");

  before(async () => {
    lab = await openLab();
  });
  after(() => lab.close());
  beforeEach(async () => {
    monitor = await lab.open();
    run = new EventWriter();
    run.exec("1-a", undefined, ["first"]);
    run.exec("2-a", undefined, ["second"]);
    processes(100, "2-a");
    await send();
  });
  afterEach(async () => {
    assert.deepEqual(await monitor.complaints(), []);
    await monitor.page.context().close();
  });

  it("counts in the first line what came last, however often rows come", async () => {
    for (let i = 0; i < 20; i++) {
      processes(1, "2-a");
      await monitor.send(run.take());
    }
    await monitor.painted(run.seq);
    assert.equal(await monitor.frame.locator(".fact-events .fact-word").innerText(), `${run.seq} events`);
  });

  it("keeps the newest rows in view until the user scrolls up, and says how many came since", async () => {
    assert.equal((await inView())[1], "cmd101");
    processes(10, "2-a");
    await send();
    assert.equal((await inView())[1], "cmd111");
    await monitor.page.mouse.move(400, 400);
    await monitor.page.mouse.wheel(0, -220);
    await unpressed();
    await monitor.page.waitForTimeout(300);
    const before = await inView();
    processes(7, "2-a");
    await send();
    assert.deepEqual(await inView(), before);
    assert.equal(await pill().innerText(), "7 new");
    await pill().click();
    await pressed();
    assert.equal((await inView())[1], "cmd118");
    assert.ok(!(await pill().isVisible()));
  });

  it("does not begin with a log that turns out to be recorded, and stays with a run whose whole log comes", async () => {
    await monitor.setState({ kind: "loading", done: 1, total: 2 });
    await pressed();
    await monitor.page.context().close();
    monitor = await lab.open({ state: { kind: "connecting" } });
    await monitor.setState({ kind: "loading", done: 0, total: 2 });
    run = new EventWriter();
    run.exec("1-a", undefined, ["first"]);
    processes(100, "1-a");
    await send();
    await unpressed();
    assert.equal((await inView())[0], "first");
  });

  it("goes on when the user scrolls back to the end", async () => {
    await monitor.page.mouse.move(400, 400);
    await monitor.page.mouse.wheel(0, -300);
    await unpressed();
    await monitor.page.mouse.wheel(0, 2000);
    await pressed();
  });

  it("stops when a row is selected, and End takes it up again", async () => {
    await monitor.frame.getByRole("row", { name: "cmd100" }).click();
    await unpressed();
    const before = await inView();
    processes(40, "2-a");
    await send();
    assert.deepEqual(await inView(), before);
    await monitor.page.keyboard.press("End");
    await pressed();
    processes(5, "2-a");
    await send();
    assert.equal((await inView())[1], "cmd146");
  });

  it("moves nothing under the pointer when rows come in above", async () => {
    await monitor.frame.getByRole("row", { name: "cmd95" }).click();
    const top = (): Promise<number> =>
      monitor.frame.evaluate(() => {
        const row = [...document.querySelectorAll(".row")].find(
          (candidate) => candidate.querySelector(".label")?.textContent === "cmd95",
        );
        return row?.getBoundingClientRect().top ?? -1;
      });
    const before = await top();
    for (let i = 0; i < 5; i++) {
      processes(30, "1-a");
      await send();
      assert.equal(await top(), before);
    }
    await monitor.page.waitForTimeout(500);
    assert.equal(await top(), before, "also after scrolling has settled");
  });

  it("keeps the view near what one read when all rows are closed and opened again", async () => {
    await monitor.frame.getByRole("row", { name: "cmd50" }).waitFor({ state: "detached" });
    await monitor.frame.getByRole("row", { name: "cmd95" }).click();
    await monitor.frame.getByRole("button", { name: "Collapse all" }).click();
    await monitor.frame.waitForFunction(() => document.querySelectorAll(".grid-spacer .row").length === 2);
    assert.deepEqual(await inView(), ["first", "second"]);
    await monitor.frame.getByRole("button", { name: "Expand all" }).click();
    await monitor.frame.waitForFunction(() => document.querySelectorAll(".grid-spacer .row").length > 2);
  });

  it("begins a recorded log at its start", async () => {
    const recorded = await lab.open({ state: { kind: "loading", done: 0, total: 100 } });
    await recorded.send(`${run.lines.join("\n")}\n`);
    const log = new EventWriter();
    for (let i = 0; i < 80; i++) log.exec(`${i + 5}-a`, undefined, [`old${i}`]);
    await recorded.send(log.text);
    await recorded.painted(log.seq);
    const first = await recorded.frame.evaluate(() => document.querySelector(".grid-spacer .label")?.textContent);
    assert.equal(first, "old0");
    assert.ok(!(await recorded.frame.locator(".pill").isVisible()));
    await recorded.page.context().close();
  });
});
