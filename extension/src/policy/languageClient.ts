// The language server, started and spoken to: a bundle of its own, loaded when the first workflow is opened.
import { join } from "node:path";
import type { LogOutputChannel, WorkspaceEdit } from "vscode";
import { LanguageClient, TransportKind, type WorkspaceEdit as ProtocolEdit } from "vscode-languageclient/node";
import {
  LINT_CHANGED,
  OBSERVED_CHANGED,
  REWRITE,
  VALIDATION_CHANGED,
  type InitializationOptions,
  type LintChanged,
  type ObservedChanged,
  type RewriteParams,
  type RewriteResult,
  type ValidationChanged,
} from "../../../language-server/protocol/messages.ts";
import { CONFIG_GLOB, POLICY_SCHEMES, WORKFLOW_GLOBS } from "./workflowDocuments.ts";

/** What the server answers, with its edit as VS Code has it. */
export interface Rewritten extends Omit<RewriteResult, "edit"> {
  readonly edit: WorkspaceEdit | undefined;
}

export interface LanguageService {
  /** From now on policies are compared with these run logs. */
  setObserved(paths: readonly string[]): Promise<void>;
  /** Whether workflows are validated in general too. */
  setValidation(isOn: boolean): Promise<void>;
  /** Whether policies are checked, and what the user wants of the rules. */
  setLint(wanted: LintChanged): Promise<void>;
  /** What a refactoring makes of a document; nothing is changed by it. */
  rewrite(params: RewriteParams): Promise<Rewritten>;
  stop(): Promise<void>;
}

export interface LanguageServiceOptions {
  /** Where the extension is installed. */
  readonly folder: string;
  readonly observed: readonly string[];
  readonly workflowValidation: boolean;
  readonly lint: LintChanged;
  readonly log: LogOutputChannel;
}

export const startLanguageService = async ({
  folder,
  observed,
  workflowValidation,
  lint,
  log,
}: LanguageServiceOptions): Promise<LanguageService> => {
  const module = join(folder, "dist/language-server.js");
  const initializationOptions: InitializationOptions = { observed, workflowValidation, ...lint };
  const client = new LanguageClient(
    "runglass",
    "Runglass",
    { module, transport: TransportKind.ipc },
    {
      documentSelector: POLICY_SCHEMES.flatMap((scheme) =>
        [...WORKFLOW_GLOBS, CONFIG_GLOB].map((pattern) => ({ scheme, pattern })),
      ),
      initializationOptions,
      outputChannel: log,
    },
  );
  await client.start();
  return {
    setObserved: (paths) => client.sendNotification(OBSERVED_CHANGED, { observed: paths } satisfies ObservedChanged),
    setValidation: (isOn) =>
      client.sendNotification(VALIDATION_CHANGED, { workflowValidation: isOn } satisfies ValidationChanged),
    setLint: (wanted) => client.sendNotification(LINT_CHANGED, wanted),
    rewrite: async (params) => {
      const { edit, ...rest } = await client.sendRequest<RewriteResult>(REWRITE, params);
      const converted = await client.protocol2CodeConverter.asWorkspaceEdit(edit as ProtocolEdit | undefined);
      return { ...rest, edit: converted };
    },
    stop: () => client.dispose(),
  };
};
