import { readEndpoints } from "../../model/endpoints.ts";
import { replaceSpan } from "../../model/edits.ts";
import type { Rule } from "../rule.ts";
import { eachMonitor } from "./support.ts";

export const swallowedEntries: Rule = {
  id: "runglass/swallowed-entries",
  severity: "error",
  title: "A comment swallows the entries behind it",
  why: "`>` folds the lines of a list into one before Runglass reads it, and a comment goes on to the end of its line: all that stands below it is gone. `|` keeps the lines.",
  fix: "`|` in the place of `>`. None in a scalar of another style, which has no lines to keep.",
  wrong: "allowed-endpoints: >\n  pypi.org # the index\n  github.com",
  right: "allowed-endpoints: |\n  pypi.org # the index\n  github.com",
  check: eachMonitor(({ list, dialect }, { text }) => {
    if (list === undefined || dialect !== "runglass" || list.style === "literal") return undefined;
    const { comments, entries } = readEndpoints(list, text);
    const [first] = comments;
    const lost = first === undefined ? [] : entries.filter(({ start }) => start > first.start);
    if (first === undefined || lost.length === 0) return undefined;
    const { start } = list.header;
    const isFolded = list.style === "folded";
    const fix = { title: "Keep the lines: | in place of >", edits: [replaceSpan({ start, end: start + 1 }, "|")] };
    const what = lost.length === 1 ? "the entry" : `the ${lost.length} entries`;
    const message = `the lines are folded into one, so this comment swallows ${what} behind it`;
    return { ...first, message, fixes: isFolded ? [fix] : [] };
  }),
};
