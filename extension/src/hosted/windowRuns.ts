// The hosted runs of a VS Code window: they ask GitHub only while somebody looks, and archives are read by a bundle of its own.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { window, type Disposable } from "vscode";
import { maxSpoolBytes } from "../config.ts";
import { logDefect, type Log } from "../log.ts";
import type { RunRegistry } from "../sessions/registry.ts";
import { HostedRuns } from "./hostedRuns.ts";

interface Bundle {
  readonly readOnlyFile: (path: string, limits: { readonly maxBytes: number }) => AsyncIterable<Buffer>;
}

export interface WindowRunsOptions {
  readonly registry: RunRegistry;
  /** Of the local copies. */
  readonly folder: string;
  /** Where the extension is installed. */
  readonly extensionPath: string;
  readonly log: Log;
}

export const hostedRunsOfWindow = (options: WindowRunsOptions): HostedRuns & Disposable => {
  const { registry, folder, extensionPath, log } = options;
  let bundle: Promise<Bundle> | undefined;
  const load = (): Promise<Bundle> => {
    bundle ??= import(pathToFileURL(join(extensionPath, "dist/artifactZip.cjs")).href) as Promise<Bundle>;
    return bundle;
  };
  const runs = new HostedRuns({
    registry,
    folder,
    maxSpoolBytes,
    async *unpack(path, limits) {
      yield* (await load()).readOnlyFile(path, limits);
    },
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
