import assert from "node:assert/strict";
import { EventWriter } from "./harness/eventWriter.ts";
import { type Lab, type Monitor, openLab } from "./harness/monitorPage.ts";

const attacks = [
  "<img src=x onerror=parent.pwned=1>",
  "<script>parent.pwned=1</script>",
  "</title><svg onload=parent.pwned=1>",
  "javascript:parent.pwned=1",
  "{{constructor.constructor('parent.pwned=1')()}}",
  "\"' onmouseover='parent.pwned=1' x='",
  "\u001b]0;title\u0007\u001b[31m",
  "photo\u202egpj.exe",
  "a\nb\r\nc\0",
  "x".repeat(100_000),
];

/** Every text field of every event that the page shows. */
const hostileRun = (attack: string): EventWriter => {
  const run = new EventWriter();
  run.add({
    type: "run.start",
    run: { id: attack, title: attack, repository: attack },
    host: { name: attack, os: attack, kernel: attack, arch: attack },
    collector: { version: attack },
    policy: { mode: "none", endpoints: [attack] },
  });
  run.add({ type: "coverage", hook: attack, state: "off", reason: attack, target: attack });
  run.add({
    type: "process.exec",
    process: attack,
    step: attack,
    tool: attack,
    exec: {
      id: attack,
      pid: 1,
      ppid: 0,
      exe: `/${attack}`,
      argv: [attack, attack],
      cwd: attack,
      uid: 0,
      user: attack,
      container: attack,
    },
  });
  run.add({
    type: "net.connect",
    process: attack,
    flow: { id: attack, protocol: "tcp", local: { ip: attack, port: 1 }, remote: { ip: attack, port: 443 } },
    host: { name: attack, source: "sni" },
    rule: attack,
    result: attack,
  });
  run.add({
    type: "dns.query",
    process: attack,
    dns: {
      name: attack,
      qtype: attack,
      transport: "udp",
      server: { ip: attack, port: 53 },
      rcode: attack,
      answers: [attack],
    },
  });
  run.add({
    type: "http.request",
    process: attack,
    http: { method: attack, host: attack, path: attack, version: attack, tls: attack },
  });
  run.add({ type: "file.write", process: attack, file: { op: "rename", path: `/${attack}`, from: attack } });
  run.add({ type: "finding", finding: { rule: attack, severity: attack, title: attack, evidence: [] } });
  run.add({ type: "step.start", stepInfo: { id: attack, name: attack } });
  run.add({ type: "tool.start", toolInfo: { id: attack, name: attack, input: { x: attack } } });
  run.add({ type: "enforcement", armed: true, reason: attack });
  run.add({ type: "loss", source: attack, lost: 3 });
  run.lines.push(JSON.stringify({ v: 1, seq: ++run.seq, t: run.t, type: attack || "x", process: attack }));
  return run;
};

describe("a run that attacks the page", () => {
  let lab: Lab;
  let monitor: Monitor;
  before(async () => {
    lab = await openLab();
  });
  after(() => lab.close());
  beforeEach(async () => {
    monitor = await lab.open({ height: 900 });
  });
  afterEach(() => monitor.page.context().close());

  /** Goes through all rows of the view with the details open, and says how many there are. */
  const walk = async (): Promise<number> => {
    const { frame, page } = monitor;
    const grid = frame.getByRole("treegrid");
    await grid.focus();
    await page.keyboard.press("Home");
    if (!(await frame.locator(".details").isVisible())) await page.keyboard.press(" ");
    const rows = Number(await grid.getAttribute("aria-rowcount")) - 1;
    for (let i = 0; i < rows; i++) {
      await page.keyboard.press("ArrowDown");
      await page.waitForTimeout(20);
      await frame.evaluate(() => {
        const raw = document.querySelector<HTMLDetailsElement>(".raw");
        if (raw !== null) raw.open = true;
      });
    }
    return rows;
  };

  /** All of it is text: nothing has run, and no element is there but the page's own. */
  const check = async (): Promise<void> => {
    const { frame } = monitor;
    const state = await frame.evaluate(() => {
      const all = [...document.querySelectorAll("*")];
      const shown = document.body.innerText;
      return {
        pwned: (parent as unknown as { pwned?: number }).pwned ?? 0,
        elements: all
          .filter((element) =>
            ["SCRIPT", "IMG", "SVG", "A", "IFRAME", "STYLE", "LINK"].includes(element.tagName.toUpperCase()),
          )
          .map((element) => element.tagName),
        handlers: all.flatMap((element) => element.getAttributeNames().filter((name) => name.startsWith("on"))),
        // oxlint-disable-next-line no-control-regex -- that is what must not be there
        hidden: /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(shown),
        longest: Math.max(
          ...all.filter((element) => element.children.length === 0).map((element) => element.textContent?.length ?? 0),
        ),
      };
    });
    assert.deepEqual(
      state.elements.sort(),
      ["LINK", "LINK", "SCRIPT", "SCRIPT"],
      "the page's own elements and no other",
    );
    assert.deepEqual([state.pwned, state.handlers, state.hidden], [0, [], false]);
    assert.ok(state.longest <= 21_000, `a text of ${state.longest} characters`);
    assert.deepEqual(await monitor.complaints(), []);
  };

  for (const attack of attacks) {
    it(`stays text: ${JSON.stringify(attack.slice(0, 40))}`, async () => {
      const { frame, page } = monitor;
      const run = hostileRun(attack);
      await monitor.send(run.text);
      await monitor.painted(run.seq);
      const rows = await walk();
      assert.ok(rows >= 10, `${rows} rows`);
      for (const fact of await frame.locator(".fact").all()) {
        await fact.click();
        await page.keyboard.press("Escape");
      }
      await frame.getByRole("combobox").fill("host:");
      await page.waitForTimeout(300);
      await check();
      await frame.getByRole("combobox").fill("");
      for (const view of ["Network", "Files"]) {
        await frame.getByRole("tab", { name: view }).click();
        await frame.getByRole("button", { name: "Expand all" }).click();
        await page.waitForTimeout(100);
        assert.ok((await walk()) >= 2);
        await check();
      }
    });
  }

  it("says what it could not read, and shows the rest", async () => {
    const run = new EventWriter();
    run.exec("1-a", undefined, ["good"]);
    await monitor.send(`${run.take()}nonsense\n{"v":2,"seq":3}\n[]\n\u0000\n`);
    run.exec("2-a", undefined, ["after"]);
    await monitor.send(run.take());
    await monitor.painted(run.seq);
    assert.match(
      await monitor.frame.locator(".notices").innerText(),
      /4 lines could not be read and are left out\. The first is line 2: the line is not JSON\./,
    );
    assert.ok(await monitor.frame.getByRole("row", { name: "after" }).isVisible());
    await monitor.frame.getByRole("button", { name: "Close this notice" }).click();
    assert.ok(!(await monitor.frame.locator(".notices").isVisible()));
  });
});
