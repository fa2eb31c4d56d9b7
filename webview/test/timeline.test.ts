import assert from "node:assert/strict";
import { EventWriter } from "./harness/eventWriter.ts";
import { type Lab, type Monitor, openLab } from "./harness/monitorPage.ts";
import { sampleRun } from "./harness/sampleRun.ts";
import type { ThemeName } from "./harness/themes.ts";

const SECOND = 1e6;

/** A minute (not whole: one that goes on) with two steps and three tool calls, a blocked call, a finding and a loss; the clock begins at 14:13:20. */
const steppedRun = (isWhole = true): EventWriter => {
  const run = new EventWriter();
  const wait = (seconds: number): void => void (run.t += seconds * SECOND);
  run.start("fix the test");
  run.add({ type: "step.start", stepInfo: { id: "setup", number: 1, name: "Set up" } });
  run.add({
    type: "process.exec",
    process: "1-a",
    step: "setup",
    exec: { id: "1-a", pid: 1, ppid: 0, exe: "/bin/setup", argv: ["setup"], cwd: "/", uid: 0 },
  });
  wait(10);
  run.exit("1-a");
  run.add({ type: "step.end", stepInfo: { id: "setup", number: 1, name: "Set up" }, conclusion: "success" });
  run.add({ type: "step.start", stepInfo: { id: "agent", number: 2, name: "Processing Request" } });
  run.exec("2-a", undefined, ["agent"]);
  for (const [id, command, ok] of [
    ["call-1", "npm ci", true],
    ["call-2", "npm test", false],
    ["call-3", "git push", true],
  ] as const) {
    wait(2);
    run.add({ type: "tool.start", tool: id, toolInfo: { id, name: "bash", input: { command } } });
    const process = `${id.slice(-1)}0-a`;
    run.add({
      type: "process.exec",
      process,
      step: "agent",
      tool: id,
      exec: {
        id: process,
        pid: Number.parseInt(process, 10),
        ppid: 2,
        parent: "2-a",
        exe: "/bin/npm",
        argv: command.split(" "),
        cwd: "/",
        uid: 0,
      },
    });
    for (let i = 0; i < 30; i++) run.file(process, "create", `/w/${id}-${i}`);
    wait(8);
    run.exit(process, ok ? 0 : 1);
    run.add({ type: "tool.end", tool: id, toolInfo: { id, name: "bash" }, ok });
  }
  run.add({
    type: "net.connect",
    process: "2-a",
    flow: {
      id: "f",
      protocol: "tcp",
      local: { ip: "192.0.2.1", port: 1 },
      remote: { ip: "198.51.100.9", port: 443 },
    },
    host: { name: "paste.example", source: "dns" },
    verdict: "blocked",
    result: "EPERM",
  });
  wait(2);
  run.add({ type: "finding", finding: { rule: "r", severity: "high", title: "Tried again", evidence: [] } });
  wait(2);
  run.add({ type: "loss", source: "file", lost: 7 });
  wait(16);
  if (!isWhole) return run;
  run.exit("2-a");
  run.add({
    type: "step.end",
    stepInfo: { id: "agent", number: 2, name: "Processing Request" },
    conclusion: "success",
  });
  run.add({ type: "run.end", counts: {}, lost: 7 });
  return run;
};

describe("the timeline", () => {
  let lab: Lab;
  let monitor: Monitor;

  const open = async (
    run: EventWriter,
    options: Parameters<Lab["open"]>[0] = { state: { kind: "ended", complete: true } },
  ): Promise<void> => {
    monitor = await lab.open(options);
    await monitor.send(run.text);
    await monitor.painted(run.seq);
  };
  const filterText = (): Promise<string> => monitor.frame.locator(".filter-input").inputValue();
  const untilFilter = (wanted: RegExp): Promise<unknown> =>
    monitor.frame.waitForFunction(
      (source) => new RegExp(source).test(document.querySelector<HTMLInputElement>(".filter-input")?.value ?? ""),
      wanted.source,
    );
  const labels = (): Promise<string[]> =>
    monitor.frame.locator(".grid-spacer .row:not(.context) .label").allInnerTexts();
  const untilCount = (text: RegExp): Promise<void> =>
    monitor.frame.locator(".filter-count", { hasText: text }).waitFor();
  const timeline = () => monitor.frame.getByRole("region", { name: "Timeline" });
  const block = (name: RegExp) => timeline().getByRole("button", { name });
  const range = () => timeline().getByRole("slider", { name: "Time range", exact: true });
  const press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) await monitor.page.keyboard.press(key);
  };
  /** Drags on the events from one share of their width to another. */
  const drag = async (from: number, to: number): Promise<void> => {
    const box = (await monitor.frame.locator(".histogram").boundingBox())!;
    const y = box.y + box.height / 2;
    await monitor.page.mouse.move(box.x + box.width * from, y);
    await monitor.page.mouse.down();
    for (let i = 1; i <= 4; i++) await monitor.page.mouse.move(box.x + box.width * (from + ((to - from) * i) / 4), y);
    await monitor.page.mouse.up();
  };

  before(async () => {
    lab = await openLab();
  });
  after(() => lab.close());
  afterEach(async () => {
    assert.deepEqual(await monitor.complaints(), []);
    await monitor.page.context().close();
  });

  it("reads well aloud: a summary, lists of blocks, a range", async () => {
    await open(steppedRun());
    const snapshot = await timeline().ariaSnapshot();
    for (const line of ["- 'region \"Timeline\"':", '- region "Timeline":'].slice(1))
      assert.ok(snapshot.includes(line), snapshot);
    assert.match(snapshot, /paragraph: 1 min 00 s from 14:13:20 to 14:14:20\. 2 steps, 3 tool calls, \d+ events\./);
    assert.match(
      snapshot,
      /1 blocked, first at 14:14:00, \+40\.\d+ s\. 1 finding, first at .* 7 events lost, first told of at/,
    );
    assert.match(snapshot, /list "Steps":/);
    assert.match(snapshot, /button "step 1 Set up, 14:13:20, \+0\.001 s, 10 s, success"/);
    assert.match(snapshot, /list "Tool calls":/);
    assert.match(snapshot, /button "tool call bash: npm test, 14:13:42, .* 8\.\d s, failed"/);
    assert.match(snapshot, /slider "Time range"/);
    assert.equal(await range().getAttribute("aria-valuetext"), "the whole run");
  });

  it("narrows to a step or a tool call at a click, to another one at the next, and back", async () => {
    await open(steppedRun());
    await block(/npm test/).click();
    assert.equal(await filterText(), "tool:call-2");
    await untilCount(/of/);
    assert.ok((await labels()).every((label) => !label.startsWith("call-1")));
    assert.equal(await block(/npm test/).getAttribute("aria-pressed"), "true");
    await block(/git push/).click();
    assert.equal(await filterText(), "tool:call-3");
    await block(/Set up/).click();
    assert.equal(await filterText(), 'tool:call-3 step:"Set up"');
    await block(/git push/).click();
    await block(/Set up/).click();
    assert.equal(await filterText(), "");
  });

  it("filters all views to what is dragged over, and a double click ends that", async () => {
    await open(steppedRun());
    await drag(0.02, 0.12);
    await untilFilter(/^time:14:13:21\.\d{3}\.\.14:13:27\.\d{3}$/);
    await untilCount(/of/);
    assert.deepEqual(await labels(), ["Set up", "setup"]);
    await monitor.frame.getByRole("tab", { name: "Files" }).click();
    await untilCount(/^0 of/);
    const box = (await monitor.frame.locator(".histogram").boundingBox())!;
    await monitor.page.mouse.dblclick(box.x + box.width * 0.8, box.y + 20);
    assert.equal(await filterText(), "");
  });

  it("shows a typed range, moves it by drag, and leaves other terms alone", async () => {
    await open(steppedRun());
    await monitor.frame.getByRole("combobox").fill("-comm:git time:+12s..+20s");
    await monitor.frame
      .locator('.brush-window[aria-valuetext^="14:13:32, +12.00 s to 14:13:41, +21.00 s"]')
      .waitFor({ state: "attached" });
    await drag(0.25, 0.5);
    await untilFilter(/^-comm:git time:14:13:47\.\d{3}\.\.14:13:5\d\.\d{3}$/);
    const edge = (await monitor.frame.locator(".brush-to").boundingBox())!;
    await monitor.page.mouse.move(edge.x + 4, edge.y + 20);
    await monitor.page.mouse.down();
    await monitor.page.mouse.move(edge.x + 200, edge.y + 20, { steps: 3 });
    await monitor.page.mouse.up();
    await untilFilter(/^-comm:git time:14:13:47\.\d{3}\.\.14:14:0\d\.\d{3}$/);
  });

  it("is worked by keys alone", async () => {
    await open(steppedRun());
    await range().focus();
    await press("Home");
    await untilFilter(/^time:14:13:20\.\d+\.\.14:13:26\.\d+$/);
    await press("PageUp", "Shift+ArrowRight");
    await untilFilter(/^time:14:13:26\.\d+\.\.14:13:32\.\d+$/);
    await press("Tab");
    assert.equal(
      await monitor.frame.evaluate(() => document.activeElement?.getAttribute("aria-label")),
      "Start of the time range",
    );
    await press("ArrowLeft");
    await untilFilter(/^time:14:13:25\.\d+\.\.14:13:32\.\d+$/);
    await press("Tab", "End");
    await untilFilter(/^time:14:13:25\.\d+\.\.14:14:20\.\d+$/);
    await press("Escape");
    assert.equal(await filterText(), "");
    assert.equal(await monitor.frame.evaluate(() => document.activeElement?.getAttribute("aria-label")), "Time range");
    await block(/Set up/).focus();
    await press("ArrowRight", "Enter");
    assert.equal(await filterText(), 'step:"Processing Request"');
  });

  it("no longer finds what went on once the run has ended", async () => {
    const run = steppedRun(false);
    await open(run, { state: { kind: "live" } });
    await monitor.frame.getByRole("combobox").fill("time:+55s.. type:process");
    await untilCount(/^1 of/);
    assert.deepEqual(await labels(), ["agent"]);
    await monitor.setState({ kind: "ended", complete: false });
    await untilCount(/^0 of/);
  });

  it("tells steps of one name apart by their ids", async () => {
    const run = new EventWriter();
    for (const id of ["a", "b"]) {
      run.add({ type: "step.start", stepInfo: { id, name: "Run tests" } });
      run.add({ type: "step.end", stepInfo: { id, name: "Run tests" } }, 5 * SECOND);
    }
    await open(run);
    await block(/Run tests/)
      .last()
      .click();
    assert.equal(await filterText(), "step:b");
    assert.deepEqual(
      await block(/Run tests/).evaluateAll((blocks) => blocks.map((each) => each.getAttribute("aria-pressed"))),
      ["false", "true"],
    );
  });

  it("goes into the range and back to the whole run", async () => {
    await open(steppedRun());
    await monitor.frame.getByRole("combobox").fill("time:+12s..+20s");
    await timeline().getByRole("button", { name: "Zoom to the time range" }).click();
    await block(/Set up/).waitFor({ state: "hidden" });
    const wide = (await block(/npm ci/).boundingBox())!.width;
    assert.ok(wide > 600, `${wide}`);
    await timeline().getByRole("button", { name: "Show the whole run" }).click();
    await block(/Set up/).waitFor();
  });

  it("finds what its marks stand for", async () => {
    await open(steppedRun());
    await timeline().getByRole("button", { name: "Filter to 1 blocked" }).click();
    assert.equal(await filterText(), "is:denied");
    await untilCount(/^1 of/);
    assert.deepEqual(await labels(), ["paste.example:443"]);
  });

  it("folds away in the panel, and where the page is narrow or low, until it is asked for", async () => {
    for (const [options, isShown] of [
      [{}, true],
      [{ placement: "panel" }, false],
      [{ width: 420 }, false],
      [{ height: 400 }, false],
    ] as const) {
      if (monitor !== undefined) await monitor.page.context().close();
      await open(steppedRun(), options);
      assert.equal(await timeline().isVisible(), isShown, JSON.stringify(options));
      await monitor.command("toggleTimeline");
      await timeline().waitFor({ state: isShown ? "hidden" : "visible" });
    }
    const isPressed = monitor.frame.getByRole("button", { name: "Timeline", exact: true });
    assert.equal(await isPressed.getAttribute("aria-pressed"), "true");
    // What was chosen is found again.
    await monitor.frame.evaluate(() => {
      Object.assign(window, { isOld: true });
      location.reload();
    });
    await monitor.frame.waitForFunction(() => !("isOld" in window) && "runglass" in window);
    await timeline().waitFor();
  });

  it("does not move below the pointer while the run goes on, and shows the newest when it leaves", async () => {
    const run = steppedRun(false);
    await open(run, { state: { kind: "live" } });
    const before = await block(/Set up/).boundingBox();
    const box = (await monitor.frame.locator(".histogram").boundingBox())!;
    await monitor.page.mouse.move(box.x + 300, box.y + 20);
    run.take();
    run.t += 200 * SECOND;
    run.exec("90-a", "2-a", ["late"]);
    await monitor.send(run.take());
    await monitor.painted(run.seq);
    await monitor.frame.locator(".newer", { hasText: "+00:0" }).waitFor();
    assert.deepEqual(await block(/Set up/).boundingBox(), before);
    await monitor.page.mouse.move(box.x + 300, 200);
    await monitor.frame.locator(".newer", { hasText: "+" }).waitFor({ state: "hidden" });
    assert.ok((await block(/Set up/).boundingBox())!.width < before!.width / 2);
  });

  for (const theme of ["dark", "light", "highContrast"] as ThemeName[]) {
    it(`paints events and marks in colours of the theme: ${theme}`, async () => {
      await open(steppedRun(), { theme });
      const colours = await monitor.frame.evaluate(() => {
        const canvas = document.querySelector<HTMLCanvasElement>(".histogram")!;
        const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
        const seen = new Map<string, number>();
        for (let i = 0; i < data.length; i += 4) {
          if (data[i + 3] !== 255) continue;
          const colour = `rgb(${data[i]}, ${data[i + 1]}, ${data[i + 2]})`;
          seen.set(colour, (seen.get(colour) ?? 0) + 1);
        }
        const wanted = (name: string): string => getComputedStyle(document.querySelector(`.colour-${name}`)!).color;
        return { denied: seen.get(wanted("denied")) ?? 0, finding: seen.get(wanted("finding")) ?? 0 };
      });
      assert.ok(colours.denied > 10 && colours.finding > 5, JSON.stringify(colours));
    });
  }

  it("stands below a run without steps and calls with the events alone", async () => {
    await open(sampleRun(true));
    assert.equal(await timeline().getByRole("list").count(), 0);
    assert.equal(await monitor.frame.locator(".histogram").isVisible(), true);
  });
});
