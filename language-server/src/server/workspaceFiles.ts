// The workflow files of the workspace's folders, read again only when they have changed. Of each the hash of its text is kept, so
// that ten thousand of them take no room.
import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { findFiles } from "../commandLine/findFiles.ts";
import { hashOf } from "./judgements.ts";

interface Known {
  readonly mtimeMs: number;
  readonly size: number;
  readonly hash: string;
}

export interface WorkspaceFile {
  readonly path: string;
  /** Of its text. */
  readonly hash: string;
  /** Rejects where it is gone by now. */
  readonly text: () => Promise<string>;
}

/** GitHub takes no larger ones. */
const MOST_BYTES = 4 * 1024 * 1024;

/** A client that watches tells of new files, but perhaps not of those in a folder that was moved to its place. */
const LIST_MS = 30_000;

export class WorkspaceFiles {
  readonly #known = new Map<string, Known>();
  #folders: readonly string[] = [];
  #list: { readonly paths: readonly string[]; readonly until: number } | undefined;
  /** The client tells of files that are new or gone. */
  isWatched = false;

  get folders(): readonly string[] {
    return this.#folders;
  }

  set folders(folders: readonly string[]) {
    this.#folders = folders;
    this.#list = undefined;
  }

  /** Something on the disk has changed: the file is read anew, also where its time has not moved. `isListed`: it was there before. */
  forget(path: string, isListed: boolean): void {
    this.#known.delete(path);
    if (!isListed) this.#list = undefined;
  }

  /** Each file. What cannot be read is left out. */
  async *all(isCancelled: () => boolean): AsyncIterable<WorkspaceFile> {
    // Where the client tells of changes, nothing has changed that is not told of.
    const isTold = this.#list !== undefined && Date.now() < this.#list.until;
    const paths = await this.#paths();
    for (const path of paths) {
      if (isCancelled()) return;
      const known = isTold ? this.#known.get(path) : undefined;
      if (known !== undefined) {
        yield { path, hash: known.hash, text: () => readFile(path, "utf8") };
        continue;
      }
      const file = await this.#read(path).catch(() => undefined);
      if (file !== undefined) yield file;
    }
    const here = new Set(paths);
    for (const path of this.#known.keys()) if (!here.has(path)) this.#known.delete(path);
  }

  async #paths(): Promise<readonly string[]> {
    if (this.#list !== undefined && Date.now() < this.#list.until) return this.#list.paths;
    const paths = new Set<string>();
    for (const folder of this.#folders) {
      for (const path of await findFiles(folder).catch((): readonly string[] => [])) paths.add(resolve(path));
    }
    if (this.isWatched) this.#list = { paths: [...paths], until: Date.now() + LIST_MS };
    return [...paths];
  }

  async #read(path: string): Promise<WorkspaceFile | undefined> {
    const { mtimeMs, size } = await stat(path);
    const text = (): Promise<string> => readFile(path, "utf8");
    const known = this.#known.get(path);
    if (known?.mtimeMs === mtimeMs && known.size === size) return { path, hash: known.hash, text };
    if (size > MOST_BYTES) return undefined;
    const now = await text();
    const hash = hashOf(now);
    this.#known.set(path, { mtimeMs, size, hash });
    return { path, hash, text: () => Promise.resolve(now) };
  }
}
