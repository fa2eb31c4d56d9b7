import { setTimeout as sleep } from "node:timers/promises";
import { TabInputCustom, TabInputWebview, window } from "vscode";

/** Waits for something that VS Code does in its own time. */
export const until = async (what: string, check: () => boolean | Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + 30_000;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`Not within 30 s: ${what}`);
    await sleep(50);
  }
};

/** @returns the view types of the custom editors and webviews that are open as tabs */
export const openTypes = (): string[] =>
  window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .flatMap(({ input }) =>
      input instanceof TabInputWebview || input instanceof TabInputCustom
        ? [input.viewType.replace(/^mainThreadWebview-/, "")]
        : [],
    );

/** A directory that is removed with the whole run. */
export const hostedDirectory = (): string => {
  const path = process.env["RUNGLASS_HOSTED_DIRECTORY"];
  if (path === undefined) throw new Error("RUNGLASS_HOSTED_DIRECTORY is not set.");
  return path;
};
