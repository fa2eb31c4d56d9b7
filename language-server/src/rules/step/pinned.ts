// The commit that a file already has for the version which another step names by a tag.
import { replaceSpan } from "../../model/edits.ts";
import type { ScalarText } from "../../yaml/scalarText.ts";
import type { Fix } from "../rule.ts";

/** `sha # tag`, where the same Action is pinned so for this very tag, or for a release of it. */
export const pinnedReference = (text: string, value: string): string | undefined => {
  const at = value.indexOf("@");
  const [action, tag] = [value.slice(0, at), value.slice(at + 1)];
  if (at < 0 || !/^v\d+(?:\.\d+)*$/.test(tag)) return undefined;
  const pins = [...text.matchAll(/\buses:[ \t]*["']?([\w./-]+)@([0-9a-f]{40})["']?[ \t]+#[ \t]*(v\d[\w.]*)/gi)];
  const pin = pins.find(
    ([, other = "", , version = ""]) =>
      other.toLowerCase() === action.toLowerCase() && (version === tag || version.startsWith(`${tag}.`)),
  );
  return pin === undefined ? undefined : `${pin[2] ?? ""} # ${pin[3] ?? ""}`;
};

/** Writes it behind the @, with the comment that names the version in the place of the one that is there. */
export const pinTo = (uses: ScalarText, pinned: string): Fix => {
  const [sha = "", comment = ""] = pinned.split(/(?= #)/);
  const start = uses.content.start + uses.value.trim().indexOf("@") + 1;
  const edits = [replaceSpan({ start, end: uses.content.end }, sha)];
  const { end } = uses.span;
  if (uses.lineComment === undefined) edits.push(replaceSpan({ start: end, end }, comment));
  return { title: `Pin it to ${sha.slice(0, 7)}, as elsewhere in this file`, edits, unsafe: true };
};
