import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commands, TabInputText, Uri, window } from "vscode";
import { writeRunLog } from "../../vscode/runLogFixture.ts";
import { hostedDirectory, openTypes, until } from "./waiting.ts";

describe("run logs", () => {
  afterEach(() => commands.executeCommand("workbench.action.closeAllEditors"));

  it("open in the monitor, as VS Code's default for them", async () => {
    const path = join(hostedDirectory(), "finished.ndjson");
    await writeRunLog(path, "finished", 3);
    await commands.executeCommand("vscode.open", Uri.file(path));
    await until("the log's editor", () => openTypes().includes("runglass.runLog"));
  });

  it("open by the command on a file of the explorer", async () => {
    const path = join(hostedDirectory(), "named.ndjson");
    await writeRunLog(path, "named", 3);
    await commands.executeCommand("runglass.openRunLog", Uri.file(path));
    await until("the log's editor", () => openTypes().includes("runglass.runLog"));
  });

  it("that are none are given back to the text editor, alone", async () => {
    const path = join(hostedDirectory(), "none.ndjson");
    await writeFile(path, "this is not JSON\n");
    await commands.executeCommand("vscode.open", Uri.file(path));
    const textTabs = (): number =>
      window.tabGroups.all.flatMap(({ tabs }) => tabs).filter(({ input }) => input instanceof TabInputText).length;
    await until("a text editor", () => textTabs() === 1 && !openTypes().includes("runglass.runLog"));
  });
});
