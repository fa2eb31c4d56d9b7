// What is done about the lines that were found for an event: go there, let the user choose, or say that there are none.
import { CONFIDENT, type Candidate } from "../diff/changes.ts";
import type { Relation } from "../diff/relate.ts";

export type Decision =
  | { readonly kind: "open"; readonly candidate: Candidate; readonly others: number }
  | { readonly kind: "choose"; readonly candidates: readonly Candidate[] }
  /** `commit`: what it went into by its time, which is all that is known. */
  | { readonly kind: "none"; readonly why: string; readonly commit: Candidate | undefined };

/** A second one that is this near is as good. */
const CLOSE = 0.05;

export const decide = ({ candidates, none }: Relation): Decision => {
  const [best, next] = candidates;
  if (best === undefined || none !== undefined) {
    return { kind: "none", why: none ?? "Nothing in this change has to do with it.", commit: best };
  }
  const isClear = next === undefined || best.score - next.score > CLOSE;
  if (best.score >= CONFIDENT && isClear) return { kind: "open", candidate: best, others: candidates.length - 1 };
  return { kind: "choose", candidates };
};

/** `87 %` */
export const confidence = ({ score }: Candidate): string => `${Math.round(score * 100)} %`;
