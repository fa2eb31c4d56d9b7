// The language server, started and spoken to: a bundle of its own, loaded when the first workflow is opened.
import { join } from "node:path";
import type { LogOutputChannel } from "vscode";
import { LanguageClient, TransportKind } from "vscode-languageclient/node";
import {
  OBSERVED_CHANGED,
  type InitializationOptions,
  type ObservedChanged,
} from "../../../language-server/protocol/messages.ts";
import { WORKFLOW_GLOBS } from "./workflowDocuments.ts";

export interface LanguageService {
  /** From now on policies are compared with these run logs. */
  setObserved(paths: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

export interface LanguageServiceOptions {
  /** Where the extension is installed. */
  readonly folder: string;
  readonly observed: readonly string[];
  readonly log: LogOutputChannel;
}

export const startLanguageService = async ({
  folder,
  observed,
  log,
}: LanguageServiceOptions): Promise<LanguageService> => {
  const module = join(folder, "dist/language-server.js");
  const initializationOptions: InitializationOptions = { observed };
  const client = new LanguageClient(
    "runglass",
    "Runglass",
    { module, transport: TransportKind.ipc },
    {
      documentSelector: WORKFLOW_GLOBS.map((pattern) => ({ scheme: "file", pattern })),
      initializationOptions,
      outputChannel: log,
    },
  );
  await client.start();
  return {
    setObserved: (paths) => client.sendNotification(OBSERVED_CHANGED, { observed: paths } satisfies ObservedChanged),
    stop: () => client.dispose(),
  };
};
