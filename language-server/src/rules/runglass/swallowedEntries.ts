import { readEndpoints } from "../../model/endpoints.ts";
import { replaceSpan } from "../../model/edits.ts";
import { distinctLists } from "../../model/monitorSteps.ts";
import type { Finding, Rule } from "../rule.ts";

export const swallowedEntries: Rule = {
  id: "runglass/swallowed-entries",
  severity: "error",
  title: "A comment swallows the entries behind it",
  why: "`>` folds the lines of a list into one before Runglass reads it, and a comment goes on to the end of its line: all that stands below it is gone. `|` keeps the lines.",
  fix: "`|` in the place of `>`. None in a scalar of another style, which has no lines to keep.",
  wrong: "allowed-endpoints: >\n  pypi.org # the index\n  github.com",
  right: "allowed-endpoints: |\n  pypi.org # the index\n  github.com",
  *check({ monitors, text }): Iterable<Finding> {
    for (const { list, dialect } of distinctLists(monitors)) {
      if (list === undefined || dialect !== "runglass" || list.style === "literal") continue;
      const { comments, entries } = readEndpoints(list, text);
      const [first] = comments;
      const lost = first === undefined ? [] : entries.filter(({ start }) => start > first.start);
      if (first === undefined || lost.length === 0) continue;
      const { start } = list.header;
      const fix = { title: "Keep the lines: | in place of >", edits: [replaceSpan({ start, end: start + 1 }, "|")] };
      const what = lost.length === 1 ? "the entry" : `the ${lost.length} entries`;
      const message = `the lines are folded into one, so this comment swallows ${what} behind it`;
      yield { ...first, message, fixes: list.style === "folded" ? [fix] : [] };
    }
  },
};
