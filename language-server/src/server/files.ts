// URIs and paths, as far as files of this machine are concerned.
import { fileURLToPath, pathToFileURL } from "node:url";

/** Is it on this machine, or would be if it was saved? */
export const isLocal = (uri: string): boolean => /^(?:file|untitled):/.test(uri);

/** The path of a `file:` URI, and of what is not saved yet; of another one a path that is none of this machine. */
export const pathOf = (uri: string): string => {
  try {
    if (uri.startsWith("file:")) return fileURLToPath(uri);
    const { protocol, host, pathname } = new URL(uri);
    const path = decodeURIComponent(pathname);
    return protocol === "untitled:" ? path : `/${protocol}/${host}${path}`;
  } catch {
    return uri;
  }
};

export const uriOf = (path: string): string => pathToFileURL(path).href;
