// The hosted runs of a VS Code window: they ask GitHub only while somebody looks.
import { window, type Disposable } from "vscode";
import { maxSpoolBytes } from "../config.ts";
import { logDefect, type Log } from "../log.ts";
import type { RunRegistry } from "../sessions/registry.ts";
import { readOnlyFile } from "./artifactZip.ts";
import { HostedRuns } from "./hostedRuns.ts";
import type { HostedSource } from "./hostedSource.ts";

export interface WindowRunsOptions {
  readonly registry: RunRegistry;
  /** Of the local copies. */
  readonly folder: string;
  readonly log: Log;
  /** A client for who is signed in now. */
  readonly client: () => Promise<HostedSource>;
}

export const hostedRunsOfWindow = ({ registry, folder, log, client }: WindowRunsOptions): HostedRuns & Disposable => {
  const runs = new HostedRuns({
    registry,
    folder,
    maxSpoolBytes,
    unpack: readOnlyFile,
    renew: client,
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
