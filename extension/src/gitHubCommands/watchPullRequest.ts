// Watch Pull Request…: from a row, a page or a link, else the user says which; its newest session is opened beside.
import { QuickPickItemKind, window, type QuickPickItem } from "vscode";
import type { GitHubContext } from "../pullRequests/gitHub.ts";
import { UserError } from "../errors.ts";
import { pullAddressRefused } from "../github/failures.ts";
import { parsePull } from "../github/names.ts";
import type { PullName } from "../github/model.ts";
import type { PullEntry } from "../pullRequests/watched.ts";
import { plainText } from "../views/plainText.ts";
import { pullDescription, pullIcon, pullLabel } from "../views/sessionText.ts";
import { askPullAddress } from "./askPullAddress.ts";
import { pullOfArgument } from "./pullOfArgument.ts";
import { watchNewestSession } from "./watchSession.ts";

const title = "Watch Pull Request";

const typeAddress = ({ account }: GitHubContext): Promise<PullName | undefined> =>
  askPullAddress(account.site, title, "Address of the pull request, or OWNER/REPOSITORY#NUMBER");

type PullItem = QuickPickItem & { readonly entry?: PullEntry };

const itemOf = (entry: PullEntry): PullItem => ({
  label: `$(${pullIcon(entry)}) ${pullLabel(entry.pull).replaceAll("$(", "$ (")}`,
  description: `${plainText(`${entry.pull.owner}/${entry.pull.name}`)} ${pullDescription(entry)}`.replaceAll(
    "$(",
    "$ (",
  ),
  entry,
});

/** Asks which; the one that is checked out stands first. Undefined when the user gave up. */
const choosePull = async (gitHub: GitHubContext): Promise<PullName | undefined> => {
  const { pulls } = gitHub.pullRequests.watched;
  if (pulls.length === 0) return await typeAddress(gitHub);
  const another: PullItem = { label: "$(link) By Its Address…", alwaysShow: true };
  const sorted = pulls.toSorted((a, b) => Number(b.isCheckedOut) - Number(a.isCheckedOut));
  const items: PullItem[] = [...sorted.map(itemOf), { label: "", kind: QuickPickItemKind.Separator }, another];
  const chosen = await window.showQuickPick(items, { title, placeHolder: "Which pull request?" });
  return chosen === another ? await typeAddress(gitHub) : chosen?.entry?.pull;
};

export const watchPullRequest = async (gitHub: GitHubContext, argument: unknown): Promise<void> => {
  if (typeof argument === "string") {
    const parsed = parsePull(argument, gitHub.account.site);
    if (!parsed.ok) throw new UserError(pullAddressRefused(parsed.reason));
  }
  const name = pullOfArgument(argument, gitHub.account.site) ?? (await choosePull(gitHub));
  if (name === undefined) return;
  await watchNewestSession(gitHub, await gitHub.pullRequests.watch(name));
};

/** Takes a pull request that was added by hand out of the view. */
export const unwatchPullRequest = async (gitHub: GitHubContext, argument: unknown): Promise<void> => {
  const name = pullOfArgument(argument, gitHub.account.site);
  if (name !== undefined) await gitHub.pullRequests.unwatch(name);
};
