// The language server: what it offers, and how a client's questions reach the engine. It reads files of the workspace and the
// run logs that it is told of, and nothing of any network.
import {
  CodeActionKind,
  CodeLensRefreshRequest,
  createConnection,
  DiagnosticRefreshRequest,
  DidChangeWatchedFilesNotification,
  DocumentDiagnosticReportKind,
  FileChangeType,
  InlayHintRefreshRequest,
  ProposedFeatures,
  TextDocuments,
  TextDocumentSyncKind,
  type InitializeParams,
  type InitializeResult,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import {
  LINT_CHANGED,
  OBSERVED_CHANGED,
  VALIDATION_CHANGED,
  type InitializationOptions,
  type LintChanged,
  type ObservedChanged,
  type ValidationChanged,
} from "../../protocol/messages.ts";
import { completionsAt } from "../features/completion.ts";
import { hoverAt } from "../features/hover.ts";
import { configCompletions, configDiagnostics, configHover } from "../features/configFile.ts";
import { readChoices } from "../lint/config.ts";
import { hintsOf, lensesOf } from "../features/policyLens.ts";
import { kindOf } from "../model/workflow.ts";
import { runsOf, seenIn } from "../observed/jobRuns.ts";
import { REWRITE_KIND } from "../refactor/allRefactorings.ts";
import { answerEditRequests } from "./editRequests.ts";
import { SOURCE, toLsp } from "./diagnosticReports.ts";
import { pathOf } from "./files.ts";
import { Judgements } from "./judgements.ts";
import { generalValidation } from "./generalRequests.ts";
import { ObservedLogs } from "./observedLogs.ts";
import { OpenDocuments } from "./openDocuments.ts";
import { answerStructureRequests, structureCapabilities } from "./structureRequests.ts";
import { editSupportOf, NO_SUPPORT } from "./workspaceEdits.ts";
import { WorkspaceFiles } from "./workspaceFiles.ts";
import { workspaceReport } from "./workspaceReports.ts";

const capabilities: InitializeResult["capabilities"] = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
  diagnosticProvider: { identifier: "runglass", interFileDependencies: false, workspaceDiagnostics: true },
  codeActionProvider: {
    codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.SourceFixAll, REWRITE_KIND],
    resolveProvider: true,
  },
  completionProvider: { triggerCharacters: [" ", ".", ":", "-"] },
  hoverProvider: true,
  codeLensProvider: {},
  inlayHintProvider: true,
  ...structureCapabilities,
  workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
};

/** Serves the client at the other end of this process's pipes, as its arguments say (`--stdio`, `--node-ipc`). */
export const startServer = (version: string): void => {
  const connection = createConnection(ProposedFeatures.all);
  const documents = new TextDocuments(TextDocument);
  const judgements = new Judgements();
  const open = new OpenDocuments(documents, judgements);
  const workspace = new WorkspaceFiles();
  const general = generalValidation(connection, documents, open);
  let canWatch = false;
  let support = NO_SUPPORT;
  let foldLimit: number | undefined;

  const logs = new ObservedLogs((message) => connection.console.warn(message));
  const setObserved = async (paths: readonly string[]): Promise<boolean> => {
    const runs = await logs.read(paths);
    if (runs !== undefined) judgements.observed = runs;
    return runs !== undefined;
  };
  /** What the client shows is asked for again, as far as it can do that. */
  let refreshed: readonly string[] = [];
  const refresh = (): void => {
    // One that has ended meanwhile needs no answer.
    for (const method of refreshed) void connection.sendRequest(method).catch(() => undefined);
  };
  const setLint = (isOn: boolean, rules: unknown): void => {
    open.isOn = isOn;
    judgements.rules = readChoices(rules, (message) => connection.console.warn(`the setting of rules: ${message}`));
  };

  /** Logs that are still being read: what is asked meanwhile waits for them. */
  let reading: Promise<unknown> = Promise.resolve();

  connection.onInitialize(
    ({ capabilities: client, workspaceFolders, rootUri, initializationOptions }: InitializeParams) => {
      const { diagnostics, codeLens, inlayHint } = client.workspace ?? {};
      refreshed = [
        ...(diagnostics?.refreshSupport === true ? [DiagnosticRefreshRequest.method] : []),
        ...(codeLens?.refreshSupport === true ? [CodeLensRefreshRequest.method] : []),
        ...(inlayHint?.refreshSupport === true ? [InlayHintRefreshRequest.method] : []),
      ];
      support = editSupportOf(client);
      foldLimit = client.textDocument?.foldingRange?.rangeLimit;
      canWatch = client.workspace?.didChangeWatchedFiles?.dynamicRegistration === true;
      const folders = workspaceFolders ?? (typeof rootUri === "string" ? [{ uri: rootUri }] : []);
      workspace.folders = folders.map(({ uri }) => pathOf(uri));
      const { observed = [], workflowValidation, lint, rules } = (initializationOptions ?? {}) as InitializationOptions;
      general?.turn(workflowValidation === true, []);
      setLint(lint !== false, rules);
      if (Array.isArray(observed) && observed.length > 0)
        reading = setObserved(observed.filter((one) => typeof one === "string"));
      return { capabilities, serverInfo: { name: "runglass", version } };
    },
  );

  connection.onInitialized(() => {
    if (!canWatch) return;
    const watchers = ["**/.github/workflows/*.{yml,yaml}", "**/action.{yml,yaml}", "**/.github/runglass.yml"].map(
      (globPattern) => ({
        globPattern,
      }),
    );
    void connection.client
      .register(DidChangeWatchedFilesNotification.type, { watchers })
      .then(() => (workspace.isWatched = true))
      .catch((error: unknown) => connection.console.warn(`the client tells of no changed files: ${String(error)}`));
  });

  connection.onDidChangeWatchedFiles(({ changes }) => {
    if (changes.some(({ uri }) => uri.endsWith("/.github/runglass.yml"))) judgements.forgetConfigs();
    for (const { uri, type } of changes) workspace.forget(pathOf(uri), type === FileChangeType.Changed);
    refresh();
  });

  connection.onNotification(
    "workspace/didChangeWorkspaceFolders",
    ({ event }: { event: { added: { uri: string }[]; removed: { uri: string }[] } }) => {
      const removed = new Set(event.removed.map(({ uri }) => pathOf(uri)));
      workspace.folders = [
        ...workspace.folders.filter((path) => !removed.has(path)),
        ...event.added.map(({ uri }) => pathOf(uri)),
      ];
    },
  );

  connection.onNotification(VALIDATION_CHANGED, ({ workflowValidation }: ValidationChanged) => {
    general?.turn(workflowValidation, documents.keys());
  });

  connection.onNotification(LINT_CHANGED, ({ lint, rules }: LintChanged) => {
    setLint(lint !== false, rules);
    refresh();
  });

  connection.onNotification(OBSERVED_CHANGED, ({ observed }: ObservedChanged) => {
    const named = Array.isArray(observed) ? observed.filter((one) => typeof one === "string") : [];
    // One after the other, so that the last word is the newest one.
    reading = reading.then(() => setObserved(named)).then((isNew) => isNew && refresh());
  });

  connection.languages.diagnostics.on(async ({ textDocument, previousResultId }) => {
    await reading;
    const document = documents.get(textDocument.uri);
    const path = pathOf(textDocument.uri);
    const config = open.config(textDocument.uri);
    if (config !== undefined) {
      const items = configDiagnostics(config.text, config.positions, SOURCE);
      return { kind: DocumentDiagnosticReportKind.Full, items };
    }
    if (document === undefined || !open.isOn || kindOf(path) === "other")
      return { kind: DocumentDiagnosticReportKind.Full, items: [] };
    const { resultId, diagnostics, positions } = judgements.of(path, document.getText());
    if (resultId === previousResultId) return { kind: DocumentDiagnosticReportKind.Unchanged, resultId };
    return {
      kind: DocumentDiagnosticReportKind.Full,
      resultId,
      items: diagnostics.map((one) => toLsp(one, positions)),
    };
  });

  connection.languages.diagnostics.onWorkspace(async (params, token) => {
    await reading;
    return workspaceReport(params, token, { documents, judgements, files: workspace, isOn: () => open.isOn });
  });

  answerEditRequests(connection, { documents: open, judgements, ready: () => reading, support: () => support });
  answerStructureRequests(connection, open, () => foldLimit);

  connection.onCompletion(async ({ textDocument, position }) => {
    await reading;
    const config = open.config(textDocument.uri);
    if (config !== undefined) return configCompletions(config.text, config.offsetAt(position), config.positions);
    const found = open.workflow(textDocument.uri);
    if (found === undefined) return [];
    const { workflow, policies, monitors, positions } = found;
    const jobs = [...policies, ...monitors];
    const runs = [...new Set(jobs.flatMap((one) => runsOf(judgements.observed, workflow, one)))];
    return completionsAt(workflow.text, found.offsetAt(position), positions, seenIn(runs), runs.length);
  });

  connection.onHover(async ({ textDocument, position }) => {
    await reading;
    const config = open.config(textDocument.uri);
    if (config !== undefined) return configHover(config.text, config.offsetAt(position), config.positions);
    const found = open.workflow(textDocument.uri);
    if (found === undefined) return null;
    const { workflow, policies, monitors, positions } = found;
    return hoverAt(workflow, policies, monitors, judgements.observed, positions, found.offsetAt(position));
  });

  connection.onCodeLens(async ({ textDocument }) => {
    await reading;
    const found = open.workflow(textDocument.uri);
    if (found === undefined) return [];
    return lensesOf(found.workflow, found.compared, judgements.observed, found.positions);
  });

  connection.languages.inlayHint.on(async ({ textDocument, range }) => {
    await reading;
    const found = open.workflow(textDocument.uri);
    if (found === undefined) return [];
    const within = { from: found.offsetAt(range.start), to: found.offsetAt(range.end) };
    return hintsOf(found.workflow, found.compared, judgements.observed, found.positions, within);
  });

  documents.listen(connection);
  connection.listen();
};
