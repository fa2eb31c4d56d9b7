// What each kind of copying puts on the clipboard for a row of the view that is looked at.
import type { Session } from "./session.ts";
import { ROOT } from "./model/rowKinds.ts";
import { cellText, type ColumnName, groupAsJson, rowAsJson, rowAsText } from "./text/copyAs.ts";
import { commandLines, describeViewDetails, describeViewRow } from "./text/describeRun.ts";
import { policyEntries } from "./text/policyEntries.ts";
import { allowlistEntries, curlCommand, requestEntry } from "./text/requestText.ts";

export type CopyAs = "cell" | "row" | "commandLine" | "json" | "policyEntry" | "allowlistEntry" | "curl";

/** Names for the confirmation. */
export const copyNames: { readonly [C in CopyAs]: string } = {
  cell: "cell",
  row: "row",
  commandLine: "command line",
  json: "JSON",
  policyEntry: "policy entry",
  allowlistEntry: "allowlist entry",
  curl: "curl command",
};

/** The text, or undefined where the row has no such thing. `column` is the cell that "cell" means. */
export const copyText = (session: Session, row: number, as: CopyAs, column: ColumnName): string | undefined => {
  const { model, raw } = session;
  const { view } = session;
  const { tree } = view;
  const shown = tree.modelRow(row);
  switch (as) {
    case "cell":
      return cellText(describeViewRow(view, row, 0), column);
    case "row":
      return rowAsText(describeViewRow(view, row, 0));
    case "commandLine":
      return shown === ROOT ? undefined : commandLines(view, row);
    case "json":
      return shown === ROOT || view.folds(row) > 0
        ? groupAsJson(describeViewDetails(view, row))
        : rowAsJson(model, raw, shown);
    case "policyEntry":
      return (shown === ROOT ? undefined : requestEntry(model, raw, shown)) ?? policyEntries(tree, row);
    case "allowlistEntry": {
      const entries = policyEntries(tree, row);
      return entries === undefined ? undefined : allowlistEntries(entries);
    }
    case "curl":
      return shown === ROOT ? undefined : curlCommand(model, raw, shown);
  }
};
