// What goes wrong where something is written: the same troubles as where it is read, with another next step. Nothing is tried again
// by itself, and where no answer came nobody knows whether it was written.
import type { GitHubFailure } from "./failures.ts";

const MAY_WRITE =
  "Use a token with the permission Pull requests (read and write), or sign in with an account that may; your text is kept.";

const clock = (at: number): string =>
  new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** `what`: “comment on pull request o/r#7”. */
export const failureOfWriting = (failure: GitHubFailure, what: string): GitHubFailure => {
  switch (failure.code) {
    case "permissionMissing":
      return {
        ...failure,
        code: "writeRefused",
        reason: `This sign-in or token may not write a ${what}, or the conversation there is locked.`,
        action: MAY_WRITE,
      };
    case "notThere":
      return {
        ...failure,
        code: "writeRefused",
        reason: `GitHub has no place for a ${what}, or this sign-in or token may not write there.`,
        action: MAY_WRITE,
      };
    case "refused":
      return { ...failure, code: "writeInvalid", action: "Change the text, and send it again; it is kept." };
    case "ssoAsked":
      return { ...failure, action: "Authorise it on the organisation's page, then send it again; your text is kept." };
    case "rateLimited":
    case "slowDownAsked":
      return { ...failure, action: `Send it again after ${clock(failure.retryAt ?? 0)}; your text is kept.` };
    case "gitHubUnreachable":
    case "gitHubFailed":
    case "notGitHub":
      return {
        ...failure,
        code: "writeUnknown",
        reason: `${failure.reason} Whether it has taken the ${what} is not known.`,
        action: "Look at the pull request before you send it again; your text is kept.",
      };
    default:
      return failure;
  }
};
