// Comment on the Pull Request…: drafts a comment with the evidence for a row, at the line of the diff that it is about, where that is
// sure.
import { ProgressLocation, window } from "vscode";
import type { RunEvent } from "../../../collector/protocol/events.ts";
import { relate } from "../diff/relate.ts";
import { RepositoryRoots } from "../diff/repositoryRoots.ts";
import { UserError } from "../errors.ts";
import type { GitHubClient } from "../github/gitHubClient.ts";
import { askPullAddress } from "../gitHubCommands/askPullAddress.ts";
import { decide } from "../relatedDiff/decision.ts";
import type { PullSources } from "../relatedDiff/pullSource.ts";
import type { RunReader } from "../relatedDiff/runReader.ts";
import { isSignIn, tellCommentFailure, type CommentDrafts } from "./commentDrafts.ts";
import { reviewPlace, type CommentTarget } from "./commentTarget.ts";
import { evidenceOf } from "./evidence.ts";

export interface Commenting {
  readonly client: () => Promise<GitHubClient>;
  readonly pulls: PullSources;
  readonly drafts: CommentDrafts;
}

interface Row {
  readonly seq: number;
  readonly path?: string;
}

/** Of a finding, the first event that it rests on. */
const causeOf = async (reader: RunReader, event: RunEvent): Promise<RunEvent | undefined> => {
  const seq =
    event.type === "finding" ? event.finding.evidence.find((one) => one >= 1 && one !== event.seq) : undefined;
  return seq === undefined ? undefined : reader.event(seq);
};

/** Where the run does not say which pull request it worked on, the user does. */
const askPull = async ({ site }: GitHubClient): Promise<CommentTarget | undefined> => {
  const prompt = "No pull request of this run is known: give its address, or OWNER/REPOSITORY#NUMBER";
  const pull = await askPullAddress(site, "Comment on the Pull Request", prompt);
  return pull === undefined ? undefined : { pull, place: undefined };
};

/** Throws a `UserError` where GitHub does not answer. */
const targetOf = async (
  { pulls }: Commenting,
  client: GitHubClient,
  reader: RunReader,
  event: RunEvent,
  { path }: Row,
): Promise<CommentTarget | undefined> => {
  const { facts } = reader;
  const source = await pulls.of(client, facts);
  if (source?.pull === undefined) return undefined;
  const { changes, folders, pull } = source;
  const roots = new RepositoryRoots(facts, folders);
  const relation = relate(event, { facts, roots, changes, ...(path === undefined ? {} : { only: path }) });
  return { pull, place: reviewPlace(decide(relation), pull.head.sha) };
};

export const commentOnPull = async (commenting: Commenting, reader: RunReader, row: Row): Promise<void> => {
  await reader.update();
  const event = await reader.eventOfRow(row.seq);
  if (event === undefined) {
    void window.showInformationMessage("This event is not in what has been received of the run.");
    return;
  }
  const cause = await causeOf(reader, event);
  const textFor = (web: string | undefined): string =>
    evidenceOf(event, { facts: reader.facts, path: row.path, web, cause });
  try {
    const client = await commenting.client();
    const found = await window.withProgress(
      { location: ProgressLocation.Window, title: "Looking for the pull request" },
      () => targetOf(commenting, client, reader, cause ?? event, row),
    );
    const target = found ?? (await askPull(client));
    if (target !== undefined) await commenting.drafts.open(target, textFor(client.site.web));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // Who signs in goes on; that can be given up at any time.
    const chosen = await tellCommentFailure(error.failure, textFor(undefined), undefined);
    if (isSignIn(chosen)) await commentOnPull(commenting, reader, row);
  }
};
