// RUNGLASS_CONNECT: how a start script hands a collector's address and token to the editor it launches. The variable is read
// from this process's own environment only, so that nothing in a workspace can point it anywhere.
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { connectFileRefused, UserError } from "../errors.ts";
import { parseEndpoint, type Endpoint } from "../stream/endpoint.ts";
import { isToken } from "../stream/token.ts";

export interface ConnectFile {
  readonly endpoint: Endpoint;
  readonly token: string;
  readonly title: string | undefined;
  /** A GitHub for this window, and a token for it. */
  readonly gitHub?: { readonly url: string; readonly token: string };
}

const LONGEST = 64 * 1024;

const readPrivate = async (path: string): Promise<string> => {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error: unknown) => {
    throw new UserError(connectFileRefused(path, `can't be opened (${String((error as { code?: unknown }).code)})`));
  });
  try {
    const stat = await file.stat();
    // Windows has no such mode bits.
    if (process.platform !== "win32" && (stat.mode & 0o077) !== 0) {
      throw new UserError(connectFileRefused(path, "can be read or changed by other users"));
    }
    if (!stat.isFile() || stat.size > LONGEST) throw new UserError(connectFileRefused(path, "is not a small file"));
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
};

/** Throws a `UserError`; its text never holds the token. */
export const readConnectFile = async (path: string): Promise<ConnectFile> => {
  const text = await readPrivate(path);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UserError(connectFileRefused(path, "is not JSON"));
  }
  const fields = (typeof value === "object" && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const { url, token, title, github } = fields;
  if (typeof url !== "string") throw new UserError(connectFileRefused(path, 'has no "url"'));
  if (typeof token !== "string" || token === "") throw new UserError(connectFileRefused(path, 'has no "token"'));
  if (!isToken(token)) throw new UserError(connectFileRefused(path, 'has a "token" with characters that no token has'));
  const parsed = parseEndpoint(url);
  if (!parsed.ok) throw new UserError(connectFileRefused(path, `has a "url" that can't be used: ${parsed.reason}`));
  return {
    endpoint: parsed.endpoint,
    token,
    title: typeof title === "string" ? title : undefined,
    ...(github === undefined ? {} : { gitHub: gitHubIn(path, github) }),
  };
};

/** The site itself is checked where it is used. */
const gitHubIn = (path: string, value: unknown): NonNullable<ConnectFile["gitHub"]> => {
  const { url, token } = (typeof value === "object" && value !== null ? value : {}) as Readonly<
    Record<string, unknown>
  >;
  if (typeof url === "string" && typeof token === "string" && token !== "") return { url, token };
  throw new UserError(connectFileRefused(path, 'has a "github" without "url" and "token"'));
};

/** The file that this window was started with, if any. Its rejection is for whoever connects by it. */
export const startFile = (): Promise<ConnectFile> | undefined => {
  const path = process.env["RUNGLASS_CONNECT"];
  if (path === undefined || path === "") return undefined;
  const file = readConnectFile(path);
  file.catch(() => undefined);
  return file;
};

/** The token in the file, where it is for `origin`. */
export const tokenIn = async (file: Promise<ConnectFile> | undefined, origin: string): Promise<string | undefined> => {
  const read = await file?.catch(() => undefined);
  return read?.endpoint.origin === origin ? read.token : undefined;
};

/** The GitHub that the file names for this window, if any. */
export const gitHubOf = async (file: Promise<ConnectFile> | undefined): Promise<ConnectFile["gitHub"]> =>
  (await file?.catch(() => undefined))?.gitHub;
