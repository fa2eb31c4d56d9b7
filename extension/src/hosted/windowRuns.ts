// The hosted runs of a VS Code window: they ask GitHub only while somebody looks.
import { window, type Disposable } from "vscode";
import { maxSpoolBytes } from "../config.ts";
import { logDefect, type Log } from "../log.ts";
import type { RunRegistry } from "../sessions/registry.ts";
import { readOnlyFile } from "./artifactZip.ts";
import { HostedRuns } from "./hostedRuns.ts";

export interface WindowRunsOptions {
  readonly registry: RunRegistry;
  /** Of the local copies. */
  readonly folder: string;
  readonly log: Log;
}

export const hostedRunsOfWindow = ({ registry, folder, log }: WindowRunsOptions): HostedRuns & Disposable => {
  const runs = new HostedRuns({
    registry,
    folder,
    maxSpoolBytes,
    unpack: readOnlyFile,
    onDefect: (error) => logDefect(log, "follow a run on GitHub", error),
  });
  runs.setActive(window.state.focused);
  const listening = window.onDidChangeWindowState(({ focused }) => runs.setActive(focused));
  return Object.assign(runs, {
    dispose: () => {
      listening.dispose();
      void runs.close();
    },
  });
};
