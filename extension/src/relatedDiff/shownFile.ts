// Which file a document shows, and which side of a change: files themselves, what git and the GitHub Pull Requests extension
// show of one, and our own. Their addresses are read as those extensions write them; anybody can open any address, so nothing
// in one is believed but where to look. Pure.
import type { Side } from "../diff/changes.ts";

/** A document's address, as VS Code has it. */
export interface Address {
  readonly scheme: string;
  readonly path: string;
  readonly query: string;
}

export interface ShownFile {
  /** Absolute, or relative to the repository. */
  readonly path: string;
  /** Where the address itself says so. */
  readonly side?: Side;
  /** A commit or branch that it is of; the empty text is git's index. */
  readonly ref?: string;
  /** Of the repository, where it is told. */
  readonly root?: string;
  /** The pull request, by its number in a repository that is not told, and the commits that it was shown at. */
  readonly pull?: { readonly number: number; readonly base: string | undefined; readonly head: string | undefined };
  /** `owner/name` */
  readonly repository?: string;
}

export const PULL_SCHEME = "runglass-pr";

/** Schemes of the documents that lines of a change can be shown in. */
export const SHOWN_SCHEMES: readonly string[] = ["file", "git", "review", "pr", "githubpr", "gitpr", PULL_SCHEME];

/** Those of a pull request's files, for which GitHub is asked. */
export const OF_PULLS: ReadonlySet<string> = new Set(["pr", "review", PULL_SCHEME]);

type Fields = Readonly<Record<string, unknown>>;

const fieldsIn = (query: string): Fields | undefined => {
  try {
    const value: unknown = JSON.parse(query);
    return typeof value === "object" && value !== null ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
};

const textIn = (fields: Fields, name: string): string | undefined => {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return typeof value === "string" && value.length <= 4096 ? value : undefined;
};

/** The file as of a commit, as VS Code's git extension has it. */
const ofGit = (path: string, fields: Fields): ShownFile | undefined => {
  const ref = textIn(fields, "ref");
  return ref === undefined ? undefined : { path, ref };
};

/** Of a pull request that is checked out. An outdated one is of a commit that is none of its any more. */
const ofReview = (fields: Fields): ShownFile | undefined => {
  const [path, root] = [textIn(fields, "path"), textIn(fields, "rootPath")];
  if (path === undefined || root === undefined || fields["isOutdated"] === true) return undefined;
  return { path, root, side: fields["base"] === true ? "left" : "right" };
};

/** Of a pull request that is not checked out. */
const ofPull = (fields: Fields): ShownFile | undefined => {
  const isBase = fields["isBase"] === true;
  const name = textIn(fields, "fileName");
  const path = (isBase ? textIn(fields, "previousFileName") : undefined) ?? name;
  const number = fields["prNumber"];
  if (path === undefined || path === "" || !Number.isSafeInteger(number)) return undefined;
  const pull = { number: number as number, base: textIn(fields, "baseCommit"), head: textIn(fields, "headCommit") };
  return { path, side: isBase ? "left" : "right", pull };
};

/** Of a pull request that is being made. */
const ofNewPull = (path: string, fields: Fields): ShownFile | undefined => {
  const ref = textIn(fields, "branch");
  return ref === undefined || fields["isEmpty"] === true ? undefined : { path, ref };
};

const ofOurs = (path: string, fields: Fields): ShownFile | undefined => {
  const [owner, name, ref] = ["owner", "name", "ref"].map((field) => textIn(fields, field));
  if (owner === undefined || name === undefined || ref === undefined) return undefined;
  return { path: path.slice(1), ref, repository: `${owner}/${name}` };
};

/** Undefined where the document is of no such kind, or its address is not as they are. */
export const shownFile = ({ scheme, path, query }: Address): ShownFile | undefined => {
  if (scheme === "file") return { path, side: "right" };
  const fields = fieldsIn(query);
  if (fields === undefined) return undefined;
  switch (scheme) {
    case "git":
      return ofGit(path, fields);
    case "review":
      return ofReview(fields);
    case "pr":
      return ofPull(fields);
    case "githubpr":
    case "gitpr":
      return ofNewPull(path, fields);
    case PULL_SCHEME:
      return ofOurs(path, fields);
    default:
      return undefined;
  }
};

/** A file of a change, and the side of it. */
export interface DocumentPlace {
  readonly path: string;
  readonly side: Side;
}

/** What a repository of this window compares. */
export interface LocalComparison {
  /** Path of its folder, as addresses have it, without a slash at its end. */
  readonly root: string;
  readonly base: string;
  readonly head: string | undefined;
  readonly branch: string | undefined;
}

const below = (root: string, path: string): string | undefined =>
  path.startsWith(`${root}/`) ? path.slice(root.length + 1) : undefined;

/** The place of a document in what a repository compares with where its branch began. */
export const localPlace = (
  document: Address,
  { root, base, head, branch }: LocalComparison,
): DocumentPlace | undefined => {
  const shown = shownFile(document);
  if (shown === undefined || shown.repository !== undefined || shown.pull !== undefined) return undefined;
  if (shown.root !== undefined && shown.root.replace(/\/$/, "") !== root) return undefined;
  const path = shown.path.startsWith("/") ? below(root, shown.path) : shown.path;
  // What is named by its path in the repository alone has the repository in its address.
  if (path === undefined || below(root, document.path) === undefined) return undefined;
  if (shown.side !== undefined) return { path, side: shown.side };
  if (shown.ref === base) return { path, side: "left" };
  if (shown.ref !== undefined && (shown.ref === head || shown.ref === branch)) return { path, side: "right" };
  // Of a pull request that is being made, the other branch is what it is to go into.
  return document.scheme === "githubpr" || document.scheme === "gitpr" ? { path, side: "left" } : undefined;
};

/** What a pull request compares. */
export interface PullComparison {
  readonly repository: string;
  readonly number: number;
  readonly base: string;
  readonly head: string;
}

export const pullPlace = (
  document: Address,
  { repository, number, base, head }: PullComparison,
): DocumentPlace | undefined => {
  const shown = shownFile(document);
  if (shown === undefined) return undefined;
  const { path, side, ref, pull } = shown;
  if (pull !== undefined) {
    // Numbers are those of each repository. While an agent pushes, what is shown of its pull request has an older head.
    const isSame = pull.number === number && (pull.head === head || pull.base === base);
    return isSame && side !== undefined ? { path, side } : undefined;
  }
  if (shown.repository !== repository) return undefined;
  return ref === head ? { path, side: "right" } : ref === base ? { path, side: "left" } : undefined;
};
