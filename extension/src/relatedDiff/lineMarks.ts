// Shows which lines of a change the current run has to do with, in every editor that shows one: beside a line's number, in the
// overview ruler, and behind its text what it is; where lenses are drawn, they say that above the line instead. It keeps the marks
// up to date while the run goes on and the document is edited, and knows which one a line has. What finds them is loaded when
// the first such document is seen.
import {
  CodeLens,
  commands as vscodeCommands,
  EventEmitter,
  MarkdownString,
  OverviewRulerLane,
  Range,
  TabInputText,
  ThemeColor,
  Uri,
  window,
  workspace,
  type CodeLensProvider,
  type DecorationOptions,
  type Disposable,
  type TextDocument,
  type TextEditor,
  type TextEditorDecorationType,
} from "vscode";
import { contextKeys, ownCommands, settings } from "../ids.ts";
import type { RunRegistry } from "../sessions/registry.ts";
import type { RunSession } from "../sessions/runSession.ts";
import { plainMarkdown } from "../views/plainText.ts";
import type { LazyRelatedDiffs } from "./lazyRelatedDiffs.ts";
import type { LineMark } from "./lineMark.ts";
import { OF_PULLS, SHOWN_SCHEMES } from "./shownFile.ts";

/** Marks of a run that goes on are drawn anew so often. */
const REFRESH_MS = 3000;
/** After a keystroke; until then VS Code moves them with the text. */
const TYPING_MS = 400;
/** While a pull request's file is shown that nothing is known of. */
const WAITING_MS = 6000;
const MAX_MARKS = 2000;
const MAX_LENSES = 200;

export interface MarkedLines {
  readonly run: RunSession;
  readonly marks: readonly LineMark[];
}

const isOn = (setting: string): boolean => workspace.getConfiguration().get<boolean>(setting, true);

/** Lenses are drawn in the editor of a file, and in a comparison only where VS Code is told so. */
const hasLenses = ({ document, viewColumn }: TextEditor): boolean => {
  const configuration = workspace.getConfiguration(undefined, document.uri);
  if (!isOn(settings.diffLenses) || !configuration.get<boolean>("editor.codeLens", true)) return false;
  if (configuration.get<boolean>("diffEditor.codeLens", false)) return true;
  return window.tabGroups.all.some(
    ({ activeTab, viewColumn: column }) =>
      column === viewColumn &&
      activeTab?.input instanceof TabInputText &&
      activeTab.input.uri.toString() === document.uri.toString(),
  );
};

const decorationOf = (folder: Uri): TextEditorDecorationType =>
  window.createTextEditorDecorationType({
    light: { gutterIconPath: Uri.joinPath(folder, "ranHereLight.svg") },
    dark: { gutterIconPath: Uri.joinPath(folder, "ranHereDark.svg") },
    gutterIconSize: "contain",
    overviewRulerColor: new ThemeColor("charts.blue"),
    overviewRulerLane: OverviewRulerLane.Center,
    // It stands on the colours of comparisons, too, where what is paler can't be read.
    after: { color: new ThemeColor("foreground"), fontStyle: "italic", margin: "0 0 0 3em" },
  });

/** Text of the runner's stays text; the one link is ours. */
const hoverOf = ({ key }: RunSession, { title, filter, details }: LineMark): MarkdownString => {
  const query = encodeURIComponent(JSON.stringify([key, filter]))
    .replaceAll("(", "%28")
    .replaceAll(")", "%29");
  const link = `command:${ownCommands.showFiltered}?${query}`;
  const text = new MarkdownString(`**Runglass:** ${title} ([Show in the Monitor](${link}))\n\n`, true);
  text.isTrusted = { enabledCommands: [ownCommands.showFiltered] };
  text.supportThemeIcons = false;
  for (const line of details) text.appendMarkdown(`${plainMarkdown(line, 160)}\n\n`);
  return text;
};

export class LineMarks implements CodeLensProvider, Disposable {
  readonly #registry: RunRegistry;
  readonly #diffs: LazyRelatedDiffs;
  readonly #onError: (error: unknown) => void;
  readonly #decoration: TextEditorDecorationType;
  readonly #lensesChanged = new EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#lensesChanged.event;
  readonly #subscriptions: Disposable[];
  #timer: NodeJS.Timeout | undefined;
  /** When the timer is to go off; milliseconds since the epoch. */
  #due = 0;
  /** Drawing, and to be drawn anew behind that. */
  #isDrawing = false;
  #isStale = false;
  /** The failure that was said last. */
  #said = "";

  /** `media`: the folder of the icons. */
  constructor(registry: RunRegistry, diffs: LazyRelatedDiffs, media: Uri, onError: (error: unknown) => void) {
    this.#registry = registry;
    this.#diffs = diffs;
    this.#onError = onError;
    this.#decoration = decorationOf(media);
    this.#subscriptions = [
      this.#decoration,
      this.#lensesChanged,
      {
        dispose: registry.onChange((run) => {
          if (run === undefined || run === registry.current) this.#drawIn(run === undefined ? 0 : REFRESH_MS);
        }),
      },
      window.onDidChangeVisibleTextEditors(() => this.#drawIn(0)),
      window.onDidChangeWindowState(({ focused }) => {
        if (focused) this.#drawIn(0);
      }),
      window.onDidChangeActiveTextEditor(() => this.#drawIn(0)),
      window.tabGroups.onDidChangeTabs(() => this.#drawIn(TYPING_MS)),
      workspace.onDidChangeTextDocument(({ document }) => {
        if (window.visibleTextEditors.some((editor) => editor.document === document)) this.#drawIn(TYPING_MS);
      }),
      workspace.onDidSaveTextDocument(() => this.#drawIn(REFRESH_MS)),
      workspace.onDidChangeConfiguration((event) => {
        const names = [settings.diffMarks, settings.diffLenses, "diffEditor.codeLens", "editor.codeLens"];
        if (names.some((name) => event.affectsConfiguration(name))) this.#drawIn(0);
      }),
    ];
    this.#drawIn(0);
  }

  /** The marks of a document by the current run; undefined where there is no run. */
  async of(document: TextDocument): Promise<MarkedLines | undefined> {
    const run = this.#registry.current;
    if (run === undefined) return undefined;
    if (!SHOWN_SCHEMES.includes(document.uri.scheme)) return { run, marks: [] };
    return { run, marks: (await this.#diffs.marks(run, document)).slice(0, MAX_MARKS) };
  }

  async provideCodeLenses(document: TextDocument): Promise<CodeLens[]> {
    if (!isOn(settings.diffLenses)) return [];
    if (!window.state.focused && OF_PULLS.has(document.uri.scheme)) return [];
    try {
      const found = await this.of(document);
      if (found === undefined) return [];
      return found.marks.slice(0, MAX_LENSES).map(
        ({ line, title, filter }) =>
          new CodeLens(new Range(line, 0, line, 0), {
            title: `$(pulse) ${title}`,
            tooltip: "Show them in the monitor",
            command: ownCommands.showFiltered,
            arguments: [found.run.key, filter],
          }),
      );
    } catch (error) {
      this.#say(error);
      return [];
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** What fails at each drawing is said once. */
  #say(error: unknown): void {
    if (String(error) === this.#said) return;
    this.#said = String(error);
    this.#onError(error);
  }

  /** The soonest that anybody asks for holds. */
  #drawIn(ms: number): void {
    const due = Date.now() + ms;
    if (this.#timer !== undefined && this.#due <= due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#draw();
    }, ms);
  }

  async #draw(): Promise<void> {
    // Nobody looks, and neither git nor GitHub is asked for that; the focus draws them.
    if (!window.state.focused) return;
    this.#isStale = this.#isDrawing;
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    try {
      let isWaiting = false;
      for (const editor of window.visibleTextEditors) {
        const count = await this.#mark(editor).catch((error: unknown) => {
          this.#say(error);
          return 0;
        });
        isWaiting ||= count === 0 && OF_PULLS.has(editor.document.uri.scheme);
      }
      // GitHub may answer later, or somebody sign in.
      if (isWaiting && this.#registry.current !== undefined) this.#drawIn(WAITING_MS);
      if (this.#registry.current !== undefined) this.#lensesChanged.fire();
    } catch (error) {
      this.#say(error);
    } finally {
      this.#isDrawing = false;
      if (this.#isStale) this.#drawIn(TYPING_MS);
    }
  }

  /** How many there are. */
  async #mark(editor: TextEditor): Promise<number> {
    const found = isOn(settings.diffMarks) ? await this.of(editor.document) : undefined;
    const { run, marks } = found ?? { run: undefined, marks: [] };
    const isSaid = hasLenses(editor);
    const decorations = marks.map((mark): DecorationOptions => {
      const { range } = editor.document.lineAt(mark.line);
      return {
        range,
        ...(run === undefined ? {} : { hoverMessage: hoverOf(run, mark) }),
        ...(isSaid ? {} : { renderOptions: { after: { contentText: mark.title } } }),
      };
    });
    editor.setDecorations(this.#decoration, decorations);
    if (editor === window.activeTextEditor) {
      await vscodeCommands.executeCommand("setContext", contextKeys.marks, marks.length > 0);
    }
    return marks.length;
  }
}
