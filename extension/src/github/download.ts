// Fetches what GitHub keeps elsewhere: the addresses that it hands out are signed, so the token stays here.
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { Transform, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as WebStream } from "node:stream/web";
import { UserError } from "../errors.ts";
import { isLoopback } from "../stream/endpoint.ts";
import {
  artifactAltered,
  artifactGone,
  artifactNotWritten,
  artifactTooLarge,
  gitHubFailed,
  notGitHub,
} from "./failures.ts";
import type { GitHubSite } from "./site.ts";

const SILENCE_MS = 30_000;

/** Where an answer points to: https, or this machine where GitHub itself is on it. */
export const signedAddress = (site: GitHubSite, location: unknown): URL => {
  const url =
    typeof location === "string" && URL.canParse(location, site.api) ? new URL(location, site.api) : undefined;
  const isLocal = url?.protocol === "http:" && isLoopback(url.hostname) && site.web.startsWith("http:");
  if (url === undefined || !(url.protocol === "https:" || isLocal)) {
    throw new UserError(notGitHub(site.web, "it does not say where the file is"));
  }
  return url;
};

/** Asks without any token. Undefined where there is nothing (yet). */
const open = async (site: GitHubSite, url: URL, signal: AbortSignal): Promise<Response | undefined> => {
  const answer = await fetch(url, { signal });
  if (answer.ok) return answer;
  await answer.body?.cancel();
  if (answer.status === 404 || answer.status === 410) return undefined;
  // A signed address that is too old.
  if (answer.status === 403) throw new UserError(gitHubFailed(site.web, 403));
  throw new UserError(gitHubFailed(site.web, answer.status));
};

/** Aborts when `wanted` does, and when nothing comes for half a minute. */
const watchSilence = (
  wanted: AbortSignal | undefined,
): { readonly signal: AbortSignal; alive(): void; end(): void } => {
  const silence = new AbortController();
  const late = (): void => silence.abort(new DOMException("Nothing came.", "TimeoutError"));
  const timer = setTimeout(late, SILENCE_MS);
  return {
    signal: wanted === undefined ? silence.signal : AbortSignal.any([wanted, silence.signal]),
    alive: () => void timer.refresh(),
    end: () => clearTimeout(timer),
  };
};

/** A text of at most `longest` bytes; what is longer is cut. Undefined where there is none. */
export const downloadText = async (
  site: GitHubSite,
  url: URL,
  longest: number,
  wanted: AbortSignal | undefined,
): Promise<string | undefined> => {
  const { signal, alive, end } = watchSilence(wanted);
  try {
    const answer = await open(site, url, signal);
    if (answer?.body === undefined || answer.body === null) return answer === undefined ? undefined : "";
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of answer.body) {
      alive();
      chunks.push(chunk);
      size += chunk.length;
      if (size >= longest) break;
    }
    return Buffer.concat(chunks)
      .toString("utf8", 0, longest)
      .replace(/^\uFEFF/, "");
  } finally {
    end();
  }
};

export interface FileDownload {
  readonly path: string;
  readonly maxBytes: number;
  /** In hexadecimal digits; undefined where it is not known. */
  readonly sha256: string | undefined;
  readonly onProgress: ((bytes: number) => void) | undefined;
  readonly wanted: AbortSignal | undefined;
}

/** Gives the bytes that were written. */
export const downloadFile = async (site: GitHubSite, url: URL, options: FileDownload): Promise<number> => {
  const { path, maxBytes, onProgress } = options;
  const { signal, alive, end } = watchSilence(options.wanted);
  const hash = createHash("sha256");
  let size = 0;
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      alive();
      size += chunk.length;
      if (size > maxBytes) {
        done(new UserError(artifactTooLarge(size, maxBytes)));
        return;
      }
      hash.update(chunk);
      onProgress?.(size);
      done(null, chunk);
    },
  });
  try {
    const answer = await open(site, url, signal);
    if (answer?.body === undefined || answer.body === null) throw new UserError(artifactGone());
    const told = Number(answer.headers.get("content-length") ?? 0);
    if (told > maxBytes) {
      await answer.body.cancel();
      throw new UserError(artifactTooLarge(told, maxBytes));
    }
    // What the segments hold is private: only the user's own.
    const output = createWriteStream(path, { flags: "wx", mode: 0o600 });
    try {
      await pipeline(Readable.fromWeb(answer.body as WebStream), counting, output, { signal });
    } catch (error) {
      await rm(path, { force: true });
      const code = (error as { code?: unknown }).code;
      if (code === "ENOSPC" || code === "EDQUOT") throw new UserError(artifactNotWritten(code));
      throw error;
    }
    if (options.sha256 !== undefined && hash.digest("hex") !== options.sha256) {
      await rm(path, { force: true });
      throw new UserError(artifactAltered());
    }
    return size;
  } finally {
    end();
  }
};
