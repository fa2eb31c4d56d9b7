// A comment on the run's pull request: drafted with the evidence for a row, changed by the user, sent by the user's word, once.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LabelledRun } from "../diff/labelledRun.ts";
import { FAKE_TOKEN } from "../github/state.ts";
import { startTestGitHub } from "../github/testGitHub.ts";
import { useEditor } from "../vscode/editorFixture.ts";

const editor = useEditor();

describe("Comment on the Pull Request…", () => {
  it("drafts the evidence at the line of the diff, sends it when it is told to, and keeps what GitHub refuses", async () => {
    const github = await startTestGitHub();
    try {
      const { pull, run, fake } = github;
      github.clock.now = Date.now();
      await editor.settings({ "runglass.github.url": fake.url });
      const window = await editor.open(async (workspace) => {
        const recorded = new LabelledRun("octo-org/receipt-ocr", "2026-06-26", "12:25:00");
        recorded.exec(["pip", "install", "-r", "requirements.txt"]);
        const job = { id: String(run.id), repository: "octo-org/receipt-ocr", attempt: 1 };
        await writeFile(join(workspace, "agent.ndjson"), recorded.logText({ run: job }));
      });
      const { page, workbench } = window;
      await workbench.openInEditorOfExtension("agent.ndjson");
      const monitor = await editor.monitor(window);
      await monitor.row("pip", "install -r").click();
      await page.keyboard.press("Control+Shift+Enter");
      await workbench.notification("You are not signed in").getByRole("button", { name: "Copy Text" }).waitFor();
      await workbench.dismissNotifications();
      await workbench.run("Runglass: Set GitHub Token…");
      await workbench.answer("A token for", FAKE_TOKEN);

      const lens = page.locator(".codelens-decoration a");
      const sendAtLine = lens.filter({ hasText: "Send to octo-org/receipt-ocr#7, at requirements.txt:1" });
      await workbench.statusBarItem("Signed in to").waitFor();
      await monitor.row("pip", "install -r").click();
      await page.keyboard.press("Control+Shift+Enter");
      await sendAtLine.waitFor();
      await editor.screenshot(window, "comment-draft");
      assert.deepEqual([pull.comments, pull.reviewComments ?? []], [[], []]);

      // A window that is loaded anew still knows that this is a comment, and where to.
      await workbench.reload();
      await sendAtLine.waitFor();

      // The line is none of the diff any more: the text is kept, and goes where the user says then.
      fake.state.faults.push({ matches: /^POST .*\/pulls\//, status: 422 });
      await sendAtLine.click();
      await workbench
        .notification("does not take a comment at requirements.txt:1")
        .getByRole("button", { name: "Use the Pull Request as a Whole" })
        .click();
      await lens.filter({ hasText: /Send to octo-org\/receipt-ocr#7$/ }).waitFor();
      await page.keyboard.press("Control+Home");
      await page.keyboard.type("Please look. ");
      assert.deepEqual(pull.comments, []);
      await page.keyboard.press("Control+Enter");
      await page.keyboard.press("Control+Enter");
      await workbench
        .notification("Commented on octo-org/receipt-ocr#7.")
        .getByRole("button", { name: "Open on GitHub" })
        .waitFor();
      const [comment, ...more] = pull.comments as readonly { readonly body: string }[];
      assert.deepEqual(more, []);
      assert.match(
        comment?.body ?? "",
        /^Please look\. About `requirements\.txt:1`:\n\nThe run started `pip install -r requirements\.txt`\.\n/,
      );
      // What was sent need not be saved.
      await workbench.activeTab.filter({ hasText: "The run started" }).waitFor({ state: "hidden" });
      assert.deepEqual(fake.leaks, []);
    } finally {
      await github.fake.close();
    }
  }).timeout(120_000);
});
