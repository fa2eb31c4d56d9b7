// From a row of the monitor to the line of a change: reads what is needed of the run, finds the change that it worked on, asks the
// rules, and shows the line, a choice, or why there is none. A bundle of its own, loaded when it is first asked.
import {
  commands as vscodeCommands,
  ProgressLocation,
  Range,
  window,
  workspace,
  type Disposable,
  type TextDocument,
} from "vscode";
import { CommentDrafts } from "../comment/commentDrafts.ts";
import { commentOnPull } from "../comment/commentOnPull.ts";
import type { DraftMemory } from "../comment/rememberedDrafts.ts";
import type { Candidate } from "../diff/changes.ts";
import type { DiffIndex } from "../diff/diffIndex.ts";
import { relate } from "../diff/relate.ts";
import { RepositoryRoots } from "../diff/repositoryRoots.ts";
import type { RunFacts } from "../diff/runFacts.ts";
import type { WantedPlaces } from "../../../collector/report/runReport.ts";
import type { RepositoryPlaces } from "../../../collector/report/sarif.ts";
import { callsOfSessionLog } from "../diff/sessionLog.ts";
import type { GitHubClient } from "../github/gitHubClient.ts";
import type { RunSession } from "../sessions/runSession.ts";
import { plainStatusText, plainText } from "../views/plainText.ts";
import { AllowEndpoint, type AskRewrite } from "./allowEndpoint.ts";
import { besideMonitor } from "./besideMonitor.ts";
import { whyNoLines } from "./changeNotes.ts";
import type { ChangeSource } from "./changeSource.ts";
import { confidence, decide } from "./decision.ts";
import { gitExtension } from "./gitExtension.ts";
import type { LineMark } from "./lineMark.ts";
import { LineMarkFinder } from "./lineMarkFinder.ts";
import { LocalSources, repositoryOfRun } from "./localSource.ts";
import { PullDocuments } from "./pullDocuments.ts";
import { PullSources } from "./pullSource.ts";
import { eventPlaces } from "./repositoryPlaces.ts";
import { RunReader } from "./runReader.ts";
import { isCheckedOut } from "./runRepository.ts";
import { PULL_SCHEME } from "./shownFile.ts";

export interface RelatedDiffOptions {
  /** A client for who is signed in; throws a `UserError` where nobody is. */
  readonly client: () => Promise<GitHubClient>;
  /** Asks the language server for an edit. */
  readonly rewrite: AskRewrite;
  /** Keeps what is not sent yet over a reload of the window. */
  readonly memory: DraftMemory;
  /** Says in the log what could not be asked. */
  readonly onFailure: (error: unknown) => void;
}

/** A row: its first event, and its file, where the event may be about many. */
export interface RowEvent {
  readonly seq: number;
  readonly path?: string;
}

const SAID_MS = 8000;

export interface RelatedDiffs extends Disposable {
  open(session: RunSession, row: RowEvent): Promise<void>;
  /** Drafts a comment on the run's pull request about a row. */
  comment(session: RunSession, row: RowEvent): Promise<void>;
  /** Sends the draft of a document, or the one that is looked at. */
  sendComment(uri: unknown): Promise<void>;
  /** Takes what a session's log says of the run's tool calls; gives how many of them it has. */
  useSessionLog(session: RunSession, text: string): Promise<number>;
  /** What of the run has to do with the lines of a document. */
  marks(session: RunSession, document: TextDocument): Promise<readonly LineMark[]>;
  /** Where events of the run belong in its repository, as far as that is sure; asks GitHub where somebody is signed in. */
  places(session: RunSession, wanted: WantedPlaces, signal: AbortSignal): Promise<RepositoryPlaces>;
  /** Writes entries, one a line, into the policy of the run's job, when the user has seen the edit. */
  allow(session: RunSession, entries: string, request?: string): Promise<void>;
}

export class OpenRelatedDiffs implements RelatedDiffs {
  readonly #options: RelatedDiffOptions;
  readonly #readers = new WeakMap<RunSession, RunReader>();
  readonly #locals: LocalSources;
  readonly #pulls = new PullSources();
  readonly #provider: Disposable;
  readonly #allowing: AllowEndpoint;
  readonly #drafts: CommentDrafts;
  readonly #noted = new WeakSet<ChangeSource>();
  /** What was last found for a run. */
  readonly #sources = new WeakMap<RunSession, ChangeSource>();
  readonly #marks: LineMarkFinder;

  constructor(options: RelatedDiffOptions) {
    this.#options = options;
    this.#locals = new LocalSources(options.onFailure);
    this.#allowing = new AllowEndpoint(options.rewrite);
    this.#drafts = new CommentDrafts(options.client, options.memory);
    this.#marks = new LineMarkFinder({
      readerOf: (session) => this.#readerOf(session),
      checkedOut: (facts) => this.#checkedOut(facts),
      remembered: (session) => this.#sources.get(session),
      pull: async (facts) =>
        facts.repository === undefined ? undefined : this.#pulls.of(await options.client(), facts),
    });
    this.#provider = workspace.registerTextDocumentContentProvider(PULL_SCHEME, new PullDocuments(options.client));
  }

  dispose(): void {
    this.#provider.dispose();
    this.#locals.dispose();
    this.#allowing.dispose();
    this.#drafts.dispose();
  }

  async open(session: RunSession, { seq, path }: RowEvent): Promise<void> {
    const reader = this.#readerOf(session);
    const found = await window.withProgress(
      { location: ProgressLocation.Window, title: "Looking for the related diff" },
      async () => {
        await reader.update();
        const event = await reader.eventOfRow(seq);
        const source = event === undefined ? undefined : await this.source(reader.facts);
        return { event, source };
      },
    );
    const { event, source } = found;
    if (event === undefined) {
      void window.showInformationMessage("This event is not in what has been received of the run.");
      return;
    }
    if (source === undefined) {
      await this.#sayNoChange(reader.facts);
      return;
    }
    this.#sources.set(session, source);
    const { facts } = reader;
    const roots = new RepositoryRoots(facts, source.folders);
    const relation = relate(event, {
      facts,
      roots,
      changes: source.changes,
      ...(path === undefined ? {} : { only: path }),
    });
    const decision = decide(relation);
    if (decision.kind === "none") {
      await sayNone(source, decision.why, decision.commit);
    } else if (decision.kind === "open") {
      await show(source, decision.candidate);
      this.#sayNotes(source);
      sayNoLines(source, decision.candidate);
      const others = decision.others === 0 ? "" : `; ${decision.others} less likely`;
      window.setStatusBarMessage(
        `$(diff) ${plainStatusText(decision.candidate.reason, 100)} (${confidence(decision.candidate)}${others})`,
        SAID_MS,
      );
    } else {
      const chosen = await choose(source, decision.candidates);
      if (chosen === undefined) return;
      await show(source, chosen);
      sayNoLines(source, chosen);
    }
  }

  /** Once: they hold for all that is found in it. */
  #sayNotes(source: ChangeSource): void {
    if (source.notes.length === 0 || this.#noted.has(source)) return;
    this.#noted.add(source);
    void window.showInformationMessage(`${plainText(source.name)}: ${source.notes.join(" ")}`);
  }

  /** The change that a run worked on: its pull request's, else that of a repository of this window. */
  async source(facts: RunFacts): Promise<ChangeSource | undefined> {
    const git = await gitExtension();
    const repository = git === undefined ? undefined : repositoryOfRun(git.repositories, facts);
    const reading =
      git === undefined || repository === undefined
        ? Promise.resolve(undefined)
        : this.#locals.of(git, repository, facts.sha);
    // What git fails at, as a change that is too large for it, GitHub may have.
    const local = await reading.catch(() => undefined);
    // What is checked out is what one works on, and has what is not pushed yet.
    if (local !== undefined && isCheckedOut(facts, repository?.state.HEAD?.name)) return local;
    if (facts.repository === undefined) return local === undefined ? reading : undefined;
    try {
      return (await this.#pulls.of(await this.#options.client(), facts)) ?? (await reading);
    } catch (error) {
      if (local === undefined) throw error;
      this.#options.onFailure(error);
      return local;
    }
  }

  allow(session: RunSession, entries: string, request?: string): Promise<void> {
    return this.#allowing.allow(session, entries, request);
  }

  async comment(session: RunSession, row: RowEvent): Promise<void> {
    const { client } = this.#options;
    await commentOnPull({ client, pulls: this.#pulls, drafts: this.#drafts }, this.#readerOf(session), row);
  }

  sendComment(uri: unknown): Promise<void> {
    return this.#drafts.send(uri);
  }

  async places(session: RunSession, wanted: WantedPlaces, signal: AbortSignal): Promise<RepositoryPlaces> {
    const failed = (error: unknown): undefined => void this.#options.onFailure(error);
    const reader = this.#readerOf(session);
    await reader.update();
    const source = wanted.seqs.length === 0 ? undefined : await this.source(reader.facts).catch(failed);
    const policy = await this.#allowing.place(session, wanted.entries).catch(failed);
    if (source === undefined) return { policy, events: new Map() };
    return { policy, events: await eventPlaces(reader, source, wanted, signal) };
  }

  useSessionLog(session: RunSession, text: string): Promise<number> {
    return this.#readerOf(session).useSessionCalls(callsOfSessionLog(text));
  }

  marks(session: RunSession, document: TextDocument): Promise<readonly LineMark[]> {
    return this.#marks.of(session, document);
  }

  /** The change of the repository that what the run worked on is checked out in. Throws a `UserError` where git fails. */
  async #checkedOut(facts: RunFacts): Promise<ChangeSource | undefined> {
    const git = await gitExtension();
    const repository = git === undefined ? undefined : repositoryOfRun(git.repositories, facts);
    if (git === undefined || repository === undefined) return undefined;
    return isCheckedOut(facts, repository.state.HEAD?.name) ? this.#locals.of(git, repository, facts.sha) : undefined;
  }

  #readerOf(session: RunSession): RunReader {
    const known = this.#readers.get(session);
    if (known !== undefined) return known;
    const reader = new RunReader(session);
    this.#readers.set(session, reader);
    return reader;
  }

  async #sayNoChange({ repository }: RunFacts): Promise<void> {
    const OPEN = "Open Folder…";
    const of = repository === undefined ? "the repository that it worked in" : plainText(repository);
    const chosen = await window.showInformationMessage(
      `There is no change to look in: no pull request of this run is known, and ${of} is not open in this window.`,
      OPEN,
    );
    if (chosen === OPEN) await vscodeCommands.executeCommand("vscode.openFolder");
  }
}

const SHOW_COMMIT = "Show the Commit of That Time";

const SHOW_ALL = "Show the Whole Change";

const sayNone = async (source: ChangeSource, why: string, commit: Candidate | undefined): Promise<void> => {
  const text = [`No line of ${plainText(source.name)} belongs to this event. ${plainText(why, 200)}`, ...source.notes];
  const chosen = await window.showInformationMessage(
    text.join(" "),
    ...(commit === undefined ? [] : [SHOW_COMMIT]),
    SHOW_ALL,
  );
  if (chosen === SHOW_ALL) await source.showAll();
  else if (chosen === SHOW_COMMIT && commit !== undefined) await show(source, commit);
};

const indexOf = ({ changes }: ChangeSource, { commit }: Candidate): DiffIndex | undefined =>
  commit === undefined ? changes.whole : changes.commits.find((one) => one.commit.sha === commit)?.index;

/** The right file, and no line of it to go to: why. */
const sayNoLines = (source: ChangeSource, candidate: Candidate): void => {
  const why = candidate.line === undefined ? indexOf(source, candidate)?.file(candidate.path)?.noLines : undefined;
  if (why !== undefined) void window.showInformationMessage(plainText(whyNoLines(candidate.path, why), 400));
};

/** The line's own text, to choose by. */
const textOf = (source: ChangeSource, candidate: Candidate): string => {
  const { path, line, side } = candidate;
  const found = indexOf(source, candidate)
    ?.file(path)
    ?.lines.find((one) =>
      side === "left" ? one.kind === "removed" && one.oldLine === line : one.kind !== "removed" && one.newLine === line,
    );
  return found?.text.trim() ?? "";
};

const choose = async (source: ChangeSource, candidates: readonly Candidate[]): Promise<Candidate | undefined> => {
  const items = candidates.map((candidate) => ({
    label: plainStatusText(`${candidate.path}${candidate.line === undefined ? "" : `:${candidate.line}`}`, 120),
    description: plainStatusText(`${confidence(candidate)} · ${candidate.reason}`, 160),
    detail: plainStatusText(textOf(source, candidate), 160),
    candidate,
  }));
  const title = [`Related diff in ${plainStatusText(source.name)}`, ...source.notes].join(". ").replace(/\.$/, "");
  const chosen = await window.showQuickPick(items, {
    title,
    placeHolder: "Which line is it about?",
    matchOnDescription: true,
  });
  return chosen?.candidate;
};

/** Opens the comparison at the line; on the left side there is no selecting, so at the line beside it. */
const show = async (source: ChangeSource, candidate: Candidate): Promise<void> => {
  const { left, right } = source.sides(candidate);
  const line = Math.max(0, (candidate.side === "left" ? (candidate.beside ?? 1) : (candidate.line ?? 1)) - 1);
  const name = candidate.path.slice(candidate.path.lastIndexOf("/") + 1);
  const of = candidate.commit === undefined ? source.name : candidate.commit.slice(0, 7);
  await vscodeCommands.executeCommand("vscode.diff", left, right, plainText(`${name} (${of})`), {
    selection: new Range(line, 0, line, 0),
    preview: true,
    viewColumn: besideMonitor(),
  });
};

export const createRelatedDiffs = (options: RelatedDiffOptions): RelatedDiffs => new OpenRelatedDiffs(options);
