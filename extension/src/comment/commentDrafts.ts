// Comments that are not sent yet: each is a document that the user reads, changes and sends. What the document holds is what is
// sent, and it is sent only by the user's own word, once.
import {
  CodeLens,
  commands as vscodeCommands,
  env,
  EventEmitter,
  languages,
  Position,
  Range,
  Selection,
  TabInputText,
  Uri,
  window,
  workspace,
  WorkspaceEdit,
  type CodeLensProvider,
  type Disposable,
  type TextDocument,
} from "vscode";
import { codeSpan } from "../../../collector/report/markdownText.ts";
import { UserError } from "../errors.ts";
import type { GitHubClient } from "../github/gitHubClient.ts";
import type { GitHubFailure } from "../github/failures.ts";
import { pullUrl } from "../github/names.ts";
import { commands, contextKeys, gitHubCommands, ownCommands } from "../ids.ts";
import { besideMonitor } from "../relatedDiff/besideMonitor.ts";
import { plainStatusText, plainText } from "../views/plainText.ts";
import { targetName, type CommentTarget } from "./commentTarget.ts";

/** GitHub takes no longer ones. */
const LONGEST = 65_536;

interface Draft {
  document: TextDocument;
  target: CommentTarget;
  state: "open" | "sending" | "sent";
}

const OPEN = "Open on GitHub";
const COPY = "Copy Text";
const SIGN_IN = "Sign In to GitHub";
const AS_A_WHOLE = "Use the Pull Request as a Whole";

const copyText = async (text: string): Promise<void> => {
  await env.clipboard.writeText(text);
  window.setStatusBarMessage("$(check) Copied comment", 2500);
};

/** Tells why a comment can't be drafted or sent, and offers what helps. True where the user has signed in meanwhile. */
export const tellCommentFailure = async (
  failure: GitHubFailure,
  text: string,
  page: string | undefined,
  ...more: readonly string[]
): Promise<string | undefined> => {
  const isUnknown = failure.code === "writeUnknown";
  const link = failure.link ?? (isUnknown ? page : undefined);
  const buttons = [
    ...more,
    ...(failure.code === "signedOut" || failure.code === "tokenRefused" ? [SIGN_IN] : []),
    ...(link === undefined ? [] : [OPEN]),
    COPY,
  ];
  const chosen = await window.showErrorMessage(plainText(`${failure.reason} ${failure.action}`, 800), ...buttons);
  if (chosen === COPY) await copyText(text);
  else if (chosen === OPEN && link !== undefined) await env.openExternal(Uri.parse(link, true));
  else if (chosen === SIGN_IN) await vscodeCommands.executeCommand(gitHubCommands.signIn);
  return chosen;
};

export const isSignIn = (chosen: string | undefined): boolean => chosen === SIGN_IN;

export class CommentDrafts implements CodeLensProvider, Disposable {
  readonly #client: () => Promise<GitHubClient>;
  readonly #drafts = new Map<string, Draft>();
  readonly #changed = new EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#changed.event;
  readonly #subscriptions: readonly Disposable[];

  constructor(client: () => Promise<GitHubClient>) {
    this.#client = client;
    this.#subscriptions = [
      this.#changed,
      languages.registerCodeLensProvider({ scheme: "untitled" }, this),
      workspace.onDidCloseTextDocument(({ uri }) => void this.#forget(uri)),
      vscodeCommands.registerCommand(ownCommands.copyComment, async (uri: unknown) => {
        const draft = this.#draftOf(uri);
        if (draft !== undefined) await copyText(draft.document.getText());
      }),
    ];
  }

  /** Shows what would be sent. */
  async open(target: CommentTarget, text: string): Promise<void> {
    // Shown before it has a text: VS Code opens a document with unsaved text by itself, where it finds it in no editor.
    const document = await workspace.openTextDocument({ language: "markdown" });
    const editor = await window.showTextDocument(document, { viewColumn: besideMonitor(), preview: false });
    const start = new Position(0, 0);
    await editor.edit((builder) => builder.insert(start, text), { undoStopBefore: false, undoStopAfter: true });
    editor.selection = new Selection(start, start);
    this.#drafts.set(document.uri.toString(), { document, target, state: "open" });
    this.#tell();
  }

  provideCodeLenses({ uri }: TextDocument): CodeLens[] {
    const draft = this.#drafts.get(uri.toString());
    if (draft === undefined) return [];
    const top = new Range(0, 0, 0, 0);
    const name = plainStatusText(targetName(draft.target), 120);
    if (draft.state !== "open") return [new CodeLens(top, { title: `$(sync~spin) Sending to ${name}`, command: "" })];
    return [
      new CodeLens(top, { title: `$(send) Send to ${name}`, command: commands.sendComment, arguments: [uri] }),
      new CodeLens(top, { title: "Copy", command: ownCommands.copyComment, arguments: [uri] }),
    ];
  }

  /** Sends the draft that `uri` names, or the one that is looked at. */
  async send(uri: unknown): Promise<void> {
    const draft = this.#draftOf(uri);
    // One that is being sent, or was sent, is not sent again, however often that is asked for.
    if (draft?.state !== "open") return;
    const text = draft.document.getText();
    if (text.trim() === "" || text.length > LONGEST) {
      const most = LONGEST.toLocaleString("en-US");
      void window.showInformationMessage(`A comment has between 1 and ${most} characters; this one was not sent.`);
      return;
    }
    this.#set(draft, "sending");
    let isSent = false;
    try {
      const client = await this.#client();
      const { pull, place } = draft.target;
      const written = await (place === undefined
        ? client.comment(pull, text)
        : client.reviewComment(pull, place, text));
      isSent = true;
      draft.state = "sent";
      const isSame = draft.document.getText() === text;
      this.#report(this.#tellSent(draft, written.url, isSame));
      await this.#close(draft, isSame);
    } catch (error) {
      if (!isSent) this.#set(draft, "open");
      if (!(error instanceof UserError)) throw error;
      this.#report(this.#tellFailure(draft, error.failure, text));
    }
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #tellSent({ target }: Draft, url: string | undefined, isSame: boolean): Promise<void> {
    const more = isSame ? "" : " What was typed meanwhile is not part of it, and stays in the editor.";
    const text = `Commented on ${plainText(targetName(target), 120)}.${more}`;
    const chosen = await window.showInformationMessage(text, ...(url === undefined ? [] : [OPEN]));
    if (chosen === OPEN && url !== undefined) await env.openExternal(Uri.parse(url, true));
  }

  async #tellFailure(draft: Draft, failure: GitHubFailure, text: string): Promise<void> {
    const { pull, place } = draft.target;
    const site = (await this.#client().catch(() => undefined))?.site;
    const page = site === undefined ? undefined : pullUrl(site, pull);
    const isLine = failure.code === "writeInvalid" && place !== undefined;
    const said: GitHubFailure = isLine
      ? {
          ...failure,
          reason: `GitHub does not take a comment at ${plainText(place.path, 100)}:${place.line}: the line is not, or no longer, a part of the pull request's diff.`,
          action: "The comment can go to the pull request as a whole, and say there which line it is about.",
        }
      : failure;
    const chosen = await tellCommentFailure(said, text, page, ...(isLine ? [AS_A_WHOLE] : []));
    if (chosen !== AS_A_WHOLE || place === undefined) return;
    const whole = { pull, place: undefined };
    if (draft.document.isClosed) {
      await this.open(whole, `${this.#about(place)}${text}`);
      return;
    }
    const editor = await window.showTextDocument(draft.document);
    await editor.edit((builder) => builder.insert(draft.document.positionAt(0), this.#about(place)));
    draft.target = whole;
    this.#tell();
  }

  #about({ path, line }: NonNullable<CommentTarget["place"]>): string {
    return `About ${codeSpan(`${path}:${line}`)}:\n\n`;
  }

  /** A document that gets another language is closed and opened again at once: it is still a draft then. */
  async #forget(uri: Uri): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    const again = workspace.textDocuments.find((one) => one.uri.toString() === uri.toString());
    const draft = this.#drafts.get(uri.toString());
    if (draft === undefined) return;
    if (again === undefined) this.#drafts.delete(uri.toString());
    else draft.document = again;
    this.#tell();
  }

  #report(telling: Promise<void>): void {
    telling.catch((error: unknown) => {
      void window.showErrorMessage(plainText(`That did not work, and nothing was sent: ${String(error)}`, 400));
    });
  }

  #draftOf(uri: unknown): Draft | undefined {
    const of = uri instanceof Uri ? uri : window.activeTextEditor?.document.uri;
    return of === undefined ? undefined : this.#drafts.get(of.toString());
  }

  #set(draft: Draft, state: Draft["state"]): void {
    draft.state = state;
    this.#tell();
  }

  /** What was sent is on GitHub, and need not be saved here; what was typed meanwhile is kept. */
  async #close(draft: Draft, isSame: boolean): Promise<void> {
    this.#drafts.delete(draft.document.uri.toString());
    this.#tell();
    if (!isSame) return;
    const { document } = draft;
    // Without a text, VS Code does not ask whether to save it.
    const edit = new WorkspaceEdit();
    edit.delete(document.uri, new Range(new Position(0, 0), document.positionAt(document.getText().length)));
    await workspace.applyEdit(edit);
    const tabs = window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter(({ input }) => input instanceof TabInputText && input.uri.toString() === document.uri.toString());
    await window.tabGroups.close(tabs, true);
  }

  #tell(): void {
    this.#changed.fire();
    void vscodeCommands.executeCommand("setContext", contextKeys.commentDrafts, [...this.#drafts.keys()]);
  }
}
