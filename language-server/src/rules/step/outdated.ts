import { eachPolicy } from "../policy/support.ts";
import { textAt } from "../../yaml/span.ts";
import { replaceSpan } from "../../model/edits.ts";
import type { ScalarText } from "../../yaml/scalarText.ts";
import type { Fix, Rule } from "../rule.ts";
import { NEWEST } from "./releases.ts";

/** From which version on each known way around the agent is closed, the newest first. */
const ADVISORIES: readonly (readonly [version: readonly [number, number, number], what: string])[] = [
  [[2, 16, 0], "DNS over TCP and over HTTPS go around a block (CVE-2026-32946, CVE-2026-32947)"],
  [[2, 14, 2], "what sendto, sendmsg and sendmmsg send over UDP is not logged (CVE-2026-25598)"],
  [[2, 12, 0], "disable-sudo can be undone by way of Docker (CVE-2025-32955)"],
  [[2, 10, 2], "commands can be put into the set-up by variables (CVE-2024-52587)"],
];

const SHA = /^[0-9a-f]{40}$/i;
const VERSION = /\bv(\d+)(?:\.(\d+))?(?:\.(\d+))?\b/;

const isBefore = (a: readonly number[], b: readonly number[]): boolean => {
  for (const [at, number] of b.entries()) if ((a[at] ?? 0) !== number) return (a[at] ?? 0) < number;
  return false;
};

/** Another version in the place of this one: a tag by its tag, a commit by its commit, with the version in the comment behind it. */
const bump = (uses: ScalarText, text: string, ref: string): Fix => {
  const [version, commit] = NEWEST;
  const isTag = !SHA.test(ref);
  const start = uses.content.start + uses.value.trim().indexOf("@") + 1;
  const edits = [replaceSpan({ start, end: start + ref.length }, isTag ? version : commit)];
  const comment = isTag ? undefined : uses.lineComment;
  const said = comment === undefined ? null : VERSION.exec(textAt(text, comment));
  if (comment !== undefined && said !== null) {
    const at = comment.start + said.index;
    edits.push(replaceSpan({ start: at, end: at + said[0].length }, version));
  }
  return { title: isTag ? `Use ${version}` : `Use the commit of ${version}`, edits, unsafe: true };
};

export const outdated: Rule = {
  id: "step/outdated",
  severity: "hint",
  title: "This version has known ways around it",
  why: "Ways around the agent that are published, and closed in later versions.",
  fix: "The newest release that was looked at: a tag for a tag, its commit for a commit, with the version in the comment behind it. Not applied unasked.",
  wrong: "uses: step-security/harden-runner@v2.8.0",
  right: "uses: step-security/harden-runner@v2.20.1",
  check: eachPolicy(({ step }, { text }) => {
    if (step.uses === undefined) return undefined;
    const comment = step.uses.lineComment;
    const value = step.uses.value.trim();
    const ref = value.slice(value.indexOf("@") + 1);
    const said = SHA.test(ref) ? (comment === undefined ? "" : textAt(text, comment)) : ref;
    const [, major, minor, patch] = VERSION.exec(said) ?? [];
    // A moving tag such as v2 is what is newest of it.
    if (major === undefined || (minor === undefined && Number(major) >= 2)) return undefined;
    const version = [Number(major), Number(minor ?? 0), Number(patch ?? 0)];
    const [fixed, what] = ADVISORIES.find(([since]) => isBefore(version, since)) ?? [];
    if (fixed === undefined) return undefined;
    return {
      ...step.uses.content,
      message: `before v${fixed.join(".")}, ${what}`,
      fixes: [bump(step.uses, text, ref)],
    };
  }),
};
