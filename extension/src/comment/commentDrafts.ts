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
  type Tab,
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
import { rememberDrafts, rememberedDrafts, type DraftMemory } from "./rememberedDrafts.ts";

/** GitHub takes no longer ones. */
const LONGEST = 65_536;

interface Draft {
  /** Of its document, which VS Code has open only while it is shown, or was since the window came up. */
  readonly uri: string;
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

const documentOf = ({ uri }: Draft): TextDocument | undefined =>
  workspace.textDocuments.find((one) => one.uri.toString() === uri);

const tabsOf = (uri: string): readonly Tab[] =>
  window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input }) => input instanceof TabInputText && input.uri.toString() === uri);

export class CommentDrafts implements CodeLensProvider, Disposable {
  readonly #client: () => Promise<GitHubClient>;
  readonly #memory: DraftMemory;
  readonly #drafts = new Map<string, Draft>();
  readonly #changed = new EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#changed.event;
  readonly #subscriptions: readonly Disposable[];

  constructor(client: () => Promise<GitHubClient>, memory: DraftMemory) {
    this.#client = client;
    this.#memory = memory;
    this.#subscriptions = [
      this.#changed,
      languages.registerCodeLensProvider({ scheme: "untitled" }, this),
      workspace.onDidCloseTextDocument(({ uri }) => void this.#forget([uri])),
      window.tabGroups.onDidChangeTabs(
        ({ closed }) =>
          void this.#forget(closed.flatMap(({ input }) => (input instanceof TabInputText ? [input.uri] : []))),
      ),
      vscodeCommands.registerCommand(ownCommands.copyComment, async (uri: unknown) => {
        const draft = this.#draftOf(uri);
        const document = draft === undefined ? undefined : documentOf(draft);
        if (document !== undefined) await copyText(document.getText());
      }),
    ];
    this.#restore();
  }

  /** Shows what would be sent. */
  async open(target: CommentTarget, text: string): Promise<void> {
    // Shown before it has a text: VS Code opens a document with unsaved text by itself, where it finds it in no editor.
    const document = await workspace.openTextDocument({ language: "markdown" });
    const editor = await window.showTextDocument(document, { viewColumn: besideMonitor(), preview: false });
    const start = new Position(0, 0);
    await editor.edit((builder) => builder.insert(start, text), { undoStopBefore: false, undoStopAfter: true });
    editor.selection = new Selection(start, start);
    const uri = document.uri.toString();
    this.#drafts.set(uri, { uri, target, state: "open" });
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
    const document = draft === undefined ? undefined : documentOf(draft);
    if (draft?.state !== "open" || document === undefined) return;
    const text = document.getText();
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
      const isSame = document.isClosed || document.getText() === text;
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
    // A draft that was closed meanwhile has left its address to whatever document was made next.
    const document = this.#drafts.get(draft.uri) === draft ? documentOf(draft) : undefined;
    if (document === undefined) {
      await this.open(whole, `${this.#about(place)}${text}`);
      return;
    }
    const editor = await window.showTextDocument(document);
    await editor.edit((builder) => builder.insert(document.positionAt(0), this.#about(place)));
    draft.target = whole;
    this.#tell();
  }

  #about({ path, line }: NonNullable<CommentTarget["place"]>): string {
    return `About ${codeSpan(`${path}:${line}`)}:\n\n`;
  }

  /** The ones of before a reload of the window whose documents VS Code has kept. */
  #restore(): void {
    for (const { uri, target, isSending } of rememberedDrafts(this.#memory)) {
      if (tabsOf(uri).length === 0) continue;
      this.#drafts.set(uri, { uri, target, state: "open" });
      if (!isSending) continue;
      void window.showWarningMessage(
        `The window was closed while a comment was on its way to ${plainText(targetName(target), 120)}. Look there before you send it again: it may have arrived.`,
      );
    }
    this.#tell();
  }

  /** A document that gets another language is closed and opened again at once, and one that is moved has another tab. */
  async #forget(uris: readonly Uri[]): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    const gone = uris
      .map((uri) => this.#drafts.get(uri.toString()))
      .filter((draft) => draft !== undefined && documentOf(draft) === undefined && tabsOf(draft.uri).length === 0);
    for (const draft of gone) if (draft !== undefined) this.#drafts.delete(draft.uri);
    if (gone.length > 0) this.#tell();
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
    // Another document can be at its address by now, where this one was closed before GitHub answered.
    if (this.#drafts.get(draft.uri) !== draft) return;
    this.#drafts.delete(draft.uri);
    this.#tell();
    const document = documentOf(draft);
    if (!isSame || document === undefined) return;
    // Without a text, VS Code does not ask whether to save it.
    const edit = new WorkspaceEdit();
    edit.delete(document.uri, new Range(new Position(0, 0), document.positionAt(document.getText().length)));
    await workspace.applyEdit(edit);
    await window.tabGroups.close(tabsOf(draft.uri), true);
  }

  #tell(): void {
    this.#changed.fire();
    const drafts = [...this.#drafts.values()].filter(({ state }) => state !== "sent");
    void rememberDrafts(
      this.#memory,
      drafts.map(({ uri, target, state }) => ({ uri, target, isSending: state === "sending" })),
    );
    void vscodeCommands.executeCommand("setContext", contextKeys.commentDrafts, [...this.#drafts.keys()]);
  }
}
