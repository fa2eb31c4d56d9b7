// One status bar item for the current run; without a run it is not there.
import { StatusBarAlignment, window, type Disposable } from "vscode";
import { commands } from "../ids.ts";
import type { RunRegistry } from "../sessions/registry.ts";
import { runSpoken, runTooltip, statusText } from "./runText.ts";

const REFRESH_MS = 500;

export const showStatusBar = (registry: RunRegistry): Disposable => {
  const item = window.createStatusBarItem("runglass.status", StatusBarAlignment.Left, 10);
  item.name = "Runglass";
  item.command = commands.openMonitor;
  let timer: NodeJS.Timeout | undefined;

  const update = (): void => {
    timer = undefined;
    const run = registry.current;
    if (run === undefined) {
      item.hide();
      return;
    }
    item.text = statusText(run);
    item.tooltip = `${runTooltip(run)}\nClick to open the monitor.`;
    item.accessibilityInformation = { label: `Runglass: ${runSpoken(run)}`, role: "button" };
    item.show();
  };
  const stop = registry.onChange((run) => {
    if (run === undefined) update();
    else timer ??= setTimeout(update, REFRESH_MS);
  });
  update();
  return {
    dispose: () => {
      stop();
      clearTimeout(timer);
      item.dispose();
    },
  };
};
