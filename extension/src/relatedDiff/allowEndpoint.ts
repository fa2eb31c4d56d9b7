// Allows an endpoint that was refused, or would have been: finds the workflow whose policy the run was under, lets the language
// server make the edit, shows it as a comparison, and writes it when the user says so.
import {
  commands as vscodeCommands,
  EventEmitter,
  Range,
  TabInputTextDiff,
  Uri,
  window,
  workspace,
  type Disposable,
  type TextDocument,
  type TextDocumentContentProvider,
  type TextEdit,
} from "vscode";
import type { RepositoryPlace } from "../../../collector/report/sarif.ts";
import { ALLOW_ENDPOINTS, type RewriteParams } from "../../../language-server/protocol/messages.ts";
import type { Rewritten } from "../policy/languageClient.ts";
import type { RunSession } from "../sessions/runSession.ts";
import { plainStatusText, plainText } from "../views/plainText.ts";
import { besideMonitor } from "./besideMonitor.ts";
import { gitExtension } from "./gitExtension.ts";
import { isRemoteOf } from "./runRepository.ts";

export type AskRewrite = (params: RewriteParams) => Promise<Rewritten>;

interface Proposal {
  readonly document: TextDocument;
  /** Of the document when it was made. */
  readonly version: number;
  readonly edits: readonly TextEdit[];
  readonly notes: readonly string[];
  readonly after: string;
}

const PROPOSED_SCHEME = "runglass-proposed";
const MOST_WORKFLOWS = 200;
const MOST_ENTRIES = 50;
/** Steps that set a policy; the language server looks closer. */
const MONITOR = /step-security\/harden-runner|runglass\/runglass/i;
/** The agent's own job runs the steps of this one. */
const COPILOT_JOB = "copilot";
const SETUP_JOB = "copilot-setup-steps";

const textAfter = (document: TextDocument, edits: readonly TextEdit[]): string => {
  let text = document.getText();
  const placed = edits.map(({ range, newText }) => ({
    start: document.offsetAt(range.start),
    end: document.offsetAt(range.end),
    newText,
  }));
  for (const { start, end, newText } of placed.sort((a, b) => b.start - a.start)) {
    text = text.slice(0, start) + newText + text.slice(end);
  }
  return text;
};

/** Those of a repository, by its remotes; and those of which nothing is known. */
const documentsOf = async (documents: readonly TextDocument[], repository: string): Promise<TextDocument[]> => {
  const repositories = (await gitExtension())?.repositories ?? [];
  return documents.filter(({ uri }) => {
    const holding = repositories
      .filter(({ rootUri }) => uri.path.startsWith(`${rootUri.path.replace(/\/$/, "")}/`))
      .toSorted((a, b) => b.rootUri.path.length - a.rootUri.path.length)[0];
    const remotes = holding?.state.remotes ?? [];
    return remotes.length === 0 || isRemoteOf(remotes, repository);
  });
};

const nameOf = ({ uri }: TextDocument): string => plainText(workspace.asRelativePath(uri));

export class AllowEndpoint implements TextDocumentContentProvider, Disposable {
  readonly #ask: AskRewrite;
  readonly #proposed = new Map<string, string>();
  readonly #changed = new EventEmitter<Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #registration: Disposable;

  constructor(ask: AskRewrite) {
    this.#ask = ask;
    this.#registration = workspace.registerTextDocumentContentProvider(PROPOSED_SCHEME, this);
  }

  provideTextDocumentContent(uri: Uri): string {
    return this.#proposed.get(uri.path) ?? "";
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }

  /**
   * `entries` of our own dialect, one a line, as a monitor's page gives them. Where the policy has them already, it is the
   * `request` that it does not expect.
   */
  async allow(session: RunSession, endpoints: string, request?: string): Promise<void> {
    let entries = endpoints;
    let { proposals, problem } = await this.#proposals(session, entries);
    if (proposals.length === 0 && request !== undefined) {
      const other = await this.#proposals(session, request);
      if (other.proposals.length > 0) [entries, proposals, problem] = [request, other.proposals, other.problem];
    }
    if (proposals.length === 0) {
      void window.showInformationMessage(
        plainText(problem ?? "No workflow in this window sets an egress policy: open the repository's folder.", 300),
      );
      return;
    }
    const chosen = await this.#choose(proposals, entries);
    await closeProposed();
    if (chosen !== undefined) await write(chosen);
  }

  /** The line of the policy that the run was under, where it is the only one that can be meant. */
  async place(session: RunSession, entries: readonly string[]): Promise<RepositoryPlace | undefined> {
    if (entries.length === 0) return undefined;
    const { proposals } = await this.#proposals(session, entries.slice(0, MOST_ENTRIES).join("\n"));
    const [only, ...more] = proposals;
    const line = only?.edits[0]?.range.start.line;
    if (only === undefined || line === undefined || more.length > 0) return undefined;
    const path = workspace.asRelativePath(only.document.uri, false);
    return { path, line: line + 1, reason: "The policy that the run was under." };
  }

  async #proposals(
    session: RunSession,
    entries: string,
  ): Promise<{ readonly proposals: readonly Proposal[]; readonly problem: string | undefined }> {
    const uris = await workspace.findFiles(".github/workflows/*.{yml,yaml}", undefined, MOST_WORKFLOWS);
    const documents = await Promise.all(
      uris.filter(({ scheme }) => scheme === "file").map((uri) => workspace.openTextDocument(uri)),
    );
    const { job, repository } = session.summary.job ?? {};
    const ours = repository === undefined ? documents : await documentsOf(documents, repository);
    const fitting = ours.filter((document) => MONITOR.test(document.getText()));
    const jobs = job === undefined ? [undefined] : job === COPILOT_JOB ? [COPILOT_JOB, SETUP_JOB] : [job, undefined];
    let problem: string | undefined;
    for (const wanted of jobs) {
      const proposals: Proposal[] = [];
      for (const document of fitting) {
        const answer = await this.#proposalFor(document, entries, wanted);
        if (typeof answer === "string") problem ??= answer;
        else proposals.push(answer);
      }
      if (proposals.length > 0) return { proposals, problem };
    }
    return { proposals: [], problem };
  }

  async #proposalFor(document: TextDocument, text: string, job: string | undefined): Promise<Proposal | string> {
    const { version, uri } = document;
    const of = job === undefined ? {} : { job };
    const answer = await this.#ask({ refactoring: ALLOW_ENDPOINTS, uri: uri.toString(), text, ...of });
    const edits = answer.edit?.get(uri) ?? [];
    if (edits.length === 0) return `${nameOf(document)}: ${answer.problem ?? "nothing is to be changed there."}`;
    return { document, version, edits, notes: answer.notes, after: textAfter(document, edits) };
  }

  /** Each choice is shown as a comparison while one is at it. */
  async #choose(proposals: readonly Proposal[], entries: string): Promise<Proposal | undefined> {
    const lines = entries.trim().split(/\n/);
    const what = lines.length === 1 ? (lines[0] ?? "") : `${lines.length} endpoints`;
    const pick = window.createQuickPick<{ label: string; detail?: string; proposal: Proposal }>();
    pick.title = `Allow ${plainStatusText(what)}`;
    pick.placeholder = "Enter writes this into the policy, Escape leaves it";
    pick.ignoreFocusOut = true;
    pick.items = proposals.map((proposal) => ({
      label: `$(check) Allow ${plainStatusText(what)} in ${plainStatusText(nameOf(proposal.document), 100)}`,
      ...(proposal.notes.length === 0 ? {} : { detail: plainStatusText(proposal.notes.join(" "), 300) }),
      proposal,
    }));
    const column = besideMonitor();
    return new Promise((resolve) => {
      let showing: Promise<void> = Promise.resolve();
      pick.onDidChangeActive(([active]) => {
        if (active === undefined) return;
        showing = this.#show(active.proposal, column);
        showing.catch(() => undefined);
      });
      pick.onDidAccept(() => {
        const chosen = pick.activeItems[0]?.proposal;
        // Nothing is written that could not be seen before.
        const settle = (seen: Proposal | undefined): void => {
          resolve(seen);
          pick.hide();
        };
        showing.then(
          () => settle(chosen),
          () => {
            void window.showInformationMessage("The change could not be shown, and nothing was written.");
            settle(undefined);
          },
        );
      });
      pick.onDidHide(() => {
        resolve(undefined);
        pick.dispose();
      });
      pick.show();
    });
  }

  async #show({ document, edits, after }: Proposal, viewColumn: number): Promise<void> {
    const proposed = Uri.from({ scheme: PROPOSED_SCHEME, path: document.uri.path });
    this.#proposed.set(proposed.path, after);
    this.#changed.fire(proposed);
    const line = edits[0]?.range.start.line ?? 0;
    await vscodeCommands.executeCommand("vscode.diff", document.uri, proposed, `${nameOf(document)} (proposed)`, {
      selection: new Range(line, 0, line, 0),
      preview: true,
      preserveFocus: true,
      viewColumn,
    });
  }
}

const closeProposed = async (): Promise<void> => {
  const tabs = window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input }) => input instanceof TabInputTextDiff && input.modified.scheme === PROPOSED_SCHEME);
  if (tabs.length > 0) await window.tabGroups.close(tabs, true);
};

const write = async ({ document, version, edits }: Proposal): Promise<void> => {
  if (document.version !== version) {
    void window.showInformationMessage(
      `${nameOf(document)} has changed meanwhile, and nothing was written. Try again.`,
    );
    return;
  }
  const wasDirty = document.isDirty;
  const editor = await window.showTextDocument(document, { viewColumn: besideMonitor(), preview: false });
  const isWritten = await editor.edit((builder) => {
    for (const { range, newText } of edits) builder.replace(range, newText);
  });
  // What the user has not saved of it is not saved for them.
  if (isWritten && !wasDirty) await document.save();
};
