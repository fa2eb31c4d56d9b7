// The bearer token: every request carries it, also on loopback, as the code that the agent runs shares the machine.
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { constants } from "node:fs";
import { link, lstat, mkdtemp, open, readdir, rm, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf, UserError } from "../errors.ts";
import { errnoOf } from "../log/fileAccess.ts";
import { isOfDeadMaker, makerName } from "../makerName.ts";

const MOST_BYTES = 4096;
/** A token that someone chose and that is shorter can be guessed; the ones that we make have 43 characters. */
const GOOD_LENGTH = 16;
/** The `token68` of RFC 9110: what can stand in an Authorization header. */
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

const makeToken = (): string => randomBytes(32).toString("base64url");

const digest = (token: string): Buffer => createHash("sha256").update(token).digest();

/** A check of the `Authorization` header against `token`, in a time that tells nothing about the token. */
export const bearerCheck = (token: string): ((header: string | undefined) => boolean) => {
  const expected = digest(token);
  return (header) => {
    const given = /^Bearer +(\S+) *$/i.exec(header ?? "")?.[1];
    return timingSafeEqual(digest(given ?? ""), expected) && given !== undefined;
  };
};

/** The user on whose behalf we run as root, where sudo said so. */
const mayOwn = (uid: number): boolean => {
  const own = process.geteuid?.();
  return own === undefined || uid === own || uid === 0 || (own === 0 && String(uid) === process.env["SUDO_UID"]);
};

/** Told one line for the user where something needs saying; the token is used all the same. */
type Warn = (message: string) => void;

const readToken = async (path: string, file: FileHandle, warn: Warn): Promise<string> => {
  const stats = await file.stat();
  if (!stats.isFile()) throw new UserError(`the token file ${path} is not a regular file: name another one`, 2);
  if ((stats.mode & 0o022) !== 0 || !mayOwn(stats.uid)) {
    const fix = "remove it, so that a new token is made, or put a new token in a file with mode 0600";
    throw new UserError(`the token file ${path} can be written by other users, who could set the token: ${fix}`, 2);
  }
  if (stats.size > MOST_BYTES) throw new UserError(`the token file ${path} is too large for a token`, 2);
  const token = (await file.readFile("utf8")).trim();
  if (token === "") throw new UserError(`the token file ${path} is empty: remove it, so that a new token is made`, 2);
  if (!TOKEN.test(token)) {
    const rule = "characters of A-Z a-z 0-9 . _ ~ + / - on one line";
    throw new UserError(`the token file ${path} holds no usable token: a token is ${rule}`, 2);
  }
  // A file that `echo TOKEN > FILE` made has mode 0644 almost everywhere: said, not refused.
  if ((stats.mode & 0o044) !== 0) {
    warn(`other users of this machine can read the token file ${path}: "chmod 600 ${path}", and change the token`);
  }
  if (token.length < GOOD_LENGTH)
    warn(`the token in ${path} is short enough to be guessed: give it ${GOOD_LENGTH} characters or more`);
  return token;
};

const refuse = (path: string, error: unknown): UserError => {
  if (error instanceof UserError) return error;
  switch (errnoOf(error)) {
    case "ELOOP":
      return new UserError(`the token file ${path} is a symbolic link, which others may turn: name the file itself`, 2);
    case "ENOENT":
      return new UserError(`cannot make the token file ${path}: its directory does not exist; make it first`, 2);
    case "EISDIR":
      return new UserError(`the token file ${path} is a directory: name a file`, 2);
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new UserError(`cannot use the token file ${path}: permission denied: name one that you may use`, 2);
    case "ENOSPC":
    case "EDQUOT":
      return new UserError(`cannot make the token file ${path}: the disk is full: free some space`, 3);
    default:
      return new UserError(`cannot use the token file ${path}: ${messageOf(error)}`, 2);
  }
};

const newToken = async (path: string): Promise<string> => {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const file = await open(path, flags, 0o600);
  try {
    const token = makeToken();
    await file.writeFile(`${token}\n`);
    return token;
  } catch (error) {
    // An empty file would be in the way of the next start.
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
};

/** What `link` says in a file system without hard links. */
const NO_LINKS: ReadonlySet<string | undefined> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

/** Makes the file as a whole, so that another start never finds it without its token; fails with EEXIST where there is one. */
const placeToken = async (path: string): Promise<string> => {
  const beside = `${path}.${randomBytes(6).toString("hex")}.part`;
  try {
    const token = await newToken(beside);
    await link(beside, path);
    return token;
  } catch (error) {
    if (NO_LINKS.has(errnoOf(error))) return await newToken(path);
    throw error;
  } finally {
    await rm(beside, { force: true });
  }
};

const readTokenAt = async (path: string, warn: Warn): Promise<string> => {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    return await readToken(path, file, warn);
  } finally {
    await file.close();
  }
};

/**
 * The token in the file at `path`; where there is no file it is made, mode 0600, with a random token. A file that others
 * can write, and a symbolic link, are refused; one that others can read is warned of. Of starts at the same time one makes
 * it, and the others use that. Throws a `UserError`.
 */
export const readOrMakeToken = async (path: string, warn: Warn): Promise<string> => {
  if (path === "") throw new UserError("--token-file names no file: give it a path, or leave it out", 2);
  try {
    return await readTokenAt(path, warn);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw refuse(path, error);
  }
  try {
    return await placeToken(path).catch((error: unknown) => {
      if (errnoOf(error) !== "EEXIST") throw error;
      return readTokenAt(path, warn);
    });
  } catch (error) {
    throw refuse(path, error);
  }
};

export interface TokenSource {
  readonly token: string;
  /** The file that holds it. */
  readonly path: string;
  /** Removes the file where it was made for this run only. */
  remove(): Promise<void>;
}

/** Removes the token directories of runs that were killed. Never fails: it is not what the user asked for. */
const removeLeftTokens = async (base: string): Promise<void> => {
  const names = await readdir(base).catch(() => []);
  for (const name of names.filter(isOfDeadMaker)) {
    const path = join(base, name);
    // In a directory that all may write to, only what is ours: the name alone says little.
    const isOurs = await lstat(path).then(
      (stats) => stats.isDirectory() && stats.uid === process.geteuid?.(),
      () => false,
    );
    if (isOurs) await rm(path, { recursive: true, force: true }).catch(() => {});
  }
};

/**
 * A new directory for a token. Where the user's own one cannot be used (`su` and `sudo -E` name another user's), it is in the
 * temporary one.
 */
const privateDirectory = async (): Promise<string> => {
  const bases = new Set([process.env["XDG_RUNTIME_DIR"] || tmpdir(), tmpdir()]);
  let failure: unknown;
  for (const base of bases) {
    await removeLeftTokens(base);
    try {
      return await mkdtemp(join(base, `${makerName()}-`));
    } catch (error) {
      failure = error;
    }
  }
  const remedy = "name a file with --token-file, or set TMPDIR to a directory that you may write to";
  throw new UserError(`cannot make a directory for the token: ${messageOf(failure)}: ${remedy}`, 3);
};

/** The token of `--token-file`, or without one a new token in a private directory that `remove` takes away again. */
export const tokenFor = async (path: string | undefined, warn: Warn): Promise<TokenSource> => {
  if (path !== undefined) {
    return { token: await readOrMakeToken(path, warn), path, remove: () => Promise.resolve() };
  }
  const directory = await privateDirectory();
  const made = join(directory, "token");
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    return { token: await newToken(made), path: made, remove };
  } catch (error) {
    await remove();
    throw refuse(made, error);
  }
};
