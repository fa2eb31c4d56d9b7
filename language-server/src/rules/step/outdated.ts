import { eachPolicy } from "../policy/support.ts";
import { textAt } from "../../yaml/span.ts";
import { replaceSpan } from "../../model/edits.ts";
import type { Rule } from "../rule.ts";

/** From which version on each known way around the agent is closed, the newest first. */
const ADVISORIES: readonly (readonly [version: readonly [number, number, number], what: string])[] = [
  [[2, 16, 0], "DNS over TCP and over HTTPS go around a block (CVE-2026-32946, CVE-2026-32947)"],
  [[2, 14, 2], "what sendto, sendmsg and sendmmsg send over UDP is not logged (CVE-2026-25598)"],
  [[2, 12, 0], "disable-sudo can be undone by way of Docker (CVE-2025-32955)"],
  [[2, 10, 2], "commands can be put into the set-up by variables (CVE-2024-52587)"],
];

/** The newest release that was looked at. */
const NEWEST = "v2.20.0";

const isBefore = (a: readonly number[], b: readonly number[]): boolean => {
  for (const [at, number] of b.entries()) if ((a[at] ?? 0) !== number) return (a[at] ?? 0) < number;
  return false;
};

export const outdated: Rule = {
  id: "step/outdated",
  severity: "hint",
  title: "This version has known ways around it",
  why: "Ways around the agent that are published, and closed in later versions.",
  wrong: "uses: step-security/harden-runner@v2.8.0",
  right: "uses: step-security/harden-runner@v2.20.0",
  check: eachPolicy(({ step }, { text }) => {
    if (step.uses === undefined) return undefined;
    const comment = step.uses.lineComment;
    const value = step.uses.value.trim();
    const ref = value.slice(value.indexOf("@") + 1);
    const said = /^[0-9a-f]{40}$/i.test(ref) ? (comment === undefined ? "" : textAt(text, comment)) : ref;
    const [, major, minor, patch] = /\bv(\d+)(?:\.(\d+))?(?:\.(\d+))?\b/.exec(said) ?? [];
    // A moving tag such as v2 is what is newest of it.
    if (major === undefined || (minor === undefined && Number(major) >= 2)) return undefined;
    const version = [Number(major), Number(minor ?? 0), Number(patch ?? 0)];
    const [fixed, what] = ADVISORIES.find(([since]) => isBefore(version, since)) ?? [];
    if (fixed === undefined) return undefined;
    // Of a pinned commit nobody knows here which one the newest release is.
    const at = step.uses.content.start + value.indexOf("@") + 1;
    const isTag = said === ref;
    const newest = {
      title: `Use ${NEWEST}`,
      edits: [replaceSpan({ start: at, end: at + ref.length }, NEWEST)],
      unsafe: true,
    };
    return { ...step.uses.content, message: `before v${fixed.join(".")}, ${what}`, fixes: isTag ? [newest] : [] };
  }),
};
