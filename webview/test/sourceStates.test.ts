import assert from "node:assert/strict";
import { EventWriter } from "./harness/eventWriter.ts";
import { type Lab, type Monitor, openLab } from "./harness/monitorPage.ts";
import type { ThemeName } from "./harness/themes.ts";

describe("what the page says of its source", () => {
  let lab: Lab;
  let monitor: Monitor;
  const fact = (name: string): Promise<string> => monitor.frame.locator(`.fact-${name}`).innerText();
  /** Waits until the page has sent one message of this kind. */
  const told = async (kind: string): Promise<void> => {
    await monitor.page.waitForFunction(
      (wanted) =>
        (window as unknown as { host: { received(k: string): unknown[] } }).host.received(wanted).length === 1,
      kind,
    );
  };
  before(async () => {
    lab = await openLab();
  });
  after(() => lab.close());
  afterEach(async () => {
    assert.deepEqual(await monitor.complaints(), []);
    await monitor.page.context().close();
  });

  it("teaches how to get a first run where there is none", async () => {
    monitor = await lab.open({ state: { kind: "idle" } });
    const pane = monitor.frame.locator(".empty-pane");
    assert.equal((await pane.getByRole("listitem").all()).length, 3);
    assert.match(
      await pane.innerText(),
      /runglass record --listen .* -- npm ci[^]*Connect to Collector…[^]*Open Run Log…/,
    );
    await pane.getByRole("button", { name: "Connect to Collector…" }).click();
    await told("connect");
    await pane.getByRole("button", { name: "Open Run Log…" }).click();
    await told("openLog");
  });

  it("tells connecting from connected, and shows the first row as soon as it is there", async () => {
    monitor = await lab.open({ state: { kind: "connecting" }, title: "My run" });
    assert.equal(await monitor.frame.getByRole("heading", { level: 1 }).innerText(), "My run");
    assert.match(await monitor.frame.locator(".empty-pane").innerText(), /Connecting/);
    assert.ok(await monitor.frame.locator(".progress").isVisible());
    await monitor.setState({ kind: "live" });
    await monitor.frame.getByText("nothing has happened yet").waitFor();
    const run = new EventWriter();
    run.start("npm ci");
    run.exec("1-a", undefined, ["npm", "ci"]);
    await monitor.send(run.text);
    await monitor.frame.getByRole("row", { name: "npm ci" }).waitFor();
    assert.equal(await monitor.frame.getByRole("heading", { level: 1 }).innerText(), "npm ci");
    assert.ok(!(await monitor.frame.locator(".empty-pane").isVisible()));
  });

  it("counts down to the next try, keeps the rows, and lets the user try at once", async () => {
    monitor = await lab.open();
    const run = new EventWriter();
    run.exec("1-a", undefined, ["sleep"]);
    await monitor.send(run.text);
    await monitor.painted(run.seq);
    await monitor.setState({ kind: "lost", reason: "The collector closed the connection.", retryInMs: 9000 });
    await monitor.frame.getByRole("alert").waitFor();
    const first = await fact("state");
    assert.match(first, /^lost, again in [89] s$/);
    await monitor.frame.waitForFunction(
      (before) => document.querySelector(".fact-state")?.textContent !== before,
      first,
    );
    assert.ok(await monitor.frame.getByRole("row", { name: "sleep" }).isVisible());
    await monitor.frame.getByRole("button", { name: "Try again now" }).click();
    await told("retry");
    await monitor.setState({ kind: "live" });
    await monitor.frame.getByRole("alert").waitFor({ state: "hidden" });
  });

  it("says why it failed and what to do", async () => {
    monitor = await lab.open({
      state: { kind: "failed", reason: "The collector refused the token.", action: "Copy it again." },
    });
    assert.match(
      await monitor.frame.getByRole("alert").innerText(),
      /The collector refused the token\. Copy it again\./,
    );
    await monitor.frame.getByRole("button", { name: "Connect…", exact: true }).click();
    await told("connect");
  });

  it("offers what helps with a log that cannot be read", async () => {
    monitor = await lab.open({
      source: "file",
      state: { kind: "failed", reason: "Line 3 is not JSON.", action: "Take the log from the runner again." },
    });
    const alert = monitor.frame.getByRole("alert");
    assert.deepEqual(await alert.getByRole("button").allInnerTexts(), ["Read again"]);
    await alert.getByRole("button", { name: "Read again" }).click();
    await told("retry");
  });

  it("tells of a run on GitHub how far behind it is, and what is held back, without offering a collector", async () => {
    monitor = await lab.open({ source: "github", state: { kind: "connecting" } });
    assert.match(await monitor.frame.locator(".empty-pane").innerText(), /Looking at the run on GitHub/);
    const run = new EventWriter();
    run.exec("1-a", undefined, ["sleep"]);
    await monitor.send(run.text);
    await monitor.painted(run.seq);
    await monitor.setState({ kind: "live", behindMs: 8000 });
    // It goes on counting by itself.
    await monitor.frame.waitForFunction(() =>
      /^live, (9|[1-9]\d) s behind$/.test(document.querySelector(".fact-state")?.textContent ?? ""),
    );
    const alert = monitor.frame.getByRole("alert");
    assert.ok(!(await alert.isVisible()));
    await monitor.setState({ kind: "live", behindMs: 8000, note: "Events 11 to 20 have not arrived." });
    await alert.filter({ hasText: "Events 11 to 20 have not arrived." }).waitFor();
    assert.deepEqual(await alert.getByRole("button").allInnerTexts(), []);
    await monitor.setState({ kind: "failed", reason: "The log has expired.", action: "Run it again." });
    await alert.filter({ hasText: "The log has expired. Run it again." }).waitFor();
    assert.deepEqual(await alert.getByRole("button").allInnerTexts(), ["Try again now"]);
    await alert.getByRole("button", { name: "Try again now" }).click();
    await told("retry");
  });

  it("says what the seals of an ended run prove", async () => {
    monitor = await lab.open({ source: "github" });
    await monitor.setState({ kind: "ended", complete: true, proof: "All seals hold, the last is 00ff." });
    await monitor.frame.waitForFunction(() => document.querySelector(".fact-state")?.textContent === "ended");
    await monitor.frame.locator(".fact-state").click();
    assert.match(await monitor.frame.getByRole("dialog", { name: "Source" }).innerText(), /All seals hold/);
  });

  it("tells a whole log from one that was cut off", async () => {
    monitor = await lab.open();
    await monitor.setState({ kind: "ended", complete: true });
    await monitor.frame.waitForFunction(() => document.querySelector(".fact-state")?.textContent === "ended");
    await monitor.setState({ kind: "ended", complete: false });
    await monitor.frame.waitForFunction(
      () => document.querySelector(".fact-state")?.textContent === "ended, incomplete",
    );
    await monitor.frame.locator(".fact-state").click();
    assert.match(await monitor.frame.getByRole("dialog", { name: "Source" }).innerText(), /no end mark/);
  });

  it("explains loss and coverage", async () => {
    monitor = await lab.open();
    const run = new EventWriter();
    run.add({ type: "coverage", hook: "exec", state: "on" });
    run.add({ type: "coverage", hook: "tls", state: "unsupported", reason: "rustls" });
    run.add({ type: "loss", source: "network ring", lost: 12 });
    await monitor.send(run.text);
    await monitor.painted(run.seq);
    assert.deepEqual([await fact("lost"), await fact("coverage")], ["12 lost", "1 blind spot"]);
    await monitor.frame.locator(".fact-lost").click();
    assert.match(await monitor.frame.getByRole("dialog", { name: "Lost events" }).innerText(), /network ring\s+12/);
    await monitor.page.keyboard.press("Escape");
    await monitor.frame.locator(".fact-coverage").click();
    assert.match(
      await monitor.frame.getByRole("dialog", { name: "What the collector sees" }).innerText(),
      /Not seen \(1\)\s+tls\s+rustls\s+Seen \(1\)\s+exec\s+on/,
    );
  });

  it("speaks at most once in three seconds", async () => {
    monitor = await lab.open();
    await monitor.frame.evaluate(() => {
      const said: number[] = [];
      Object.assign(window, { said });
      new MutationObserver(() => said.push(performance.now())).observe(document.querySelector("[aria-live=polite]")!, {
        childList: true,
      });
    });
    const run = new EventWriter();
    for (let i = 0; i < 14; i++) {
      run.exec(`${i + 1}-a`, undefined, ["x"]);
      if (i === 3) run.exit("1-a", 1);
      await monitor.send(run.take());
      await monitor.page.waitForTimeout(500);
    }
    const said = await monitor.frame.evaluate(() => (window as unknown as { said: number[] }).said);
    assert.ok(said.length >= 2 && said.length <= 3, `${said.length} times`);
    for (let i = 1; i < said.length; i++) assert.ok(said[i]! - said[i - 1]! > 2900);
  });

  const contrasts: readonly ThemeName[] = ["dark", "light", "highContrast"];
  for (const theme of contrasts) {
    it(`takes its colours from the theme (${theme}) and loads its icons`, async () => {
      monitor = await lab.open({ theme });
      const run = new EventWriter();
      run.exec("1-a", undefined, ["x"]);
      run.exit("1-a", 1);
      await monitor.send(run.text);
      await monitor.painted(run.seq);
      const got = await monitor.frame.evaluate(async () => {
        await document.fonts.ready;
        const value = (name: string): string =>
          getComputedStyle(document.documentElement).getPropertyValue(name).trim();
        const probe = (color: string): string => {
          const element = document.createElement("i");
          element.style.color = color;
          document.body.append(element);
          const out = getComputedStyle(element).color;
          element.remove();
          return out;
        };
        return {
          same:
            getComputedStyle(document.querySelector(".tone-bad .result-text")!).color ===
            probe(value("--vscode-errorForeground")),
          font: document.fonts.check('16px "codicon"'),
          words: document.querySelector(".tone-bad .result-text")?.textContent,
          icon: document.querySelector(".tone-bad .tone-icon")?.className,
        };
      });
      assert.deepEqual(got, { same: true, font: true, words: "exit 1", icon: "codicon tone-icon codicon-error" });
    });
  }
});
