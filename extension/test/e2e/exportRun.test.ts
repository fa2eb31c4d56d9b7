// A run as a file for others, by the dialog that asks where.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LabelledRun } from "../diff/labelledRun.ts";
import { useEditor } from "../vscode/editorFixture.ts";
import { eventually } from "../vscode/eventually.ts";

const editor = useEditor();

describe("Export Run…", () => {
  it("writes the run's requests where the user says, and offers to open them", async () => {
    const window = await editor.open(async (workspace) => {
      const run = new LabelledRun("octo-org/receipt-ocr", "2026-06-26", "12:25:00");
      const pip = run.exec(["pip", "install", "octo-glyphs"]);
      run.request(pip, "GET", "pypi.org", "/simple/octo-glyphs/");
      const lines = run.events.map((event) => `${JSON.stringify(event)}\n`);
      await writeFile(join(workspace, "agent.ndjson"), lines.join(""));
    });
    const { page, workbench, workspace } = window;
    await workbench.openInEditorOfExtension("agent.ndjson");
    const monitor = await editor.monitor(window);
    await monitor.row("pip", "install octo-glyphs").click();
    await page.keyboard.press("Control+Alt+e");
    await workbench.inputText.filter({ hasText: "the HTTP requests" }).waitFor();
    await editor.screenshot(window, "export-run");
    await workbench.choose("HAR");

    // A name is proposed; the user gives another one.
    const name = workbench.inputText.locator("input.input");
    await eventually(async () => assert.match(await name.inputValue(), /\.har$/));
    const target = join(workspace, "requests.har");
    await name.fill(target);
    await page.keyboard.press("Enter");
    await workbench.notification("Exported requests.har. It has").waitFor();
    const har = JSON.parse(await readFile(target, "utf8")) as {
      readonly log: { readonly entries: readonly { readonly request: object; readonly _process: object }[] };
    };
    assert.partialDeepStrictEqual(har.log.entries, [
      { request: { url: "https://pypi.org/simple/octo-glyphs/" }, _process: { program: "pip" } },
    ]);
    await workbench.notification("Exported").getByRole("button", { name: "Open" }).click();
    await workbench.activeTab.filter({ hasText: "requests.har" }).waitFor();
  });
});
