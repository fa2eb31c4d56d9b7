import { replaceSpan, removeFromList } from "../../model/edits.ts";
import { lineAt, lineEndOf, textAt, type Span } from "../../yaml/span.ts";
import type { FileContext, Finding, Fix, ListContext, Rule } from "../rule.ts";

/** The line of the key that the list belongs to: that of the block's header, or of the scalar's start. */
const moveAbove = (text: string, { list }: ListContext, comment: Span): Fix => {
  const key = lineAt(text, list.scalar.span.start);
  const indent = /^[ \t]*(?:- +)?/.exec(textAt(text, key))?.[0].replace("-", " ") ?? "";
  const words = textAt(text, comment).replaceAll(/\s+/g, " ");
  const above = replaceSpan({ start: key.start, end: key.start }, `${indent}${words}${lineEndOf(text)}`);
  return { title: "Move the comment above the key", joins: true, edits: [above, removeFromList(text, list, comment)] };
};

export const commentInList: Rule = {
  id: "endpoint/comment-in-list",
  severity: "error",
  title: "A comment inside of the list is read as hosts",
  why: "Inside of a scalar `#` begins no comment: `#` and each word behind it are hosts to the agent, which cannot resolve them and takes its enforcement back.",
  fix: "The comment moves above the list's key.",
  wrong: "allowed-endpoints: >\n  npm.pkg.github.com:443 # npm",
  right: "# npm\nallowed-endpoints: >\n  npm.pkg.github.com:443",
  *check({ text, lists }: FileContext): Iterable<Finding> {
    const message =
      "a list has no comments: the agent takes each of these words for a host, and gives up all enforcement";
    for (const context of lists) {
      for (const comment of context.list.comments) {
        yield { start: comment.start, end: comment.end, message, fixes: [moveAbove(text, context, comment)] };
      }
    }
  },
};
