// What each kind of copying puts on the clipboard for a row of a session.
import type { Session } from "./session.ts";
import { cellText, type ColumnName, commandLine, policyEntry, rowAsJson, rowAsText } from "./text/copyAs.ts";
import { describeRow } from "./text/describeRow.ts";

export type CopyAs = "cell" | "row" | "commandLine" | "json" | "policyEntry";

/** Names for the confirmation. */
export const copyNames: { readonly [C in CopyAs]: string } = {
  cell: "cell",
  row: "row",
  commandLine: "command line",
  json: "JSON",
  policyEntry: "policy entry",
};

/** The text, or undefined where the row has no such thing. `column` is the cell that "cell" means. */
export const copyText = (session: Session, row: number, as: CopyAs, column: ColumnName): string | undefined => {
  const { model, raw } = session;
  switch (as) {
    case "cell":
      return cellText(describeRow(model, row, 0), column);
    case "row":
      return rowAsText(describeRow(model, row, 0));
    case "commandLine":
      return commandLine(model, row);
    case "json":
      return rowAsJson(model, raw, row);
    case "policyEntry":
      return policyEntry(model, row);
  }
};
