import assert from "node:assert/strict";
import { type Lab, type Monitor, openLab } from "./harness/monitorPage.ts";
import { sampleRun } from "./harness/sampleRun.ts";

describe("the filter box in a browser", () => {
  let lab: Lab;
  let monitor: Monitor;
  const box = () => monitor.frame.getByRole("combobox", { name: "Filter" });
  const labels = (): Promise<string[]> =>
    monitor.frame.evaluate(() =>
      [...document.querySelectorAll(".grid-spacer .row")].map(
        (row) => `${row.classList.contains("context") ? "(" : ""}${row.querySelector(".label")?.textContent ?? ""}`,
      ),
    );
  const settled = async (count: string): Promise<void> => {
    await monitor.frame.waitForFunction((text) => document.querySelector(".filter-count")?.textContent === text, count);
  };

  before(async () => {
    lab = await openLab();
  });
  after(() => lab.close());
  beforeEach(async () => {
    monitor = await lab.open();
    const run = sampleRun(false);
    await monitor.send(run.text);
    await monitor.painted(run.seq);
  });
  afterEach(async () => {
    assert.deepEqual(await monitor.complaints(), []);
    await monitor.page.context().close();
  });

  it("shows what fits with what is above it dimmed, and everything again when it is cleared", async () => {
    const before = await labels();
    await box().fill("host:*.github.com type:network");
    await settled("1 of 208");
    assert.deepEqual(await labels(), ["(bash", "(node", "npm.pkg.github.com:443"]);
    await box().press("Escape");
    await box().press("Escape");
    await settled("");
    assert.deepEqual(await labels(), before);
  });

  it("completes keys and values by keyboard, and tells a screen reader", async () => {
    await box().pressSequentially("ho");
    assert.equal(await box().getAttribute("aria-expanded"), "true");
    await box().press("ArrowDown");
    const option = await box().getAttribute("aria-activedescendant");
    assert.equal(await monitor.frame.locator(`#${option}`).getAttribute("aria-selected"), "true");
    await box().press("Enter");
    assert.equal(await box().inputValue(), "host:");
    assert.equal(await monitor.frame.getByRole("option").first().innerText(), "npm.pkg.github.com\n10 times");
    await box().pressSequentially("pyp");
    await box().press("ArrowDown");
    await box().press("Tab");
    assert.equal(await box().inputValue(), "host:pypi.org ");
    await settled("1 of 208");
  });

  it("takes a completion by mouse and keeps the focus", async () => {
    await box().pressSequentially("is:");
    await monitor.frame.getByRole("option", { name: "denied" }).click();
    assert.equal(await box().inputValue(), "is:denied ");
    await settled("1 of 208");
    assert.ok(await box().evaluate((element) => element === document.activeElement));
  });

  it("narrows to what was blocked at a click, to what failed at the next, and back", async () => {
    const quick = (name: string) =>
      monitor.frame.getByRole("group", { name: "Quick filters" }).getByRole("button", { name });
    await box().fill("-comm:git");
    await quick("blocked").click();
    assert.equal(await box().inputValue(), "-comm:git is:denied");
    await settled("1 of 208");
    assert.deepEqual((await labels()).at(-1), "paste.example:443");
    await quick("failed").click();
    assert.equal(await box().inputValue(), "-comm:git is:failed");
    const shown = /^(\d+) failed$/.exec((await quick("failed").innerText()).trim())?.[1];
    await settled(`${shown} of 208`);
    assert.equal(await quick("failed").getAttribute("aria-pressed"), "true");
    await quick("failed").click();
    assert.equal(await box().inputValue(), "-comm:git");
    assert.equal(await quick("failed").getAttribute("aria-pressed"), "false");
  });

  it("offers the filters of before in an empty box", async () => {
    await box().fill("host:pypi.org");
    await settled("1 of 208");
    await box().press("Escape");
    await box().press("Escape");
    await settled("");
    await box().press("ArrowDown");
    const first = monitor.frame.getByRole("option").first();
    assert.equal(await first.innerText(), "host:pypi.org\nused before");
    await box().press("ArrowDown");
    await box().press("Enter");
    assert.equal(await box().inputValue(), "host:pypi.org ");
    await settled("1 of 208");
  });

  it("says what is wrong and where, when typing has stopped", async () => {
    await box().fill("pid:812 port:abc");
    const problem = monitor.frame.locator("#filter-problem");
    await problem.waitFor({ state: "visible" });
    assert.equal(await problem.innerText(), "abc\nat 14: port: needs a number, such as 443, >1024 or 8000-8999");
    assert.equal(await box().getAttribute("aria-invalid"), "true");
    await box().fill("pid:812 port:443");
    await problem.waitFor({ state: "hidden" });
    await settled("1 of 208");
  });

  it("is a key away, and goes back to the list", async () => {
    await monitor.frame.getByRole("treegrid").focus();
    await monitor.page.keyboard.press("Control+f");
    await monitor.page.keyboard.type("curl");
    await settled("1 of 208");
    await monitor.page.keyboard.press("Enter");
    assert.equal(await monitor.frame.evaluate(() => document.activeElement?.getAttribute("role")), "treegrid");
  });

  it("says that nothing fits, and clears on request", async () => {
    await box().fill("there-is-no-such-thing");
    await monitor.frame.getByRole("button", { name: "Clear the filter" }).last().click();
    assert.equal(await box().inputValue(), "");
  });

  it("takes rows that come while it is set", async () => {
    await box().fill("late.example");
    await settled("0 of 208");
    const { seq, t } = sampleRun(false);
    await monitor.send(
      `${JSON.stringify({ v: 1, seq: seq + 1, t, type: "net.connect", process: "870-a", flow: { id: "z", protocol: "tcp", local: { ip: "192.0.2.10", port: 5 }, remote: { ip: "198.51.100.5", port: 443 } }, host: { name: "late.example", source: "dns" }, result: "ok" })}\n`,
    );
    await settled("1 of 209");
    assert.deepEqual(await labels(), ["(bash", "(curl", "late.example:443"]);
  });

  it("narrows to the selected row from its details", async () => {
    await monitor.frame.getByRole("row", { name: "pypi.org" }).click();
    await monitor.page.keyboard.press(" ");
    await monitor.frame.getByRole("button", { name: "Filter to this" }).click();
    assert.equal(await box().inputValue(), "host:pypi.org");
    await settled("1 of 208");
  });
});
