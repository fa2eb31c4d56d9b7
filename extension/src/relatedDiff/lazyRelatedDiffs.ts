// The way to the related diff, without anything behind it: that is loaded when it is first asked for.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Disposable, TextDocument } from "vscode";
import type { WantedPlaces } from "../../../collector/report/runReport.ts";
import type { RepositoryPlaces } from "../../../collector/report/sarif.ts";
import { hasDrafts } from "../comment/rememberedDrafts.ts";
import type { RunSession } from "../sessions/runSession.ts";
import type { LineMark } from "./lineMark.ts";
import type { RelatedDiffOptions, RelatedDiffs, RowEvent } from "./relatedDiffs.ts";

interface Bundle {
  readonly createRelatedDiffs: (options: RelatedDiffOptions) => RelatedDiffs;
}

export class LazyRelatedDiffs implements Disposable {
  readonly #folder: string;
  readonly #options: RelatedDiffOptions;
  #loading: Promise<RelatedDiffs> | undefined;
  #loaded: RelatedDiffs | undefined;

  /** `folder`: where the extension is installed. */
  constructor(folder: string, options: RelatedDiffOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  /** Shows the line of a change that a row of the run's monitor is about. Throws a `UserError` where GitHub does not answer. */
  async open(session: RunSession, row: RowEvent): Promise<void> {
    await (await this.#load()).open(session, row);
  }

  /** Takes what a session's log says of the run's tool calls; gives how many of them it has. */
  async useSessionLog(session: RunSession, text: string): Promise<number> {
    return (await this.#load()).useSessionLog(session, text);
  }

  /** What of the run has to do with the lines of a document. */
  async marks(session: RunSession, document: TextDocument): Promise<readonly LineMark[]> {
    return (await this.#load()).marks(session, document);
  }

  /** Drafts a comment on the run's pull request about a row. */
  async comment(session: RunSession, row: RowEvent): Promise<void> {
    await (await this.#load()).comment(session, row);
  }

  /** Sends the draft of a document, or the one that is looked at. */
  async sendComment(uri: unknown): Promise<void> {
    await (await this.#load()).sendComment(uri);
  }

  /** Where events of the run belong in its repository, as far as that is sure. */
  async places(session: RunSession, wanted: WantedPlaces, signal: AbortSignal): Promise<RepositoryPlaces> {
    return (await this.#load()).places(session, wanted, signal);
  }

  /** Writes entries, one a line, into the policy of the run's job, when the user has seen the edit. */
  async allow(session: RunSession, entries: string, request?: string): Promise<void> {
    await (await this.#load()).allow(session, entries, request);
  }

  /** Comments that were not sent before a reload of the window can be again. */
  async restoreDrafts(): Promise<void> {
    if (hasDrafts(this.#options.memory)) await this.#load();
  }

  dispose(): void {
    this.#loaded?.dispose();
  }

  #load(): Promise<RelatedDiffs> {
    this.#loading ??= this.#start();
    return this.#loading;
  }

  async #start(): Promise<RelatedDiffs> {
    const url = pathToFileURL(join(this.#folder, "dist/relatedDiffs.cjs")).href;
    const { createRelatedDiffs } = (await import(url)) as Bundle;
    this.#loaded = createRelatedDiffs(this.#options);
    return this.#loaded;
  }
}
