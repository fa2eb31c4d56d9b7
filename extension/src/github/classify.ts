// Turns what octokit throws into the one failure a person can act on.
import { UserError } from "../errors.ts";
import { isTlsCode, oneLine } from "../requestErrors.ts";
import {
  artifactGone,
  gitHubFailed,
  gitHubTlsRefused,
  gitHubUnreachable,
  notGitHub,
  notThere,
  permissionMissing,
  rateLimited,
  refused,
  slowDownAsked,
  ssoAsked,
  tokenRefused,
  type GitHubFailure,
} from "./failures.ts";
import type { GitHubSite } from "./site.ts";

/** What octokit's error has that matters here; it is known by its form, as each copy of octokit has a class of its own. */
interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
}

const answerIn = (error: unknown): Answered | undefined => {
  const { status, response } = (typeof error === "object" && error !== null ? error : {}) as {
    readonly status?: unknown;
    readonly response?: { readonly headers?: Readonly<Record<string, unknown>> };
  };
  return typeof status === "number" && response !== undefined ? { status, headers: response.headers ?? {} } : undefined;
};

const causes = (error: unknown): Error[] => {
  const found: Error[] = [];
  for (let at = error; at instanceof Error && found.length < 6; at = at.cause) found.push(at);
  return found;
};

/** The page for single sign-on, where it is one of the same site. */
const ssoLink = (header: string, site: GitHubSite): string | undefined => {
  const url = /url=([^\s;]+)/.exec(header)?.[1];
  return url !== undefined && URL.canParse(url) && new URL(url).origin === site.web ? url : undefined;
};

export interface AskedFor {
  /** For a sentence: “the pull request o/r#7”. */
  readonly what: string;
  readonly site: GitHubSite;
  /** While GitHub wants to be left alone: until when. */
  readonly pausedUntil: number;
}

const failureOfAnswer = ({ status, headers }: Answered, { what, site, pausedUntil }: AskedFor): GitHubFailure => {
  const header = (name: string): string => (typeof headers[name] === "string" ? headers[name] : "");
  if (status === 401) return tokenRefused(site.web);
  if (status === 403 || status === 429) {
    if (pausedUntil > 0) return (header("x-ratelimit-remaining") === "0" ? rateLimited : slowDownAsked)(pausedUntil);
    const sso = header("x-github-sso");
    if (sso !== "") return ssoAsked(site.web, ssoLink(sso, site));
    return permissionMissing(what, oneLine(header("x-accepted-github-permissions")));
  }
  if (status === 404 || status === 451) return notThere(what);
  if (status === 422) return refused(what);
  if (status === 410) return artifactGone();
  if (status >= 500 || status === 408) return gitHubFailed(site.web, status);
  return notGitHub(site.web, `HTTP status ${status}`);
};

/** Always throws: an abort as it is, all else as a `UserError`. */
export const failWith = (error: unknown, asked: AskedFor): never => {
  const chain = causes(error);
  const own = chain.find((cause) => cause instanceof UserError);
  if (own !== undefined) throw own;
  if (chain.some(({ name }) => name === "AbortError")) throw error;
  const answer = answerIn(error);
  if (answer !== undefined) throw new UserError(failureOfAnswer(answer, asked));
  const { web } = asked.site;
  if (chain.some(({ name }) => name === "TimeoutError"))
    throw new UserError(gitHubUnreachable(web, "no answer in time"));
  const codes = chain.map((cause) => (cause as { code?: unknown }).code).filter((code) => typeof code === "string");
  const code = codes.at(-1) ?? "";
  if (isTlsCode(code)) throw new UserError(gitHubTlsRefused(web, code));
  if (chain.some(({ name }) => name === "SyntaxError")) throw new UserError(notGitHub(web, "its answer is no JSON"));
  throw new UserError(gitHubUnreachable(web, oneLine(code === "" ? (chain.at(-1)?.message ?? String(error)) : code)));
};
