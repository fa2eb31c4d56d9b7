// Which pull request the user means, typed as an address or as OWNER/REPOSITORY#NUMBER.
import { window } from "vscode";
import type { PullName } from "../github/model.ts";
import { parsePull, pullUrl } from "../github/names.ts";
import type { GitHubSite } from "../github/site.ts";

/** Undefined where the user gives up. What is no address is said while it is typed. */
export const askPullAddress = async (
  site: GitHubSite,
  title: string,
  prompt: string,
): Promise<PullName | undefined> => {
  const text = await window.showInputBox({
    title,
    prompt,
    placeHolder: pullUrl(site, { owner: "OWNER", name: "REPOSITORY", number: 1 }),
    ignoreFocusOut: true,
    validateInput: (input) => {
      if (input.trim() === "") return undefined;
      const parsed = parsePull(input, site);
      return parsed.ok ? undefined : parsed.reason;
    },
  });
  const parsed = text === undefined ? undefined : parsePull(text, site);
  return parsed?.ok === true ? parsed.pull : undefined;
};
