// The monitor in the themes that VS Code brings. The pictures in dist/screenshots are for people to look at; what a machine
// can check of them is checked.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startRecording } from "../vscode/collector.ts";
import { useEditor } from "../vscode/editorFixture.ts";
import { eventually } from "../vscode/eventually.ts";
import { themes } from "../vscode/settings.ts";
import { gatedSession, startSampleWorld } from "../../scripts/start/sampleSession.ts";

const editor = useEditor();

type Rgb = readonly [number, number, number];

/** @returns the colour that one sees: the `layers`, as `getComputedStyle` gives them, from the front to the back */
const blend = (layers: readonly string[]): Rgb =>
  layers
    .map((layer) => (layer.match(/[\d.]+/g) ?? []).map(Number))
    .reduceRight<Rgb>(
      (behind, [red = 0, green = 0, blue = 0, alpha = 1]) => {
        const mix = (front: number, back: number): number => front * alpha + back * (1 - alpha);
        return [mix(red, behind[0]), mix(green, behind[1]), mix(blue, behind[2])];
      },
      [255, 255, 255],
    );

/** Contrast ratio of WCAG 2. */
const contrast = (a: Rgb, b: Rgb): number => {
  const luminance = (color: Rgb): number => {
    const [red = 0, green = 0, blue = 0] = color.map((part) => {
      const value = part / 255;
      return value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
};

interface PageElement {
  readonly parentElement: PageElement | null;
  querySelector(selector: string): PageElement | null;
}

/** Runs in the page, where there is a DOM: the colour of a row's text, and the backgrounds from the row outwards. */
const readColors = (row: unknown): { text: string; backgrounds: string[] } => {
  const { getComputedStyle } = globalThis as unknown as {
    getComputedStyle(element: PageElement): { readonly color: string; readonly backgroundColor: string };
  };
  const start = row as PageElement;
  const backgrounds: string[] = [];
  for (let element: PageElement | null = start; element !== null; element = element.parentElement) {
    backgrounds.push(getComputedStyle(element).backgroundColor);
  }
  return { text: getComputedStyle(start.querySelector(".label") ?? start).color, backgrounds };
};

describe("the monitor's looks", () => {
  let log = "";

  before("record the sample session", async function () {
    this.timeout(120_000);
    const directory = await editor.directory();
    log = join(directory, "run.ndjson");
    const world = await startSampleWorld(directory);
    try {
      const session = await gatedSession(directory, world, 0);
      const collector = await startRecording(session.command, { directory, out: log, env: session.env });
      while (!(await session.open())) await sleep(50);
      assert.equal(await collector.ended, 0);
    } finally {
      await world.stop();
    }
    assert.ok(existsSync(log));
  });

  for (const [name, theme] of Object.entries(themes)) {
    it(`are those of ${theme}`, async () => {
      await editor.settings({ "workbench.colorTheme": theme });
      const window = await editor.open((workspace) => copyFile(log, join(workspace, "sample-session.ndjson")));
      await window.workbench.openInEditorOfExtension("sample-session.ndjson");
      const monitor = await editor.monitor(window);
      await eventually(async () => assert.match(await monitor.state.innerText(), /ended/i));
      await monitor.filter("github.com");
      await monitor.row("github.com:443").click();
      await window.page.keyboard.press("Enter");
      const page = monitor.frame.locator("body");
      const kind = name.startsWith("highContrast") ? "vscode-high-contrast" : `vscode-${name}`;
      await eventually(async () => assert.ok((await page.getAttribute("class"))?.includes(kind)));
      const { text, backgrounds } = await monitor.row("github.com:443").evaluate(readColors);
      const ratio = contrast(blend([text, ...backgrounds]), blend(backgrounds));
      assert.ok(
        ratio >= (name.startsWith("highContrast") ? 7 : 4.5),
        `${ratio.toFixed(2)}: ${text} on ${backgrounds.join()}`,
      );
      await window.page.waitForTimeout(300);
      await editor.screenshot(window, `monitor-${name}`);
      await monitor.filter("");
      await window.page.waitForTimeout(500);
      await editor.screenshot(window, `monitor-${name}-all`);
    });
  }
});
