// The monitor page as a user meets it. The grid holds only the rows in view: what is further away is found by the filter.
import type { FrameLocator, Locator } from "playwright-core";

export class Monitor {
  readonly frame: FrameLocator;

  constructor(frame: FrameLocator) {
    this.frame = frame;
  }

  get grid(): Locator {
    return this.frame.getByRole("treegrid");
  }

  get title(): Locator {
    return this.frame.getByRole("heading", { level: 1 });
  }

  get state(): Locator {
    return this.frame.locator(".fact-state");
  }

  get events(): Locator {
    return this.frame.locator(".fact-events");
  }

  get lost(): Locator {
    return this.frame.locator(".fact-lost");
  }

  get filterBox(): Locator {
    return this.frame.getByRole("combobox", { name: "Filter" });
  }

  get banner(): Locator {
    return this.frame.getByRole("alert");
  }

  get notices(): Locator {
    return this.frame.getByRole("region", { name: "Notices" });
  }

  get timeline(): Locator {
    return this.frame.getByRole("region", { name: "Timeline" });
  }

  get emptyPane(): Locator {
    return this.frame.locator(".empty-pane");
  }

  get followButton(): Locator {
    return this.frame.getByRole("button", { name: "Follow the end of the run" });
  }

  /** Says how many rows came while it did not follow; goes to the end. */
  get newRowsPill(): Locator {
    return this.frame.locator("button.pill");
  }

  /** Rows in view whose text contains all of `texts`. */
  row(...texts: readonly (string | RegExp)[]): Locator {
    let rows = this.grid.locator(".row");
    for (const text of texts) rows = rows.filter({ hasText: text });
    return rows.first();
  }

  /** Rows that the filter and the folding let through, without the heading. */
  async rowCount(): Promise<number> {
    return Number(await this.grid.getAttribute("aria-rowcount")) - 1;
  }

  async eventCount(): Promise<number> {
    return Number((await this.events.innerText()).replaceAll(/\D/g, ""));
  }

  async filter(query: string): Promise<void> {
    await this.filterBox.fill(query);
  }

  async untilReady(): Promise<void> {
    await this.title.waitFor({ timeout: 60_000 });
  }
}
