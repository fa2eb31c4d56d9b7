// A window of VS Code, as a user meets it: commands by their titles, inputs by their prompts, rows by their text.
import type { FrameLocator, Locator, Page } from "playwright-core";

export class Workbench {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens a window and waits until it can be used. */
  static async open(page: Page, url: string): Promise<Workbench> {
    await page.goto(url, { timeout: 60_000 });
    const workbench = new Workbench(page);
    await workbench.untilReady();
    return workbench;
  }

  async untilReady(): Promise<void> {
    await this.page.locator(".monaco-workbench .part.statusbar").waitFor({ timeout: 60_000 });
    // Extensions are known only when the extension host has connected.
    await this.page.locator('.part.activitybar [aria-label^="Runglass"]').first().waitFor({ timeout: 60_000 });
  }

  /** Loads the window again by the command, which lets VS Code write its state first. */
  async reload(): Promise<void> {
    const row = await this.findCommand("Developer: Reload Window");
    const loaded = this.page.waitForEvent("load", { timeout: 60_000 });
    // The click ends the page that it is made on.
    await Promise.all([loaded, row.click({ noWaitAfter: true }).catch(() => undefined)]);
    await this.untilReady();
  }

  private get quickInput(): Locator {
    return this.page.locator(".quick-input-widget");
  }

  /** Runs a command from the palette, by its whole title. */
  async run(title: string): Promise<void> {
    await (await this.findCommand(title)).click();
  }

  private async findCommand(title: string): Promise<Locator> {
    const row = this.quickInput.locator(".quick-input-list .monaco-list-row").filter({ hasText: title }).first();
    // Where the last click has left it, it would rest on a row, whose hover covers the others.
    await this.page.mouse.move(1, 1);
    // The palette does not learn of commands that are contributed while it is open.
    for (let attempt = 1; ; attempt += 1) {
      await this.page.keyboard.press("F1");
      try {
        // It closes again where something else has taken the focus just then.
        await this.quickInput.locator("input.input").fill(`>${title}`, { timeout: 5000 });
        await row.waitFor({ timeout: 3000 });
        return row;
      } catch (error) {
        if (attempt === 5) throw error;
        await this.dismissInput();
      }
    }
  }

  /** The title, prompt and validation message of the input that is open. */
  get inputText(): Locator {
    return this.quickInput;
  }

  /** Answers the input box whose prompt or title contains `prompt`. */
  async answer(prompt: string | RegExp, text: string): Promise<void> {
    await this.quickInput.filter({ hasText: prompt }).waitFor();
    await this.quickInput.locator("input.input").fill(text);
    await this.page.keyboard.press("Enter");
  }

  /** Chooses from the list that is open. */
  async choose(text: string | RegExp): Promise<void> {
    await this.quickInput.locator(".monaco-list-row").filter({ hasText: text }).first().click();
  }

  /** Chooses from the menu of a row. One that has just opened takes no click for a moment, so it is made until the menu closes. */
  async chooseInMenu(row: Locator, text: string | RegExp): Promise<void> {
    await row.click({ button: "right" });
    const item = this.page.locator(".context-view .action-menu-item").filter({ hasText: text });
    for (let attempt = 1; ; attempt += 1) {
      await item.click();
      try {
        await item.waitFor({ state: "hidden", timeout: 2000 });
        return;
      } catch (error) {
        if (attempt === 10) throw error;
      }
    }
  }

  async dismissInput(): Promise<void> {
    await this.page.keyboard.press("Escape");
    await this.quickInput.waitFor({ state: "hidden" });
  }

  /** Answers Export Run…, which is open: as what, and where to. */
  async exportTo(format: string, target: string): Promise<void> {
    await this.quickInput.filter({ hasText: "the HTTP requests" }).waitFor();
    await this.choose(format);
    // A name is proposed; the user gives another one. The dialog takes no key while it still looks into the folder.
    const dialog = this.quickInput.filter({ hasText: "Export Run as" });
    await dialog.waitFor();
    const name = dialog.locator("input.input");
    while (!/\.[a-z]+$/.test(await name.inputValue())) await this.page.waitForTimeout(50);
    await name.fill(target);
    for (let attempt = 1; ; attempt += 1) {
      if (await dialog.isVisible()) await this.page.keyboard.press("Enter");
      try {
        await dialog.waitFor({ state: "hidden", timeout: 2000 });
        return;
      } catch (error) {
        if (attempt === 10) throw error;
      }
    }
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator(".notification-toast").filter({ hasText: text });
  }

  async dismissNotifications(): Promise<void> {
    await this.run("Notifications: Clear All Notifications");
  }

  statusBarItem(text: string | RegExp): Locator {
    return this.page.locator(".part.statusbar .statusbar-item").filter({ hasText: text });
  }

  /** Shows the Runs view and gives its rows. */
  async openRuns(): Promise<Locator> {
    await this.run("View: Show Runglass");
    return this.runRows;
  }

  get runRows(): Locator {
    return this.page.locator('.part.sidebar .pane-body [role="treeitem"]');
  }

  get sideBar(): Locator {
    return this.page.locator(".part.sidebar");
  }

  /** Opens a file of the workspace by typing its name, wherever it is. */
  async goToFile(name: string): Promise<void> {
    const row = this.quickInput.locator(".quick-input-list .monaco-list-row").filter({ hasText: name }).first();
    const shown = this.activeTab.filter({ hasText: name });
    // A window that has just come up does not know its files yet, and a list that is drawn anew swallows the click.
    for (let attempt = 1; ; attempt += 1) {
      await this.page.keyboard.press("Control+P");
      await this.quickInput.locator("input.input").fill(name);
      try {
        await row.waitFor({ timeout: 3000 });
        await row.click();
        await shown.first().waitFor({ timeout: 5000 });
        break;
      } catch (error) {
        if (attempt === 10) throw error;
        if (await this.quickInput.isVisible()) await this.dismissInput();
      }
    }
    await this.page.locator(".part.editor .view-line").first().waitFor();
  }

  async openFile(name: string): Promise<void> {
    await this.run("View: Show Explorer");
    await this.page.locator(".explorer-folders-view [role='treeitem']").filter({ hasText: name }).dblclick();
  }

  /**
   * Opens a file of the explorer that an extension's editor is for. A window that has just come up opens it as text while
   * it does not know that editor yet; then it is opened once more, as a user would.
   */
  async openInEditorOfExtension(name: string): Promise<void> {
    await this.openFile(name);
    const asText = this.page.locator(".part.editor .view-line").first();
    await this.webviews.first().or(asText).first().waitFor();
    if ((await this.webviews.count()) > 0) return;
    await this.run("View: Close Editor");
    await this.openFile(name);
  }

  get activeTab(): Locator {
    return this.page.locator(".part.editor .tab.active");
  }

  /** The page inside the webview that is in front. */
  get webview(): FrameLocator {
    return this.page.frameLocator("iframe.webview.ready").frameLocator("iframe#active-frame");
  }

  /** All webviews that are shown. */
  get webviews(): Locator {
    return this.page.locator("iframe.webview.ready");
  }
}
