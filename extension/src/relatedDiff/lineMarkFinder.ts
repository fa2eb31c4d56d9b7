// Which lines of a document a run has to do with: finds the change that the document shows a side of, asks what of the run belongs
// to its lines, and where those stand now. Of GitHub nothing is asked but for documents that show a pull request's files.
import type { TextDocument } from "vscode";
import type { RunFacts } from "../diff/runFacts.ts";
import type { RunSession } from "../sessions/runSession.ts";
import type { ChangeSource } from "./changeSource.ts";
import type { LineMark } from "./lineMark.ts";
import { LineUses } from "./lineUses.ts";
import { useDetails, useFilter, useTitle } from "./lineUseText.ts";
import { placeLines } from "./placeLines.ts";
import type { RunReader } from "./runReader.ts";
import { OF_PULLS, type DocumentPlace } from "./shownFile.ts";

export interface LineMarkSources {
  readonly readerOf: (session: RunSession) => RunReader;
  /** The change of the repository that the run's branch is checked out in; throws where git fails, and says so in the log. */
  readonly checkedOut: (facts: RunFacts) => Promise<ChangeSource | undefined>;
  /** What was last found for a run. */
  readonly remembered: (session: RunSession) => ChangeSource | undefined;
  /** That of the run's pull request; throws where GitHub does not answer. */
  readonly pull: (facts: RunFacts) => Promise<ChangeSource | undefined>;
}

/** So long what GitHub has said, or not said, is good enough for marks. */
const PULL_MS = 60_000;
const AGAIN_MS = 5000;

interface Found {
  readonly source: ChangeSource;
  readonly place: DocumentPlace;
}

export class LineMarkFinder {
  readonly #sources: LineMarkSources;
  readonly #uses = new WeakMap<RunSession, WeakMap<ChangeSource, LineUses>>();
  readonly #pulls = new WeakMap<
    RunSession,
    { readonly until: number; readonly source: Promise<ChangeSource | undefined> }
  >();

  constructor(sources: LineMarkSources) {
    this.#sources = sources;
  }

  /** In the order of the lines. */
  async of(session: RunSession, document: TextDocument): Promise<readonly LineMark[]> {
    const reader = this.#sources.readerOf(session);
    await reader.update();
    const found = await this.#find(session, reader.facts, document);
    if (found === undefined) return [];
    const { source, place } = found;
    const uses = this.#usesOf(session, source, reader);
    await uses.update();
    const lines = [...uses.of(place.path, place.side)];
    const places = placeLines(
      lines.map(([line, { text }]) => ({ line, text })),
      { count: document.lineCount, at: (line) => document.lineAt(line).text },
    );
    return lines
      .flatMap(([line, use]) => {
        const at = places.get(line);
        if (at === undefined) return [];
        return [{ line: at, title: useTitle(use), filter: useFilter(use), details: useDetails(use) }];
      })
      .sort((a, b) => a.line - b.line);
  }

  async #find(session: RunSession, facts: RunFacts, { uri }: TextDocument): Promise<Found | undefined> {
    const asked = [
      // The others may know what git fails at.
      () => this.#sources.checkedOut(facts).catch(() => undefined),
      () => this.#sources.remembered(session),
      () => (OF_PULLS.has(uri.scheme) ? this.#pullOf(session, facts) : undefined),
    ];
    for (const ask of asked) {
      const source = await ask();
      const place = source?.placeOf(uri);
      if (source === undefined || place === undefined) continue;
      if (source.changes.whole.file(place.path) !== undefined) return { source, place };
    }
    return undefined;
  }

  #usesOf(session: RunSession, source: ChangeSource, reader: RunReader): LineUses {
    const ofRun = this.#uses.get(session) ?? new WeakMap<ChangeSource, LineUses>();
    this.#uses.set(session, ofRun);
    const uses = ofRun.get(source) ?? new LineUses(reader, source.changes, source.folders);
    ofRun.set(source, uses);
    return uses;
  }

  #pullOf(session: RunSession, facts: RunFacts): Promise<ChangeSource | undefined> {
    const known = this.#pulls.get(session);
    if (known !== undefined && known.until > Date.now()) return known.source;
    // Who only looks at a file is not told that GitHub does not answer.
    const source = this.#sources.pull(facts).catch(() => {
      // Somebody may sign in any moment.
      this.#pulls.set(session, { until: Date.now() + AGAIN_MS, source: Promise.resolve(undefined) });
      return undefined;
    });
    this.#pulls.set(session, { until: Date.now() + PULL_MS, source });
    return source;
  }
}
