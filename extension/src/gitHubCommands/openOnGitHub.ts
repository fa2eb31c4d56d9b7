// Pages of pull requests and sessions: on GitHub, or in the GitHub Pull Requests extension where that is installed.
import { env, extensions, Uri } from "vscode";
import type { GitHubContext } from "../pullRequests/gitHub.ts";
import { pullUrl } from "../github/names.ts";
import { pullOfArgument } from "./pullOfArgument.ts";

const PULL_REQUESTS = "GitHub.vscode-pull-request-github";

const openPage = async (url: string): Promise<void> => {
  await env.openExternal(Uri.parse(url, true));
};

/** The page of a row of ours, or at an address of GitHub itself; no other address is opened. */
export const openOnGitHub = async ({ account }: GitHubContext, argument: unknown): Promise<void> => {
  const { site } = account;
  const { session } = (typeof argument === "object" && argument !== null ? argument : {}) as {
    readonly session?: { readonly run?: { readonly url?: unknown } };
  };
  const url = session?.run?.url ?? argument;
  if (typeof url === "string" && URL.canParse(url)) {
    if (new URL(url).origin === site.web) await openPage(url);
    return;
  }
  const pull = pullOfArgument(argument, site);
  if (pull !== undefined) await openPage(pullUrl(site, pull));
};

/** Its description in the editor where the extension for that is there, else its page. */
export const openPullRequest = async ({ account }: GitHubContext, argument: unknown): Promise<void> => {
  const pull = pullOfArgument(argument, account.site);
  if (pull === undefined) return;
  const url = pullUrl(account.site, pull);
  if (extensions.getExtension(PULL_REQUESTS) === undefined) await openPage(url);
  else {
    const query = new URLSearchParams({ uri: url }).toString();
    await openPage(`${env.uriScheme}://${PULL_REQUESTS.toLowerCase()}/open-pull-request-webview?${query}`);
  }
};
