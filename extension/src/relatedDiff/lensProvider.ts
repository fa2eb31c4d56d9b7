// Offers the lenses above changed lines: while a run is there and the setting allows it, for the files of this window and those of
// its pull request. What finds them is loaded when the first file is asked for.
import {
  EventEmitter,
  workspace,
  type CodeLens,
  type CodeLensProvider,
  type Disposable,
  type TextDocument,
} from "vscode";
import { settings } from "../ids.ts";
import type { RunRegistry } from "../sessions/registry.ts";
import type { RunSession } from "../sessions/runSession.ts";
import type { LazyRelatedDiffs } from "./lazyRelatedDiffs.ts";

/** Lenses of a run that goes on are drawn anew so often. */
const REFRESH_MS = 3000;

export class RelatedLenses implements CodeLensProvider, Disposable {
  readonly #registry: RunRegistry;
  readonly #diffs: LazyRelatedDiffs;
  readonly #onError: (error: unknown) => void;
  readonly #changed = new EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#changed.event;
  readonly #subscriptions: Disposable[];
  #timer: NodeJS.Timeout | undefined;
  /** Somebody looks at lenses: others do not have to be drawn anew. */
  #isAsked = false;

  constructor(registry: RunRegistry, diffs: LazyRelatedDiffs, onError: (error: unknown) => void) {
    this.#registry = registry;
    this.#diffs = diffs;
    this.#onError = onError;
    this.#subscriptions = [
      this.#changed,
      { dispose: registry.onChange((run) => this.#refreshSoon(run)) },
      workspace.onDidSaveTextDocument(() => this.#refreshSoon(undefined)),
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(settings.diffLenses)) this.#changed.fire();
      }),
    ];
  }

  async provideCodeLenses({ uri, isDirty }: TextDocument): Promise<CodeLens[]> {
    const run = this.#registry.current;
    // Lines that are being written are not where the change has them.
    if (run === undefined || isDirty || !workspace.getConfiguration().get<boolean>(settings.diffLenses, true))
      return [];
    this.#isAsked = true;
    try {
      return await this.#diffs.lenses(run, uri);
    } catch (error) {
      this.#onError(error);
      return [];
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #refreshSoon(run: RunSession | undefined): void {
    if (!this.#isAsked || this.#timer !== undefined || (run !== undefined && run !== this.#registry.current)) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#isAsked = false;
      this.#changed.fire();
    }, REFRESH_MS);
  }
}
