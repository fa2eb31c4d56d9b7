// VS Code's own git extension, as far as it is used: which repositories are open, and what their files were.
import { extensions, workspace, type Event, type Uri } from "vscode";

export interface GitRepository {
  readonly rootUri: Uri;
  readonly state: {
    readonly HEAD: { readonly name?: string; readonly commit?: string } | undefined;
    readonly remotes: readonly { readonly name: string; readonly fetchUrl?: string; readonly pushUrl?: string }[];
    readonly onDidChange: Event<void>;
  };
  /** What the branch was made from, where git or its hosting tells. */
  getBranchBase?(name: string): Promise<{ readonly remote?: string; readonly name?: string } | undefined>;
}

export interface GitApi {
  readonly git: { readonly path: string };
  readonly repositories: readonly GitRepository[];
  readonly state: "uninitialized" | "initialized";
  readonly onDidChangeState: Event<unknown>;
  readonly onDidCloseRepository: Event<GitRepository>;
  /** The file as of a commit. */
  toGitUri(uri: Uri, ref: string): Uri;
}

/** Finding the repositories of a window's folders takes a moment. */
const WAIT_MS = 5000;

const untilInitialized = async (api: GitApi): Promise<void> => {
  if (api.state === "initialized") return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, WAIT_MS);
    const listener = api.onDidChangeState(() => {
      clearTimeout(timer);
      listener.dispose();
      resolve();
    });
  });
};

/** Undefined where it is switched off or not there, and in a workspace that is not trusted: git runs what a repository says. */
export const gitExtension = async (): Promise<GitApi | undefined> => {
  if (!workspace.isTrusted) return undefined;
  try {
    const extension = extensions.getExtension<{ readonly enabled: boolean; getAPI(version: 1): GitApi }>("vscode.git");
    const exported = await extension?.activate();
    if (exported?.enabled !== true) return undefined;
    const api = exported.getAPI(1);
    await untilInitialized(api);
    return api;
  } catch {
    return undefined;
  }
};
