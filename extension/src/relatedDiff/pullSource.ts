// The change of the pull request that a run worked on, from GitHub.
import { env, Uri } from "vscode";
import type { ChangeIndex as Index } from "../diff/changeIndex.ts";
import { ChangeIndex } from "../diff/changeIndex.ts";
import { pullChanges } from "../diff/pullChanges.ts";
import type { RunFacts } from "../diff/runFacts.ts";
import type { GitHubClient } from "../github/gitHubClient.ts";
import type { CommitWithFiles, Pull, RepositoryName } from "../github/model.ts";
import { parseFullName, pullUrl } from "../github/names.ts";
import { changeNotes } from "./changeNotes.ts";
import type { ChangeSource } from "./changeSource.ts";
import { emptyDocument, pullDocument } from "./pullDocuments.ts";
import { isRewritten, pullOfRun, sizeOf, sourceKey } from "./pullOfRun.ts";
import { pullPlace } from "./shownFile.ts";

/** The files of so many commits are asked for, the newest ones: each is a request. */
const MAX_COMMITS = 40;

export class PullSources {
  readonly #commits = new Map<string, CommitWithFiles>();
  /** By pull request, the head that it was read at, and the run that it is told of. */
  readonly #known = new Map<string, ChangeSource>();

  /** The change of the run's pull request; undefined where it has none. Throws a `UserError` where GitHub does not answer. */
  async of(client: GitHubClient, facts: RunFacts): Promise<ChangeSource | undefined> {
    const repository = parseFullName(facts.repository ?? "");
    if (repository === undefined) return undefined;
    const pull = await pullOfRun(client, repository, facts);
    if (pull === undefined) return undefined;
    const name = `${repository.owner}/${repository.name}#${pull.number}`;
    const key = sourceKey(pull, facts);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const [files, listed, base, rewritten] = await Promise.all([
      client.pullFiles(pull),
      client.commits(pull),
      client.mergeBase(repository, pull.base.sha, pull.head.sha),
      isRewritten(client, repository, pull, facts),
    ]);
    const total = await sizeOf(client, pull, files, listed);
    const commits: CommitWithFiles[] = [];
    for (const { sha } of listed.items.slice(-MAX_COMMITS)) commits.push(await this.#commit(client, repository, sha));
    const set = {
      ...pullChanges(files.items, commits),
      totalFiles: total.files,
      totalCommits: total.commits,
    };
    // A fork's commits are found in the repository of the pull request, too.
    const page = `${pullUrl(client.site, pull)}/files`;
    const source = sourceOf(name, pull, new ChangeIndex(set), base, changeNotes(set, rewritten), page);
    if (this.#known.size >= 20) this.#known.clear();
    this.#known.set(key, source);
    return source;
  }

  async #commit(client: GitHubClient, repository: RepositoryName, sha: string): Promise<CommitWithFiles> {
    const known = this.#commits.get(sha);
    if (known !== undefined) return known;
    const commit = await client.commit(repository, sha);
    if (this.#commits.size >= 500) this.#commits.clear();
    this.#commits.set(sha, commit);
    return commit;
  }
}

const sourceOf = (
  name: string,
  pull: Pull,
  changes: Index,
  base: string,
  notes: readonly string[],
  page: string,
): ChangeSource => ({
  name,
  changes,
  pull,
  folders: [],
  notes,
  showAll: async () => {
    await env.openExternal(Uri.parse(page, true));
  },
  placeOf: (document) =>
    pullPlace(document, {
      repository: `${pull.owner}/${pull.name}`,
      number: pull.number,
      base,
      head: pull.head.sha,
    }),
  sides: ({ path, commit }) => {
    const i = commit === undefined ? -1 : changes.commits.findIndex((one) => one.commit.sha === commit);
    const files = i < 0 ? changes.files : (changes.commits[i]?.commit.files ?? []);
    const file = files.find((one) => one.path === path);
    const from = i < 0 ? base : (changes.commits[i - 1]?.commit.sha ?? base);
    return {
      left: file?.status === "added" ? emptyDocument(path) : pullDocument(pull, file?.previousPath ?? path, from),
      right: file?.status === "removed" ? emptyDocument(path) : pullDocument(pull, path, commit ?? pull.head.sha),
    };
  },
});
