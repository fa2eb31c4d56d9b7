// Where a comment goes: on a line of the pull request's diff where it is sure which, else on the pull request as a whole. Pure.
import type { Decision } from "../relatedDiff/decision.ts";
import type { PullName, ReviewPlace } from "../github/model.ts";

export interface CommentTarget {
  readonly pull: PullName;
  /** Undefined for the pull request as a whole. */
  readonly place: ReviewPlace | undefined;
}

/** `head`: the commit whose diff was looked at. */
export const reviewPlace = (decision: Decision, head: string): ReviewPlace | undefined => {
  if (decision.kind !== "open") return undefined;
  const { path, line, side, commit } = decision.candidate;
  // What only a commit has is no line of the pull request's diff.
  return line === undefined || commit !== undefined ? undefined : { commit: head, path, line, side };
};

/** `octo-org/receipt-ocr#7, at requirements.txt:3` */
export const targetName = ({ pull, place }: CommentTarget): string => {
  const name = `${pull.owner}/${pull.name}#${pull.number}`;
  return place === undefined
    ? name
    : `${name}, at ${place.path}:${place.line}${place.side === "left" ? " (removed)" : ""}`;
};
