// Rows of the Sessions view that tell what is missing, each with the next step behind a click. Pure, so that each can be tested.
import type { GitHubFailure } from "../github/failures.ts";
import { pullKey, repositoryKey } from "../github/names.ts";
import type { RepositoryName } from "../github/model.ts";
import { gitHubCommands, settings } from "../ids.ts";
import type { MissingPull, Watched } from "../pullRequests/watched.ts";
import { plainText } from "./plainText.ts";

export interface Notice {
  /** Different for each. */
  readonly key: string;
  readonly label: string;
  readonly detail: string;
  readonly icon: "warning" | "error" | "info" | "clock";
  readonly command?: { readonly id: string; readonly title: string; readonly arguments: unknown[] };
}

const icons: Readonly<Record<string, Notice["icon"]>> = {
  rateLimited: "clock",
  slowDownAsked: "clock",
  gitHubUnreachable: "warning",
  gitHubFailed: "warning",
};

const stepFor = ({ code, link }: GitHubFailure): NonNullable<Notice["command"]> => {
  if (link !== undefined) return { id: gitHubCommands.openOnGitHub, title: "Open on GitHub", arguments: [link] };
  if (code === "tokenRefused" || code === "permissionMissing") {
    return { id: gitHubCommands.signIn, title: "Sign In to GitHub", arguments: [] };
  }
  if (code === "siteRefused" || code === "notGitHub")
    return { id: "workbench.action.openSettings", title: "Open Setting", arguments: [settings.gitHubUrl] };
  return { id: gitHubCommands.refreshSessions, title: "Refresh", arguments: [] };
};

const ofFailure = (key: string, failure: GitHubFailure): Notice => ({
  key: `${key} ${failure.code}`,
  label: plainText(failure.reason, 300),
  detail: plainText(failure.action, 300),
  icon: icons[failure.code] ?? "error",
  command: stepFor(failure),
});

const withoutMonitor = (name: RepositoryName): Notice => ({
  key: `monitor ${repositoryKey(name)}`,
  label: "Sessions are not monitored",
  detail: `${plainText(`${name.owner}/${name.name}`)} has no monitor step in copilot-setup-steps.yml`,
  icon: "info",
  command: {
    id: gitHubCommands.addMonitorStep,
    title: "Add Monitor Step",
    arguments: [{ owner: name.owner, name: name.name }],
  },
});

/** A click stops watching it: waiting does not help. */
const missingPull = ({ name, failure }: MissingPull): Notice => {
  const short = plainText(`${name.owner}/${name.name}#${name.number}`);
  const { owner, name: repository, number } = name;
  return {
    key: `missing ${pullKey(name)}`,
    label: `${short} is not shown`,
    detail: plainText(`${failure.reason} Click to stop watching it.`, 300),
    icon: "warning",
    command: {
      id: gitHubCommands.unwatchPullRequest,
      title: "Stop Watching Pull Request",
      arguments: [{ owner, name: repository, number }],
    },
  };
};

/** Why nothing, or nothing new, is shown. None where nobody is signed in: the view's welcome says that. */
export const failuresOf = ({ failure, repositories }: Watched): Notice[] => [
  ...(failure === undefined || failure.code === "signedOut" ? [] : [ofFailure("all", failure)]),
  ...repositories.flatMap(({ name, failure: own, missing }) => [
    ...(own === undefined ? [] : [ofFailure(repositoryKey(name), own)]),
    ...missing.map(missingPull),
  ]),
];

/** What could be better. None where there is no pull request: there the view's welcome has its place. */
export const hintsOf = ({ repositories, pulls }: Watched): Notice[] =>
  pulls.length === 0
    ? []
    : repositories.flatMap(({ name, hasMonitor }) => (hasMonitor === false ? [withoutMonitor(name)] : []));
