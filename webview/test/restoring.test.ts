import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { Frame } from "playwright-core";
import { EventWriter } from "./harness/eventWriter.ts";
import { type Lab, type Monitor, openLab } from "./harness/monitorPage.ts";
import { sampleRun } from "./harness/sampleRun.ts";

interface Seen {
  readonly rows: string[];
  readonly active: string;
  readonly filter: string;
  readonly top: number;
  readonly details: string;
}

describe("a page that is made anew", () => {
  let lab: Lab;
  let monitor: Monitor;
  const run = sampleRun(true);

  const look = (frame: Frame): Promise<Seen> =>
    frame.evaluate(() => ({
      rows: [...document.querySelectorAll(".grid-spacer .row .label")].map((label) => label.textContent ?? ""),
      active: document.querySelector(".row.selected .label")?.textContent ?? "",
      filter: document.querySelector<HTMLInputElement>(".filter-input")?.value ?? "",
      top: document.querySelector(".grid-scroller")?.scrollTop ?? -1,
      details:
        document.querySelector(".details")?.checkVisibility() === true
          ? (document.querySelector(".details h2")?.textContent ?? "")
          : "closed",
    }));
  /** Loads the monitor's frame again, as an editor does with a page that was hidden. */
  const reload = async (): Promise<void> => {
    await monitor.frame.evaluate(() => {
      Object.assign(window, { isOld: true });
      location.reload();
    });
    await monitor.frame.waitForFunction(() => !("isOld" in window) && "runglass" in window);
    await monitor.painted(run.seq);
  };

  /** The page comes to look as it did; how soon depends on how busy the machine is. */
  const comesTo = async (wanted: Seen): Promise<void> => {
    const until = Date.now() + 8000;
    let seen = await look(monitor.frame);
    while (!isDeepStrictEqual(seen, wanted) && Date.now() < until) {
      await monitor.page.waitForTimeout(50);
      seen = await look(monitor.frame);
    }
    assert.deepEqual(seen, wanted);
  };

  before(async () => {
    lab = await openLab();
  });
  after(() => lab.close());
  beforeEach(async () => {
    monitor = await lab.open({ height: 480 });
    await monitor.send(run.text);
    await monitor.painted(run.seq);
  });
  afterEach(async () => {
    assert.deepEqual(await monitor.complaints(), []);
    await monitor.page.context().close();
  });

  it("finds the place again: what is open, selected, in view, filtered and shown beside", async () => {
    const { page, frame } = monitor;
    await frame.getByRole("treegrid").focus();
    await page.keyboard.press("Home");
    await frame.getByRole("row", { name: /^process node --enable/ }).click();
    await page.keyboard.press("ArrowLeft");
    await frame.getByRole("row", { name: "npm.pkg.github.com:443" }).click();
    await page.keyboard.press(" ");
    await page.mouse.move(400, 200);
    await page.mouse.wheel(0, 66);
    await page.waitForTimeout(300);
    const before = await look(frame);
    assert.deepEqual(
      [before.active, before.details, before.top],
      ["npm.pkg.github.com:443", "npm.pkg.github.com:443", 66],
    );
    await reload();
    await comesTo(before);
  });

  it("goes on following if it did", async () => {
    const before = await look(monitor.frame);
    await reload();
    await comesTo(before);
  });

  it("keeps the filter", async () => {
    await monitor.frame.getByRole("combobox").fill("type:network is:failed");
    await monitor.frame.waitForFunction(() => document.querySelector(".filter-count")?.textContent !== "");
    const before = await look(monitor.frame);
    await reload();
    await monitor.frame.waitForFunction(() => document.querySelector(".filter-count")?.textContent !== "");
    await comesTo(before);
  });

  it("finds the place after the host sends the same run from its start", async () => {
    await monitor.frame.getByRole("row", { name: "pypi.org" }).click();
    await monitor.frame.waitForSelector(".row.selected");
    const before = await look(monitor.frame);
    await monitor.page.evaluate(() => {
      const { host } = window as unknown as {
        host: { post(m: unknown): void; queue: unknown[]; log: unknown[]; nextSeq: number; pump(): void };
      };
      host.post({ kind: "reset" });
      host.nextSeq = 1;
      host.queue = [...host.log];
      host.pump();
    });
    await monitor.painted(run.seq);
    await monitor.page.waitForTimeout(300);
    await comesTo(before);
  });

  it("opens the run that the chosen command has come to be folded into", async () => {
    const more = new EventWriter();
    more.seq = run.seq;
    more.t = run.t;
    const quiet = async (from: number, to: number): Promise<void> => {
      for (let i = from; i <= to; i++) {
        more.exec(`${700 + i}-b`, "700-b", ["sed", "-n", `${i}p`]);
        more.exit(`${700 + i}-b`, 0, 0, 3000);
      }
      await monitor.send(more.take());
      await monitor.painted(more.seq);
    };
    more.exec("700-b", undefined, ["make"]);
    await quiet(1, 3);
    const second = monitor.frame.getByRole("row", { name: /^process sed -n 2p/ });
    await second.click();
    await quiet(4, 5);
    // A log that is read as a whole folds all that there is at once.
    await monitor.page.evaluate(async () => {
      const { host } = window as unknown as { host: { init: { state: unknown }; log: Uint8Array<ArrayBuffer>[] } };
      host.init.state = { kind: "ended", complete: true };
      host.log = [new Uint8Array(await new Blob(host.log).arrayBuffer())];
    });
    await reload();
    await second.and(monitor.frame.locator(".selected")).waitFor();
    await monitor.frame.getByRole("row", { name: /first of 5 short-lived/ }).waitFor();
  });

  it("begins anew with another run", async () => {
    await monitor.frame.getByRole("combobox").fill("pypi");
    await monitor.page.waitForTimeout(500);
    await monitor.page.evaluate(() => {
      const { host } = window as unknown as { host: { log: unknown[]; init: { session: string } } };
      host.init.session = "another";
    });
    await reload();
    assert.equal((await look(monitor.frame)).filter, "");
  });
});
