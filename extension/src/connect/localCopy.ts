// A run log in a virtual file system, as a local file: the reader needs one, and a document in memory has no bound.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { workspace, type Uri } from "vscode";
import { logNotReadable, UserError } from "../errors.ts";
import { newSpoolPath } from "../sessions/spoolFolder.ts";

/** `workspace.fs` gives whole files only. */
const LARGEST = 512_000_000;

/** Gives the file itself where it is local. Throws a `UserError`. */
export const localPath = async (uri: Uri, folder: string): Promise<string> => {
  if (uri.scheme === "file") return uri.fsPath;
  const name = uri.path.split("/").at(-1) ?? "";
  const failed = (error: unknown): never => {
    throw new UserError(
      logNotReadable(name, String((error as { readonly code?: unknown }).code ?? "it can't be fetched")),
    );
  };
  const info = await workspace.fs.stat(uri).then(undefined, failed);
  if (info.size > LARGEST) {
    throw new UserError(
      logNotReadable(name, "it is too large to be fetched from this workspace; save it locally first"),
    );
  }
  const path = newSpoolPath(folder);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const bytes = await workspace.fs.readFile(uri).then(undefined, failed);
  await writeFile(path, bytes, { mode: 0o600 });
  return path;
};
