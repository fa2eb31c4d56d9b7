// The place of the Sessions view, without anything behind it: that is loaded when the view is first seen.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { EventEmitter, window, type Disposable, type ExtensionContext, type TreeItem, type TreeView } from "vscode";
import type { Context } from "../context.ts";
import type { GivenAccount } from "../github/account.ts";
import { views } from "../ids.ts";
import type { GitHub, GitHubOptions } from "./gitHub.ts";

interface Bundle {
  readonly startGitHub: (options: GitHubOptions) => GitHub;
}

export class LazyGitHub implements Disposable {
  readonly #extension: ExtensionContext;
  readonly #context: () => Context;
  readonly #folder: string;
  readonly #given: Promise<GivenAccount | undefined>;
  readonly #changed = new EventEmitter<unknown>();
  readonly #view: TreeView<unknown>;
  #loading: Promise<GitHub> | undefined;
  #loaded: GitHub | undefined;

  constructor(extension: ExtensionContext, context: () => Context, given: Promise<GivenAccount | undefined>) {
    this.#extension = extension;
    this.#folder = join(extension.globalStorageUri.fsPath, "runs");
    this.#context = context;
    this.#given = given;
    this.#view = window.createTreeView<unknown>(views.sessions, {
      showCollapseAll: false,
      treeDataProvider: {
        onDidChangeTreeData: this.#changed.event,
        getChildren: async (node) => (await this.load()).tree.getChildren(node),
        getTreeItem: async (node): Promise<TreeItem> => (await this.load()).tree.getTreeItem(node),
      },
    });
  }

  /** What works with GitHub; the same one each time. */
  load(): Promise<GitHub> {
    this.#loading ??= this.#start();
    return this.#loading;
  }

  dispose(): void {
    this.#loaded?.dispose();
    this.#view.dispose();
    this.#changed.dispose();
  }

  async #start(): Promise<GitHub> {
    const { extensionPath, extension, secrets, workspaceState } = this.#extension;
    const { startGitHub } = (await import(pathToFileURL(join(extensionPath, "dist/github.cjs")).href)) as Bundle;
    this.#loaded = startGitHub({
      context: this.#context(),
      secrets,
      memento: workspaceState,
      folder: this.#folder,
      version: String((extension.packageJSON as { readonly version?: unknown }).version),
      given: this.#given,
      view: this.#view,
      changed: this.#changed,
    });
    return this.#loaded;
  }
}
