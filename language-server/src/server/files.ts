// URIs and paths, as far as files of this machine are concerned.
import { fileURLToPath, pathToFileURL } from "node:url";

/** The path of a `file:` URI; of another one its own path part. */
export const pathOf = (uri: string): string => {
  try {
    return uri.startsWith("file:") ? fileURLToPath(uri) : decodeURIComponent(new URL(uri).pathname);
  } catch {
    return uri;
  }
};

export const uriOf = (path: string): string => pathToFileURL(path).href;
