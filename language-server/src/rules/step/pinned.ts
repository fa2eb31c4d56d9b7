// The commit that a file already has for the version which another step names by a tag.
import { replaceSpan } from "../../model/edits.ts";
import type { ScalarText } from "../../yaml/scalarText.ts";
import type { Fix } from "../rule.ts";

type Pins = readonly { readonly action: string; readonly sha: string; readonly version: string }[];

/** Of the text that was asked for last: each step of a file asks. */
let last: { readonly text: string; readonly pins: Pins } = { text: "", pins: [] };

const pinsOf = (text: string): Pins => {
  if (last.text === text) return last.pins;
  const found = text.matchAll(/\buses:[ \t]*["']?([\w./-]+)@([0-9a-f]{40})["']?[ \t]+#[ \t]*(v\d[\w.]*)/gi);
  const pins = [...found].map(([, action = "", sha = "", version = ""]) => ({
    action: action.toLowerCase(),
    sha,
    version,
  }));
  last = { text, pins };
  return pins;
};

/** `sha # tag`, where the same Action is pinned so for this very tag, or for a release of it. */
export const pinnedReference = (text: string, value: string): string | undefined => {
  const at = value.indexOf("@");
  const [action, tag] = [value.slice(0, at), value.slice(at + 1)];
  if (at < 0 || !/^v\d+(?:\.\d+)*$/.test(tag)) return undefined;
  const wanted = action.toLowerCase();
  const pin = pinsOf(text).find(
    (one) => one.action === wanted && (one.version === tag || one.version.startsWith(`${tag}.`)),
  );
  return pin === undefined ? undefined : `${pin.sha} # ${pin.version}`;
};

/** Writes it behind the @, with the comment that names the version where there is none; `why` this one, for the title. */
export const pinTo = (uses: ScalarText, pinned: string, why: string): Fix => {
  const [sha = "", comment = ""] = pinned.split(/(?= #)/);
  const start = uses.content.start + uses.value.trim().indexOf("@") + 1;
  const edits = [replaceSpan({ start, end: uses.content.end }, sha)];
  const { end } = uses.span;
  if (uses.lineComment === undefined) edits.push(replaceSpan({ start: end, end }, comment));
  return { title: `Pin it to ${sha.slice(0, 7)}, ${why}`, edits, unsafe: true };
};
