// A run as a file for others, by the dialog that asks where.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LabelledRun } from "../diff/labelledRun.ts";
import { useEditor } from "../vscode/editorFixture.ts";
import { eventually } from "../vscode/eventually.ts";

const editor = useEditor();

const workflow = [
  "on: push",
  "jobs:",
  "  build:",
  "    runs-on: ubuntu-latest",
  "    steps:",
  `      - uses: runglass/runglass/collector@${"1".repeat(40)} # v0.1.0`,
  "        with:",
  "          egress-policy: audit",
  "          allowed-endpoints: |",
  "            pypi.org:443",
  "",
];

describe("Export Run…", () => {
  it("writes where the user says, with what was not allowed at the policy's line, and offers to open it", async () => {
    const window = await editor.open(async (workspace) => {
      await mkdir(join(workspace, ".github/workflows"), { recursive: true });
      await writeFile(join(workspace, ".github/workflows/ci.yml"), workflow.join("\n"));
      const run = new LabelledRun("octo-org/app", "2026-06-26", "12:25:00");
      run.connect(run.exec(["curl", "x"]), "api.octo.example");
      const job = { id: "1", repository: "octo-org/app", job: "build" };
      await writeFile(join(workspace, "agent.ndjson"), run.logText({ run: job, verdict: "would-block" }));
    });
    const { page, workbench, workspace } = window;
    await workbench.openInEditorOfExtension("agent.ndjson");
    const monitor = await editor.monitor(window);
    await monitor.row("api.octo.example").click();
    await page.keyboard.press("Control+Alt+e");
    await workbench.inputText.filter({ hasText: "the HTTP requests" }).waitFor();
    await editor.screenshot(window, "export-run");
    await workbench.choose("SARIF");

    // A name is proposed; the user gives another one.
    const name = workbench.inputText.locator("input.input");
    await eventually(async () => assert.match(await name.inputValue(), /\.sarif$/));
    const target = join(workspace, "findings.sarif");
    await name.fill(target);
    await page.keyboard.press("Enter");
    await workbench.notification("Exported findings.sarif. It has").waitFor();
    const sarif = JSON.parse(await readFile(target, "utf8")) as { readonly runs: readonly object[] };
    assert.partialDeepStrictEqual(sarif.runs, [
      {
        results: [
          {
            ruleId: "egress/would-block",
            locations: [{ physicalLocation: { artifactLocation: { uri: ".github/workflows/ci.yml" } } }],
          },
        ],
      },
    ]);
    // The list of what is allowed, or what stands in it.
    const line = /"uriBaseId": "%SRCROOT%"\s*\},\s*"region": \{\s*"startLine": (\d+)/.exec(
      JSON.stringify(sarif, null, 2),
    );
    assert.ok(line !== null && Number(line[1]) >= 9 && Number(line[1]) <= 11, line?.[1]);
    await workbench.notification("Exported").getByRole("button", { name: "Open" }).click();
    await workbench.activeTab.filter({ hasText: "findings.sarif" }).waitFor();
  });
});
