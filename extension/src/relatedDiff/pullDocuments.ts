// Files of a pull request as documents to read, also where it is not checked out: `runglass-pr:` addresses name a file and what
// it is of; the content comes from GitHub when it is shown.
import { Uri, type TextDocumentContentProvider } from "vscode";
import type { GitHubClient } from "../github/gitHubClient.ts";
import type { RepositoryName } from "../github/model.ts";
import { repositoryName } from "../github/names.ts";
import { PULL_SCHEME } from "./shownFile.ts";

interface Named {
  readonly owner: string;
  readonly name: string;
  readonly ref: string;
}

/** A side that has no file. */
export const emptyDocument = (path: string): Uri => Uri.from({ scheme: PULL_SCHEME, path: `/${path}` });

export const pullDocument = ({ owner, name }: RepositoryName, path: string, ref: string): Uri =>
  Uri.from({ scheme: PULL_SCHEME, path: `/${path}`, query: JSON.stringify({ owner, name, ref } satisfies Named) });

/** Anybody can open any address: only what names a commit of a repository is asked for. */
const namedBy = (query: string): (RepositoryName & { readonly ref: string }) | undefined => {
  try {
    const { owner, name, ref } = JSON.parse(query) as Partial<Named>;
    if (typeof owner !== "string" || typeof name !== "string" || typeof ref !== "string") return undefined;
    const repository = repositoryName(owner, name);
    return repository === undefined || !/^[0-9a-f]{7,64}$/.test(ref) ? undefined : { ...repository, ref };
  } catch {
    return undefined;
  }
};

const isText = (content: Buffer): boolean => !content.subarray(0, 8000).includes(0);

export class PullDocuments implements TextDocumentContentProvider {
  readonly #client: () => Promise<GitHubClient>;

  constructor(client: () => Promise<GitHubClient>) {
    this.#client = client;
  }

  async provideTextDocumentContent(uri: Uri): Promise<string> {
    if (uri.query === "") return "";
    const named = namedBy(uri.query);
    if (named === undefined) return "";
    const content = await (await this.#client()).file(named, uri.path.slice(1), named.ref);
    if (content === undefined) return "(GitHub gives no content of this file: it is not there, or larger than 1 MB.)\n";
    return isText(content) ? content.toString("utf8") : "(This file is no text.)\n";
  }
}
