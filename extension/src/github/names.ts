// Names of repositories and pull requests, in the forms that people, pages and git write them. They are checked before they
// become a part of an address or a path.
import type { PullName, RepositoryName } from "./model.ts";
import type { GitHubSite } from "./site.ts";

const OWNER = /^[A-Za-z0-9](?:[-_]?[A-Za-z0-9])*[-_]?$/;
const NAME = /^[A-Za-z0-9._-]{1,100}$/;
const LONGEST = 2000;

export const repositoryName = (owner: string, name: string): RepositoryName | undefined => {
  const isName = owner.length <= 100 && OWNER.test(owner) && NAME.test(name) && !/^\.{1,2}$/.test(name);
  return isName ? { owner, name } : undefined;
};

/** `owner/name`, as GitHub compares it: without regard to case. */
export const repositoryKey = ({ owner, name }: RepositoryName): string => `${owner}/${name}`.toLowerCase();

/** `owner/name#7`, for keys. */
export const pullKey = (pull: PullName): string => `${repositoryKey(pull)}#${pull.number}`;

export const pullUrl = (site: GitHubSite, { owner, name, number }: PullName): string =>
  `${site.web}/${owner}/${name}/pull/${number}`;

/** `owner/name` of a full name; undefined for what is none. */
export const parseFullName = (text: string): RepositoryName | undefined => {
  const [owner = "", name = "", ...more] = text.split("/");
  return more.length > 0 ? undefined : repositoryName(owner, name);
};

const pullNumber = (text: string): number | undefined => (/^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined);

const named = (owner: string, name: string, number: string): PullName | undefined => {
  const repository = repositoryName(owner, name);
  const parsed = pullNumber(number);
  return repository === undefined || parsed === undefined ? undefined : { ...repository, number: parsed };
};

export type ParsedPull =
  { readonly ok: true; readonly pull: PullName } | { readonly ok: false; readonly reason: string };

/** What a person gives for a pull request: the address of any of its pages, or `owner/name#7`; `reason` is a whole sentence. */
export const parsePull = (text: string, site: GitHubSite): ParsedPull => {
  const trimmed = text.trim().slice(0, LONGEST);
  const [, shortOwner = "", shortName = "", shortNumber = ""] = /^([^/\s]+)\/([^/\s#]+)#(\d+)$/.exec(trimmed) ?? [];
  const short = named(shortOwner, shortName, shortNumber);
  if (short !== undefined) return { ok: true, pull: short };
  const form = `${site.web}/OWNER/REPOSITORY/pull/NUMBER`;
  let url: URL;
  try {
    url = new URL(trimmed);
  } catch {
    return { ok: false, reason: `This is not an address of the form ${form}.` };
  }
  if (url.origin !== site.web) {
    return {
      ok: false,
      reason: `Runglass is set to ${site.web}, by the setting runglass.github.url, and this address is elsewhere.`,
    };
  }
  const [, owner = "", name = "", kind, number = ""] = url.pathname.split("/");
  const pull = kind === "pull" ? named(owner, name, number) : undefined;
  return pull === undefined ? { ok: false, reason: `This is not an address of the form ${form}.` } : { ok: true, pull };
};

/** The repository of a git remote, where it is one of `site`'s. */
export const parseRemote = (text: string, site: GitHubSite): RepositoryName | undefined => {
  const trimmed = text.trim().slice(0, LONGEST);
  // git's own short form of SSH: user@host:path.
  const short = /^(?:[^@/\s]+@)?([^:/\s]+):(?!\/\/)(.+)$/.exec(trimmed);
  let host: string;
  let path: string;
  if (short !== null) [, host = "", path = ""] = short;
  else {
    try {
      const url = new URL(trimmed);
      if (!["https:", "http:", "ssh:", "git:"].includes(url.protocol)) return undefined;
      // SSH has a port of its own, which says nothing about the site's.
      host = url.protocol === "ssh:" || url.protocol === "git:" ? url.hostname : url.host;
      path = url.pathname;
    } catch {
      return undefined;
    }
  }
  const { host: siteHost, hostname } = new URL(site.web);
  const known = new Set([siteHost, hostname, `ssh.${hostname}`, `www.${hostname}`]);
  if (!known.has(host.toLowerCase())) return undefined;
  const parts = path
    .replace(/\/+$/, "")
    .replace(/\.git$/, "")
    .split("/")
    .filter((part) => part !== "");
  return parts.length === 2 ? repositoryName(parts[0] ?? "", parts[1] ?? "") : undefined;
};
