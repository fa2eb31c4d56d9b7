// Which pull request a command is called for: a row of ours, a row or page of the GitHub Pull Requests extension, an address, or
// nothing. Commands can be called by anyone with anything, so everything is looked at before it is taken.
import { parsePull, repositoryName } from "../github/names.ts";
import type { PullName } from "../github/model.ts";
import type { GitHubSite } from "../github/site.ts";

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {});

const named = (owner: unknown, name: unknown, number: unknown): PullName | undefined => {
  if (typeof owner !== "string" || typeof name !== "string") return undefined;
  const repository = repositoryName(owner, name);
  const isNumber = typeof number === "number" && Number.isSafeInteger(number) && number > 0;
  return repository === undefined || !isNumber ? undefined : { ...repository, number };
};

/** A row of the extension's trees: it is handed over as that extension has it, whose form nobody promises. */
const ofForeignRow = (row: Fields): PullName | undefined => {
  const model = fieldsOf(row["pullRequestModel"] ?? row["pullRequest"] ?? row["_pullRequestModel"]);
  const remote = fieldsOf(model["remote"]);
  return named(remote["owner"], remote["repositoryName"], model["number"]);
};

/** What the pages of the extension hand over. */
const ofForeignPage = (page: Fields): PullName | undefined =>
  named(page["owner"], page["repo"] ?? page["repositoryName"], page["number"] ?? page["pullRequestNumber"]);

/** Undefined where it is none. */
export const pullOfArgument = (argument: unknown, site: GitHubSite): PullName | undefined => {
  if (typeof argument === "string") {
    const parsed = parsePull(argument, site);
    return parsed.ok ? parsed.pull : undefined;
  }
  const fields = fieldsOf(argument);
  const own = fieldsOf(fieldsOf(fields["pull"])["pull"]);
  return (
    named(own["owner"], own["name"], own["number"]) ??
    named(fields["owner"], fields["name"], fields["number"]) ??
    ofForeignRow(fields) ??
    ofForeignPage(fields)
  );
};
