// What VS Code itself has measured of the extensions of a window: its "Developer: Startup Performance".
import { setTimeout as sleep } from "node:timers/promises";
import type { Workbench } from "../test/vscode/workbench.ts";

/** Milliseconds, whole ones, as VS Code tells them. */
export interface Activation {
  readonly load: number;
  readonly activate: number;
  /** Until the promise that activate() gave was settled. */
  readonly finish: number;
  /** What it was activated for. */
  readonly event: string;
}

/** Tall enough that the editor has all lines of the report in its page. */
const TALL = { width: 1400, height: 5000 };

const openReport = async ({ page }: Workbench, run: () => Promise<void>): Promise<string[]> => {
  await run();
  const lines = page.locator(".monaco-editor .view-line");
  await lines.filter({ hasText: "Extension Activation Stats" }).waitFor({ timeout: 60_000 });
  // The rest of the report is written below that line in the same go, and painted by the next frame.
  await sleep(500);
  return (await lines.allInnerTexts()).map((line) => line.replaceAll("\u00a0", " "));
};

/** Activated extensions by id. The window is left as it was, but for its size. */
export const activationStats = async (workbench: Workbench): Promise<ReadonlyMap<string, Activation>> => {
  await workbench.page.setViewportSize(TALL);
  const lines = await openReport(workbench, () => workbench.run("Developer: Startup Performance"));
  await workbench.run("View: Close Editor");
  const heading = lines.findIndex((line) => line.includes("Extension Activation Stats"));
  const stats = new Map<string, Activation>();
  for (const line of lines.slice(heading + 1)) {
    const [, id = "", , load, activate, finish, event = ""] = line.split("|").map((cell) => cell.trim());
    if (line.startsWith("## ")) break;
    if (!id.includes(".")) continue;
    stats.set(id, { load: Number(load), activate: Number(activate), finish: Number(finish), event });
  }
  return stats;
};
