// Everything that works with GitHub, put together; a bundle of its own, loaded when the Sessions view is first seen, or one of its
// commands is called.
import { Disposable } from "vscode";
import { GitHubAccount } from "../github/account.ts";
import { runGitHubCommand } from "../gitHubCommands/runGitHubCommand.ts";
import { runOfRow } from "../gitHubCommands/watchSession.ts";
import { bringBack } from "../hosted/bringBack.ts";
import { readOnlyFile } from "../hosted/artifactZip.ts";
import { parseHostedRunKey } from "../hosted/hostedRunKey.ts";
import { SessionGlances } from "../hosted/sessionGlance.ts";
import { hostedRunsOfWindow } from "../hosted/windowRuns.ts";
import { rateText } from "../views/sessionText.ts";
import { SessionsTree } from "../views/sessionsTree.ts";
import { AddedPulls } from "./addedPulls.ts";
import type { GitHub, GitHubOptions } from "./gitHub.ts";
import { PullRequests } from "./pullRequests.ts";
import { runOfSession } from "./runOfSession.ts";
import { WorkspaceRepositories } from "./workspaceRepositories.ts";

export const startGitHub = (options: GitHubOptions): GitHub => {
  const { context, secrets, memento, folder, version, given, view, changed } = options;
  const account = new GitHubAccount({ secrets, version, given });
  const repositories = new WorkspaceRepositories();
  const glances = new SessionGlances({ folder, unpack: readOnlyFile });
  const pullRequests = new PullRequests({
    account,
    repositories,
    added: new AddedPulls(memento),
    log: context.log,
    glance: (client, run, signal) => glances.at(client, run, signal),
    isOpen: (run) => runOfSession(context.registry.runs, run) !== undefined,
  });
  const follower = hostedRunsOfWindow({
    registry: context.registry,
    folder,
    log: context.log,
    client: () => account.client(),
  });
  const tree = new SessionsTree(pullRequests, context.registry);
  // Unseen, nothing is asked: what was live then says nothing of now.
  const showBadge = (): void => {
    view.badge = view.visible ? tree.badge() : undefined;
  };
  const stop = pullRequests.onChange(() => {
    showBadge();
    view.description = account.rateLimit === undefined ? "" : rateText(account.rateLimit);
  });
  const parts = Disposable.from(
    view.onDidChangeVisibility(({ visible }) => {
      pullRequests.setSeen(visible);
      showBadge();
    }),
    tree.onDidChangeTreeData(() => changed.fire(undefined)),
    { dispose: stop },
    tree,
    follower,
    pullRequests,
    repositories,
    account,
  );
  pullRequests.setSeen(view.visible);
  const gitHub = { context, account, pullRequests, follower };
  return {
    account,
    pullRequests,
    tree,
    run: (command, argument) => runGitHubCommand(gitHub, command, argument),
    runOfRow: (row) => runOfRow(gitHub, row),
    bringBack: async (key) => {
      const row = parseHostedRunKey(key);
      return row === undefined ? undefined : bringBack(follower, context.registry, row, await account.client());
    },
    dispose: () => parts.dispose(),
  };
};
