// What is put on the clipboard. Texts are the real ones, not the ones made visible, except where a terminal would act on
// them.
import { endpointText } from "../model/applyNet.ts";
import { kindOf, kinds, NONE } from "../model/rowKinds.ts";
import type { RunModel } from "../model/runModel.ts";
import type { RawLines } from "../model/rawLines.ts";
import { describeDetails, type Details } from "./describeDetails.ts";
import type { RowText } from "./describeRow.ts";
import { shellCommand } from "./shellQuote.ts";
import { escapeHidden } from "./visibleText.ts";

export const columnNames = ["name", "result", "time", "duration", "bytes"] as const;
export type ColumnName = (typeof columnNames)[number];

/** The text of one cell. */
export const cellText = (row: RowText, column: ColumnName): string => {
  switch (column) {
    case "name":
      return [row.label, row.description].filter((part) => part !== "").join(" ");
    case "result":
      return row.result;
    case "time":
      return `${row.clock} ${row.offset}`;
    case "duration":
      return row.duration;
    case "bytes":
      return row.bytes;
  }
};

/** One line, cells separated by tabs: pastes into a sheet. */
export const rowAsText = (row: RowText): string =>
  columnNames.map((column) => escapeHidden(cellText(row, column))).join("\t");

/** The command line of the row's process, or undefined where none is known. */
export const commandLine = (model: RunModel, row: number): string | undefined => {
  const owner = model.rows.owner[row] ?? NONE;
  const argv = owner === NONE ? "" : model.text(model.processes.argv[owner]);
  return argv === "" ? undefined : shellCommand(argv.split("\0"));
};

const hostName = /^[a-z0-9](?:[a-z0-9_.-]{0,252}[a-z0-9])?$/i;

/** `host:port` as an egress policy has it; the address where the name is unknown or could not stand in a policy. */
export const policyEntry = (model: RunModel, row: number): string | undefined => {
  const ref = model.rows.ref[row] ?? 0;
  if (kindOf(model.rows.tag[row] ?? 0) !== kinds.net) return undefined;
  const host = model.text(model.flows.host[ref]);
  return endpointText(hostName.test(host) ? host : model.text(model.flows.ip[ref]), model.flows.port[ref] ?? 0);
};

const plainDetails = (details: Details): Record<string, unknown> => {
  const out: Record<string, unknown> = {};
  for (const field of details.fields) {
    out[field.label] =
      field.kind === "text"
        ? field.value
        : field.kind === "list"
          ? field.items
          : field.links.map(({ what, text }) => (what === "" ? text : `${what} ${text}`));
  }
  return out;
};

export interface RawEvent {
  readonly seq: number;
  /** The line as it stands in the log; undefined where the page no longer has it. */
  readonly line: string | undefined;
}

/** The first and the last event of a row. */
export const rawEvents = (model: RunModel, raw: RawLines, row: number): RawEvent[] => {
  const first = model.rows.firstSeq[row] ?? 0;
  const last = model.rows.lastSeq[row] ?? 0;
  const seqs = first === last ? [first] : [first, last];
  return seqs.map((seq) => ({ seq, line: raw.find(seq) }));
};

/** The row's event as JSON; where the page no longer has it, what it knows of the row. */
export const rowAsJson = (model: RunModel, raw: RawLines, row: number): string => {
  const [first] = rawEvents(model, raw, row);
  if (first?.line === undefined) {
    return JSON.stringify({ seq: first?.seq, ...plainDetails(describeDetails(model, row)) }, null, 2);
  }
  try {
    return JSON.stringify(JSON.parse(first.line), null, 2);
  } catch {
    return first.line;
  }
};

/** What is known of a group as JSON: no event stands for it. */
export const groupAsJson = (details: Details): string =>
  JSON.stringify({ name: details.title, ...plainDetails(details) }, null, 2);
