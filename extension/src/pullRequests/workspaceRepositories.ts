// The repositories that are open in this window, by their remotes: as VS Code's git extension knows them, else as their own files
// say. Of a workspace that is not trusted nothing is read.
import { EventEmitter, extensions, Uri, workspace, type Disposable, type Event } from "vscode";
import { parseRemote, repositoryKey } from "../github/names.ts";
import type { GitHubSite } from "../github/site.ts";
import { readGitFacts, type GitFacts } from "./gitConfig.ts";
import type { OpenRepository } from "./watched.ts";

/** What is used of the git extension's API, version 1. */
interface GitApi {
  readonly repositories: readonly GitRepository[];
  readonly onDidOpenRepository: Event<GitRepository>;
  readonly onDidCloseRepository: Event<GitRepository>;
}
interface GitRepository {
  readonly state: {
    readonly HEAD: { readonly name?: string } | undefined;
    readonly remotes: readonly { readonly name: string; readonly fetchUrl?: string; readonly pushUrl?: string }[];
    readonly onDidChange: Event<void>;
  };
  getConfig(key: string): Promise<string>;
}

const MOST_FOLDERS = 20;

const read = async (uri: Uri): Promise<string | undefined> => {
  try {
    const { size } = await workspace.fs.stat(uri);
    return size > 1_000_000 ? undefined : Buffer.from(await workspace.fs.readFile(uri)).toString("utf8");
  } catch {
    return undefined;
  }
};

/** The folder with a repository's config and, of a linked worktree, the one with its HEAD. */
const gitFolders = async (folder: Uri): Promise<{ readonly common: Uri; readonly own: Uri }> => {
  const dotGit = Uri.joinPath(folder, ".git");
  const pointer = /^gitdir: (.+?)\s*$/.exec((await read(dotGit)) ?? "")?.[1];
  if (pointer === undefined) return { common: dotGit, own: dotGit };
  const own = pointer.startsWith("/") ? folder.with({ path: pointer }) : Uri.joinPath(folder, pointer);
  const common = (await read(Uri.joinPath(own, "commondir")))?.trim();
  return { common: common === undefined ? own : Uri.joinPath(own, common), own };
};

const factsOfFolder = async (folder: Uri): Promise<GitFacts | undefined> => {
  const { common, own } = await gitFolders(folder);
  const config = await read(Uri.joinPath(common, "config"));
  return config === undefined ? undefined : readGitFacts(config, (await read(Uri.joinPath(own, "HEAD"))) ?? "");
};

const factsOf = async (repository: GitRepository): Promise<GitFacts> => {
  const { state } = repository;
  const branch = state.HEAD?.name;
  const remotes = state.remotes.toSorted((a, b) => Number(b.name === "origin") - Number(a.name === "origin"));
  const key = `branch.${branch ?? ""}.github-pr-owner-number`;
  const pullOfBranch = branch === undefined ? undefined : await repository.getConfig(key).catch(() => undefined);
  return { remotes: remotes.flatMap(({ fetchUrl, pushUrl }) => fetchUrl ?? pushUrl ?? []), branch, pullOfBranch };
};

/** Each repository of `site` that the facts name; one folder can have several, as a fork and what it was forked from. */
const openRepositories = ({ remotes, branch, pullOfBranch }: GitFacts, site: GitHubSite): OpenRepository[] => {
  const [owner, name, number] = pullOfBranch?.split("#") ?? [];
  return remotes.flatMap((remote) => {
    const repository = parseRemote(remote, site);
    if (repository === undefined) return [];
    const isOfPull =
      owner !== undefined && name !== undefined && repositoryKey(repository) === repositoryKey({ owner, name });
    return [
      { name: repository, branch, pull: isOfPull && /^\d{1,9}$/.test(number ?? "") ? Number(number) : undefined },
    ];
  });
};

export class WorkspaceRepositories implements Disposable {
  readonly #changed = new EventEmitter<void>();
  /** The repositories, their remotes or branches may be others now. */
  readonly onDidChange = this.#changed.event;
  readonly #subscriptions: Disposable[];
  #git: Promise<GitApi | undefined> | undefined;

  constructor() {
    const changed = (): void => this.#changed.fire();
    this.#subscriptions = [
      this.#changed,
      workspace.onDidChangeWorkspaceFolders(changed),
      workspace.onDidGrantWorkspaceTrust(changed),
    ];
  }

  /** Those of `site`, each once. */
  async find(site: GitHubSite): Promise<readonly OpenRepository[]> {
    if (!workspace.isTrusted) return [];
    this.#git ??= this.#openGit();
    const known = (await this.#git)?.repositories ?? [];
    const folders = (workspace.workspaceFolders ?? []).slice(0, MOST_FOLDERS);
    const facts =
      known.length > 0
        ? await Promise.all(known.map(factsOf))
        : (await Promise.all(folders.map(({ uri }) => factsOfFolder(uri)))).filter((found) => found !== undefined);
    const found = new Map<string, OpenRepository>();
    for (const repository of facts.flatMap((one) => openRepositories(one, site))) {
      const key = repositoryKey(repository.name);
      if (!found.has(key)) found.set(key, repository);
    }
    return [...found.values()];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** The git extension's API; undefined where it is switched off or not there. */
  async #openGit(): Promise<GitApi | undefined> {
    try {
      const extension = extensions.getExtension<{ readonly enabled: boolean; getAPI(version: 1): GitApi }>(
        "vscode.git",
      );
      const exported = await extension?.activate();
      if (exported?.enabled !== true) return undefined;
      const api = exported.getAPI(1);
      const follow = ({ state }: GitRepository): void =>
        void this.#subscriptions.push(state.onDidChange(() => this.#changed.fire()));
      for (const repository of api.repositories) follow(repository);
      this.#subscriptions.push(
        api.onDidOpenRepository((repository) => {
          follow(repository);
          this.#changed.fire();
        }),
        api.onDidCloseRepository(() => this.#changed.fire()),
      );
      return api;
    } catch {
      return undefined;
    }
  }
}
