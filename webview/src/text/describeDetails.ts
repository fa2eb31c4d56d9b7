// What the details pane says about a row, as plain data. Texts here are raw; the pane makes them visible and caps them.
import { protocolName, verdictNames } from "../model/applyNet.ts";
import { EXITED, flag, kindOf, kinds, type Kind, mark, NONE, opBits } from "../model/rowKinds.ts";
import type { RunModel } from "../model/runModel.ts";
import { chainOf, type DetailLink } from "./chain.ts";
import { containerTexts } from "./container.ts";
import { describeRow, wasAskedForNames } from "./describeRow.ts";
import { formatBytes, formatCount, formatDuration, plural } from "./format.ts";
import { toolOfRow } from "./origin.ts";
import { signalName } from "./signals.ts";
import { exactWhen } from "./when.ts";

export type DetailField =
  | { readonly kind: "text"; readonly label: string; readonly value: string; readonly code: boolean }
  | { readonly kind: "list"; readonly label: string; readonly items: readonly string[] }
  | { readonly kind: "links"; readonly label: string; readonly links: readonly DetailLink[] };

export interface Details {
  readonly title: string;
  readonly icon: string;
  readonly fields: readonly DetailField[];
}

const MAX_ARGUMENTS = 500;

const text = (label: string, value: string): DetailField => ({ kind: "text", label, value, code: false });
const code = (label: string, value: string): DetailField => ({ kind: "text", label, value, code: true });

const when = (model: RunModel, row: number, label: string, t: number): DetailField =>
  text(label, exactWhen(model, row, t));

const bytesField = (label: string, sent: number, received: number): DetailField[] =>
  sent + received === 0 ? [] : [text(label, `sent ${formatBytes(sent)}, received ${formatBytes(received)}`)];

const processFields = (model: RunModel, row: number, ref: number): DetailField[] => {
  const p = model.processes;
  const argvText = model.text(p.argv[ref]);
  const argv = argvText === "" ? [] : argvText.split("\0");
  const marks = p.marks[ref] ?? 0;
  const shown = argv.slice(0, MAX_ARGUMENTS);
  if (argv.length > MAX_ARGUMENTS) shown.push(`… ${plural(argv.length - MAX_ARGUMENTS, "more argument")}`);
  const fields: DetailField[] = [];
  if (argv.length > 0) fields.push({ kind: "list", label: "Command line", items: shown });
  if ((marks & mark.truncated) !== 0)
    fields.push(text("Note", "The arguments were longer than the collector's cap and are cut."));
  fields.push(code("Program", model.text(p.exe[ref])), code("Directory", model.text(p.cwd[ref])));
  fields.push(text("Process", `pid ${p.pid[ref] ?? 0}, parent pid ${p.ppid[ref] ?? 0}, id ${model.text(p.id[ref])}`));
  const user = model.text(p.user[ref]);
  fields.push(text("User", user === String(p.uid[ref] ?? 0) ? `uid ${user}` : `${user}, uid ${p.uid[ref] ?? 0}`));
  fields.push(when(model, row, (marks & mark.existing) !== 0 ? "First seen" : "Started", model.rows.time[row] ?? 0));
  if (p.state[ref] === EXITED) {
    const signal = p.signal[ref] ?? 0;
    fields.push(
      when(model, row, "Ended", model.rows.until[row] ?? 0),
      text("Duration", formatDuration(p.durationUs[ref] ?? 0)),
    );
    fields.push(text("Exit", signal === 0 ? `code ${p.code[ref] ?? 0}` : `ended by ${signalName(signal)} (${signal})`));
  }
  if (p.before[ref] !== NONE) fields.push(text("Program note", "run by the same process after the one above it"));
  if ((p.execs[ref] ?? 0) > 1)
    fields.push(text("Programs", `ran ${p.execs[ref]} programs one after another; the last one is shown`));
  if ((marks & mark.forked) !== 0) fields.push(text("Program note", "forked, still running its parent's program"));
  fields.push(...bytesField("Network bytes", p.sent[ref] ?? 0, p.received[ref] ?? 0));
  fields.push(
    text(
      "Below it",
      [
        plural(p.startedProcesses[ref] ?? 0, "process", "processes"),
        plural(p.flows[ref] ?? 0, "destination"),
        plural(p.files[ref] ?? 0, "file row"),
      ].join(", "),
    ),
  );
  const container = containerTexts(model, ref);
  if (container.length > 0) fields.push({ kind: "list", label: "Container", items: container });
  const step = model.text(p.step[ref]);
  if (step !== "") {
    const left =
      ((model.rows.flags[row] ?? 0) & flag.detached) !== 0 ? " (detached: it left the step's process tree)" : "";
    const guess = (marks & mark.stepGuess) !== 0 ? ", likely: a client in this step asked for it" : "";
    const name = model.stepName(p.step[ref] ?? 0);
    fields.push(text("Step", `${name === step ? step : `${name} (${step})`}${guess === "" ? left : guess}`));
  }
  const tool = toolOfRow(model, row);
  if (tool !== undefined) {
    const id = model.text(p.tool[ref]);
    const guess = tool.isGuess ? ", the likeliest of several that were open" : "";
    fields.push(text("Tool call", `${tool.text === id ? id : `${tool.text} (${id})`}${guess}`));
  }
  return fields;
};

const hostSources: Readonly<Record<string, string>> = {
  dns: "from a DNS answer seen before",
  sni: "from the TLS handshake",
  http: "from the request",
  proxy: "from the proxy",
};

const unnamed = (model: RunModel, row: number): string =>
  wasAskedForNames(model, row)
    ? "not known: questions for names went to this address, nobody asked for its own"
    : "not known: no DNS answer for this address was seen";

const netFields = (model: RunModel, row: number, ref: number): DetailField[] => {
  const flows = model.flows;
  const host = model.text(flows.host[ref]);
  const source = hostSources[model.text(flows.hostSource[ref])] ?? "";
  const count = model.rows.hits[row] ?? 0;
  const failed = flows.failed[ref] ?? 0;
  const fields: DetailField[] = [
    code("Host", host === "" ? unnamed(model, row) : `${host}${source && ` (${source})`}`),
    code("Address", model.text(model.rows.keyB[row])),
    text("Protocol", protocolName(model.rows.tag[row] ?? 0).toUpperCase()),
    text(
      "Connections",
      [
        formatCount(count),
        `${formatCount(flows.open[ref] ?? 0)} open`,
        `${formatCount(flows.pending[ref] ?? 0)} waiting`,
        `${formatCount(failed)} failed${failed > 0 ? ` (${model.text(flows.error[ref])})` : ""}`,
      ].join(", "),
    ),
  ];
  const verdict = verdictNames[flows.verdict[ref] ?? 0] ?? "";
  if (verdict !== "") fields.push(text("Verdict", verdict));
  const rule = model.text(flows.rule[ref]);
  if (rule !== "") fields.push(code("Rule", rule));
  const allowedBy = model.text(flows.allowedBy[ref]);
  if (allowedBy !== "") fields.push(code("Would be allowed by", allowedBy));
  const firewall = model.text(flows.firewall[ref]);
  if (firewall !== "") fields.push(text("Agent's firewall", firewall));
  fields.push(...bytesField("Bytes", flows.sent[ref] ?? 0, flows.received[ref] ?? 0));
  if ((flows.durationUs[ref] ?? 0) > 0) fields.push(text("Time open", formatDuration(flows.durationUs[ref] ?? 0)));
  return fields;
};

const fileFields = (model: RunModel, row: number): DetailField[] => {
  const rows = model.rows;
  const directory = model.text(rows.keyA[row]);
  const path = `${directory === "/" ? "" : directory}/${model.text(rows.keyB[row])}`;
  const ops = Object.entries(opBits)
    .filter(([, bit]) => ((rows.state[row] ?? 0) & bit) !== 0)
    .map(([op]) => op);
  const from = model.text(rows.ref[row]);
  const fields = [
    code("Path", path),
    text("Operations", `${ops.join(", ")} (${formatCount(rows.hits[row] ?? 1)} in all)`),
  ];
  if (from !== "") fields.push(code("From", from));
  if (((rows.flags[row] ?? 0) & flag.partial) !== 0) {
    const why = "its front is cut off, it is in a tree that is mounted nowhere, or a name could not be read";
    fields.push(text("Note", `A path is not whole: ${why}.`));
  }
  return fields;
};

const groupFields = (model: RunModel, row: number, kind: Kind): DetailField[] => {
  const rows = model.rows;
  const what = kind === kinds.files ? "file row" : "destination";
  const fields = [text("Folded", `${plural(rows.children[row] ?? 0, what)}, ${plural(rows.hits[row] ?? 0, "event")}`)];
  if (kind === kinds.files) fields.push(code("Below", model.text(rows.keyA[row])));
  return fields;
};

const noteVerdicts: Readonly<Record<number, string>> = {
  [kinds.dns]: "the policy would refuse this question",
  [kinds.http]: "no entry of the policy expects this request",
};

const noteFields = (model: RunModel, row: number, ref: number, kind: Kind): DetailField[] => {
  const notes = model.notes;
  const hits = model.rows.hits[row] ?? 1;
  const fields = [code("What", model.text(notes.label[ref])), code("Detail", model.text(notes.detail[ref]))];
  const result = model.text(notes.result[ref]);
  if (result !== "") fields.push(code("Result", result));
  const flags = model.rows.flags[row] ?? 0;
  if ((flags & flag.denied) !== 0) fields.push(text("Verdict", "blocked"));
  else if ((flags & flag.wouldBlock) !== 0) fields.push(text("Verdict", noteVerdicts[kind] ?? "would block"));
  fields.push(text(kind === kinds.loss ? "Lost" : "Times", plural(hits, "event")));
  return fields;
};

const timeFields = (model: RunModel, row: number): DetailField[] => {
  const first = model.rows.time[row] ?? 0;
  const last = model.rows.until[row] ?? 0;
  return first === last
    ? [when(model, row, "Time", first)]
    : [when(model, row, "First", first), when(model, row, "Last", last)];
};

/** Everything about `row` but its raw event. */
export const describeDetails = (model: RunModel, row: number): Details => {
  const kind = kindOf(model.rows.tag[row] ?? 0);
  const ref = model.rows.ref[row] ?? 0;
  const { label, icon } = describeRow(model, row, 0);
  const chain = chainOf(model, row);
  const fields: DetailField[] = chain.length === 0 ? [] : [{ kind: "links", label: "Chain", links: chain }];
  if (kind === kinds.process) fields.push(...processFields(model, row, ref));
  else {
    if (kind === kinds.net) fields.push(...netFields(model, row, ref));
    else if (kind === kinds.file) fields.push(...fileFields(model, row));
    else if (kind === kinds.files || kind === kinds.connections) fields.push(...groupFields(model, row, kind));
    else fields.push(...noteFields(model, row, ref, kind));
    fields.push(...timeFields(model, row));
  }
  const folded = model.rows.folded[row] ?? 0;
  if (folded > 0) {
    fields.push(
      text("Counted only", `${plural(folded, "event")} got no row, because the monitor was full; the log has them`),
    );
  }
  return { title: label, icon, fields };
};
