// General validation of workflows by GitHub's own language service, for editors that have no extension for it: a while after
// the last keystroke, on a thread of its own, so that our own diagnostics never wait for it.
import type { Diagnostic, Range } from "vscode-languageserver/node";

/** Its diagnostics are told apart by this. */
export const GENERAL_SOURCE = "github-actions";

/** What both of us see: ours says more. */
const TOLD_BY_US: ReadonlySet<string> = new Set([
  "policy/wrong-node-type",
  "policy/late-expression",
  "step/unpinned-ref",
  "runglass/wrong-node-type",
  "runglass/late-expression",
  "runglass/unpinned-ref",
  "runglass/unexpanded-expression",
]);

interface Validator {
  validate(uri: string, text: string): Promise<readonly Diagnostic[]>;
  stop(): Promise<void>;
}

export interface GeneralValidationOptions {
  readonly thread: Validator;
  /** Milliseconds without a change that a text is left alone for. */
  readonly quietMs: number;
  readonly publish: (uri: string, diagnostics: Diagnostic[]) => void;
  /** Our own diagnostics of a document, by now. */
  readonly ours: (uri: string) => readonly Pick<Diagnostic, "code" | "range">[];
  /** The document's text; undefined where it is closed. */
  readonly textOf: (uri: string) => string | undefined;
}

const isBefore = (a: Range["start"], b: Range["start"]): boolean =>
  a.line < b.line || (a.line === b.line && a.character < b.character);

const overlap = (a: Range, b: Range): boolean => !isBefore(a.end, b.start) && !isBefore(b.end, a.start);

export class GeneralValidation {
  readonly #options: GeneralValidationOptions;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #waiting = new Set<string>();
  /** Documents that the client shows diagnostics of. */
  readonly #shown = new Set<string>();
  #isOn = false;
  #isBusy = false;

  constructor(options: GeneralValidationOptions) {
    this.#options = options;
  }

  /** Turned off, it takes back what it has said of these documents. */
  turn(isOn: boolean, uris: readonly string[]): void {
    if (isOn === this.#isOn) return;
    this.#isOn = isOn;
    for (const uri of uris) {
      if (isOn) this.changed(uri);
      else this.closed(uri);
    }
    if (!isOn) void this.#options.thread.stop();
  }

  changed(uri: string): void {
    if (!this.#isOn) return;
    clearTimeout(this.#timers.get(uri));
    const timer = setTimeout(() => {
      this.#timers.delete(uri);
      this.#waiting.add(uri);
      void this.#work();
    }, this.#options.quietMs);
    timer.unref();
    this.#timers.set(uri, timer);
  }

  closed(uri: string): void {
    clearTimeout(this.#timers.get(uri));
    this.#timers.delete(uri);
    this.#waiting.delete(uri);
    if (this.#shown.delete(uri)) this.#options.publish(uri, []);
  }

  async #work(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (const uri of this.#waiting) {
      this.#waiting.delete(uri);
      const { textOf, thread } = this.#options;
      const text = textOf(uri);
      const found = text === undefined ? [] : await thread.validate(uri, text);
      // What was changed meanwhile has its turn later.
      if (this.#isOn && text !== undefined && textOf(uri) === text) this.#publish(uri, this.#told(uri, found));
    }
    this.#isBusy = false;
  }

  /** Nothing is said of a document that nothing was ever found in. */
  #publish(uri: string, diagnostics: Diagnostic[]): void {
    if (diagnostics.length > 0) this.#shown.add(uri);
    else if (!this.#shown.delete(uri)) return;
    this.#options.publish(uri, diagnostics);
  }

  #told(uri: string, found: readonly Diagnostic[]): Diagnostic[] {
    const ours = this.#options.ours(uri).filter(({ code }) => TOLD_BY_US.has(String(code)));
    return found
      .filter(({ range }) => !ours.some((one) => overlap(one.range, range)))
      .map((one) => ({ ...one, source: GENERAL_SOURCE }));
  }
}
