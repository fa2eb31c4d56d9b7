// What is put on the clipboard. Texts are the real ones, not the ones made visible, except where a terminal would act on
// them.
import { endpointText, protocolName } from "../model/applyNet.ts";
import { kindOf, kinds, NONE, type Kind } from "../model/rowKinds.ts";
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

const address = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:.]*:[0-9a-f:.]*)$/i;

/** Where a request went, by its own words: the port that it names, or that of its scheme. */
const portOfRequest = (model: RunModel, note: number): number => {
  const authority = /^\S+ ([^/?#]*)/.exec(model.text(model.notes.label[note]))?.[1] ?? "";
  const named = /(?:^\[[^\]]*\]|^[^:]*):(\d{1,5})$/.exec(authority)?.[1];
  if (named !== undefined) return Number(named);
  return model.text(model.notes.detail[note]).endsWith(", not encrypted") ? 80 : 443;
};

/** Of what has a host and no connection of its own: a request, a question to DNS, what the agent's firewall has blocked. */
const entryOfNote = (model: RunModel, row: number, kind: Kind): string | undefined => {
  if (kind !== kinds.http && kind !== kinds.dns && kind !== kinds.firewall) return undefined;
  const note = model.rows.ref[row] ?? 0;
  const host = model.text(model.notes.host[note]).replace(/\.$/, "");
  if (!hostName.test(host) && !address.test(host)) return undefined;
  const port = kind === kinds.http ? portOfRequest(model, note) : 443;
  return port >= 1 && port <= 65_535 ? endpointText(host, port) : undefined;
};

/** `host:port` as an egress policy has it; the address where the name is unknown or could not stand in a policy. */
export const policyEntry = (model: RunModel, row: number): string | undefined => {
  const ref = model.rows.ref[row] ?? 0;
  const tag = model.rows.tag[row] ?? 0;
  const kind = kindOf(tag);
  if (kind !== kinds.net) return entryOfNote(model, row, kind);
  const host = model.text(model.flows.host[ref]);
  const entry = endpointText(hostName.test(host) ? host : model.text(model.flows.ip[ref]), model.flows.port[ref] ?? 0);
  return protocolName(tag) === "udp" ? `${entry}/udp` : entry;
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
