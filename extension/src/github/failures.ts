// What can go wrong between here and GitHub, each with the next step to take. In the manner of ../errors.ts.
import type { Failure } from "../errors.ts";

export interface GitHubFailure extends Failure {
  /** A page that helps, on GitHub itself. */
  readonly link?: string;
  /** When asking again can help, in milliseconds since the epoch. */
  readonly retryAt?: number;
}

const final = (code: string, reason: string, action: string, link?: string): GitHubFailure => ({
  code,
  reason,
  action,
  retry: false,
  ...(link === undefined ? {} : { link }),
});
const passing = (code: string, reason: string, action: string, retryAt?: number): GitHubFailure => ({
  code,
  reason,
  action,
  retry: true,
  ...(retryAt === undefined ? {} : { retryAt }),
});

const clock = (at: number): string =>
  new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export const siteRefused = (reason: string): GitHubFailure =>
  final(
    "siteRefused",
    `The setting runglass.github.url can't be used: ${reason}`,
    "Set it to https://github.com, or to the address of your company's GitHub.",
  );

export const pullAddressRefused = (reason: string): GitHubFailure =>
  final("pullAddressRefused", reason, "Copy the address of the pull request's page, and watch it by that.");

export const signedOut = (web: string): GitHubFailure =>
  final("signedOut", `You are not signed in to ${web}.`, "Sign in to GitHub, or set a token.");

/** `detail`: what VS Code says why; it says so also where the user wanted it. */
export const signInFailed = (web: string, detail: string): GitHubFailure =>
  final("signedOut", `You are not signed in to ${web} (${detail}).`, "Sign in to GitHub, or set a token.");

export const tokenRefused = (web: string): GitHubFailure =>
  final(
    "tokenRefused",
    `${web} no longer takes the sign-in or token that is used.`,
    "Sign in again, or set a new token: the old one has expired or was revoked.",
  );

export const ssoAsked = (web: string, link: string | undefined): GitHubFailure =>
  final(
    "ssoAsked",
    `An organisation on ${web} asks for single sign-on before this sign-in or token may read what is its own.`,
    "Authorise it on the organisation's page, then refresh.",
    link,
  );

/** `permissions`: what GitHub says would be enough, as `actions=read`; "" where it does not say. */
export const permissionMissing = (what: string, permissions: string): GitHubFailure =>
  final(
    "permissionMissing",
    `This sign-in or token may not read ${what}.`,
    permissions === ""
      ? "Sign in with an account that may, or set a token with the permissions Actions, Contents and Pull requests (read)."
      : `Use a token with the permission ${permissions}, or sign in with an account that may.`,
  );

export const notThere = (what: string): GitHubFailure =>
  final(
    "notThere",
    `GitHub has no ${what}, or this account may not see it.`,
    "Check the address, and that the account you are signed in with is a member there.",
  );

export const refused = (what: string): GitHubFailure =>
  final(
    "refused",
    `GitHub does not take the ${what} (HTTP status 422).`,
    "Look at it on GitHub's own page; if it is right there, report this as a defect.",
  );

export const rateLimited = (retryAt: number): GitHubFailure =>
  passing(
    "rateLimited",
    "GitHub's rate limit for this account is used up, by Runglass and all other programs together.",
    `It is asked again at ${clock(retryAt)}; what is shown until then is of before.`,
    retryAt,
  );

export const slowDownAsked = (retryAt: number): GitHubFailure =>
  passing(
    "slowDownAsked",
    "GitHub asks to be left alone for a while (its secondary rate limit).",
    `It is asked again at ${clock(retryAt)}; what is shown until then is of before.`,
    retryAt,
  );

export const gitHubUnreachable = (web: string, detail: string): GitHubFailure =>
  passing("gitHubUnreachable", `${web} can't be reached (${detail}).`, "Check the network; it is tried again.");

export const gitHubTlsRefused = (web: string, detail: string): GitHubFailure =>
  final(
    "gitHubTlsRefused",
    `No trusted TLS connection to ${web} (${detail}).`,
    "If a proxy or a server of your own stands there, let this machine trust its certificate.",
  );

export const gitHubFailed = (web: string, status: number): GitHubFailure =>
  passing("gitHubFailed", `${web} answers ${status}.`, "It is tried again; githubstatus.com tells of known troubles.");

export const notGitHub = (web: string, saw: string): GitHubFailure =>
  final(
    "notGitHub",
    `${web} answers, but not as GitHub's REST API (${saw}).`,
    "Check the setting runglass.github.url; for a server of your own it is the address of its pages.",
  );

export const artifactGone = (): GitHubFailure =>
  final(
    "artifactGone",
    "GitHub no longer has this artifact: it has expired or was deleted.",
    "Run the session again, or open a copy of its log that you have saved.",
  );

export const artifactTooLarge = (size: number, most: number): GitHubFailure =>
  final(
    "artifactTooLarge",
    `This artifact has ${Math.ceil(size / 1e6)} MB; at most ${Math.floor(most / 1e6)} MB are fetched.`,
    "Raise the setting runglass.liveCopy.maxSizeMB, or download it from the run's page.",
  );

export const artifactAltered = (): GitHubFailure =>
  final(
    "artifactAltered",
    "What came is not the artifact that GitHub tells of: its checksum is another one.",
    "Try again; if it stays so, something between here and GitHub alters what comes, such as a proxy.",
  );

export const artifactNotWritten = (detail: string): GitHubFailure =>
  final(
    "artifactNotWritten",
    `The artifact can't be written to the disk (${detail}).`,
    "Free space on the disk that holds VS Code's data.",
  );
