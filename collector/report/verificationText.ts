// What came of checking a log, in a sentence.
import type { Verification } from "./logVerifier.ts";

const count = (n: number, one: string): string => `${n.toLocaleString("en-US")} ${one}${n === 1 ? "" : "s"}`;

/** How far a log holds that does not hold to its end. */
const heldText = ({ sealedTo, seals, lines, lastSeal }: Verification): string => {
  if (lastSeal === undefined) return "no seal before it holds, so no line is known to be as it was written";
  const more = lines - sealedTo;
  const unsealed = more === 0 ? "" : `; ${count(more, "line")} after that ${more === 1 ? "is" : "are"} not sealed`;
  return `it holds up to line ${sealedTo} (${count(seals, "seal")}, the last ${lastSeal})${unsealed}`;
};

const verdictText = (verification: Verification): string => {
  const { verdict, lines, seals, lastSeal, problem } = verification;
  switch (verdict) {
    case "whole":
      return `it holds: ${count(lines, "line")} from run.start to run.end, ${count(seals, "seal")}, the last ${lastSeal}`;
    case "unsealed": {
      const cut = problem === undefined ? "" : `line ${problem.line}: ${problem.reason}; `;
      return `${cut}it has no seals: ${count(lines, "line")} numbered without a gap, but nothing shows if one was altered`;
    }
    case "cut":
    case "broken":
      return `line ${problem?.line}: ${problem?.reason}; ${heldText(verification)}`;
  }
};

/** One line of text; `sought` is the seal that was asked for. */
export const describeVerification = (verification: Verification, sought?: string): string => {
  const text = verdictText(verification);
  if (sought === undefined) return text;
  const { soughtLine } = verification;
  return soughtLine === undefined
    ? `it has no seal ${sought} that holds, so it is not the log of which that was seen; ${text}`
    : `${text}; the seal asked for is there and covers up to line ${soughtLine}`;
};
