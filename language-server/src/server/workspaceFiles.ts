// The workflow files of the workspace's folders, read again only when they have changed.
import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { findFiles } from "../commandLine/findFiles.ts";

interface Known {
  readonly mtimeMs: number;
  readonly size: number;
  readonly text: string;
}

/** GitHub takes no larger ones. */
const MOST_BYTES = 4 * 1024 * 1024;

export class WorkspaceFiles {
  readonly #known = new Map<string, Known>();
  folders: readonly string[] = [];

  /** Something on the disk has changed: the file is read anew, also where its time has not moved. */
  forget(path: string): void {
    this.#known.delete(path);
  }

  /** Path and text of each file. What cannot be read is left out. */
  async *all(isCancelled: () => boolean): AsyncIterable<{ readonly path: string; readonly text: string }> {
    const seen = new Set<string>();
    for (const folder of this.folders) {
      const paths = await findFiles(folder).catch((): readonly string[] => []);
      for (const found of paths) {
        const path = resolve(found);
        if (isCancelled()) return;
        if (seen.has(path)) continue;
        seen.add(path);
        const text = await this.#read(path).catch(() => undefined);
        if (text !== undefined) yield { path, text };
      }
    }
    for (const path of this.#known.keys()) if (!seen.has(path)) this.#known.delete(path);
  }

  async #read(path: string): Promise<string | undefined> {
    const { mtimeMs, size } = await stat(path);
    const known = this.#known.get(path);
    if (known?.mtimeMs === mtimeMs && known.size === size) return known.text;
    if (size > MOST_BYTES) return undefined;
    const text = await readFile(path, "utf8");
    this.#known.set(path, { mtimeMs, size, text });
    return text;
  }
}
