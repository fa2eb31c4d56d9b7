// Show GitHub Rate Limit: how much may still be asked, and how much of that this window has used.
import { window } from "vscode";
import type { GitHubContext } from "../pullRequests/gitHub.ts";
import { rateSentence } from "../views/sessionText.ts";

export const showRateLimit = async ({ account }: GitHubContext): Promise<void> => {
  const client = await account.client();
  // Whoever has a client that nothing was asked of yet learns it by a question that is small.
  if (client.rateLimit === undefined) await client.viewer();
  void window.showInformationMessage(
    rateSentence(
      client.site.web,
      client.rateLimit,
      client.billedLastHour,
      Math.max(0, client.pausedUntil - Date.now()),
    ),
  );
};
