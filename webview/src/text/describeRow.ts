// What a row says in each column, as plain text: the grid shows it, copying copies it, a screen reader reads it.
import { endpointText, protocolName, verdictNames } from "../model/applyNet.ts";
import { EXITED, flag, kindOf, kinds, type Kind, mark, opBits, ROOT, UNSEEN } from "../model/rowKinds.ts";
import type { RunModel } from "../model/runModel.ts";
import { containerName, enteredContainer } from "./container.ts";
import { formatBytes, formatClock, formatCount, formatDuration, formatOffset, plural } from "./format.ts";
import { signalName } from "./signals.ts";

/** How a result looks; it always has its word too. */
export type Tone = "plain" | "quiet" | "bad" | "denied" | "warn" | "busy";

export interface RowText {
  readonly kind: Kind;
  readonly icon: string;
  /** What the icon means, for those who do not see it. */
  readonly iconLabel: string;
  readonly label: string;
  readonly description: string;
  readonly badge: string;
  readonly result: string;
  readonly tone: Tone;
  readonly clock: string;
  readonly offset: string;
  readonly duration: string;
  readonly bytes: string;
}

/** Raw text may be long; what a cell shows is capped where it is shown. */
const arguments_ = (argv: string): string => {
  const first = argv.indexOf("\0");
  return first < 0 ? "" : argv.slice(first + 1, first + 2000).replaceAll("\0", " ");
};

interface Parts {
  icon: string;
  iconLabel: string;
  label: string;
  description: string;
  badge?: string;
  result: string;
  tone: Tone;
  duration?: string;
  bytes?: string;
}

/** Bytes sent and received; empty for none. */
export const trafficText = (sent: number, received: number): string =>
  sent + received === 0 ? "" : `↑${formatBytes(sent)} ↓${formatBytes(received)}`;

/** ` ×9` behind what happened nine times. */
export const times = (count: number): string => (count > 1 ? ` ×${formatCount(count)}` : "");

/** What is counted on a row because the page had no room for rows of its own. */
const foldedText = (model: RunModel, row: number): string => {
  const folded = model.rows.folded[row] ?? 0;
  return folded > 0 ? `+${formatCount(folded)} counted only` : "";
};

const processParts = (model: RunModel, row: number, ref: number, nowT: number): Parts => {
  const p = model.processes;
  const state = p.state[ref];
  const marks = p.marks[ref] ?? 0;
  const isInside = (p.container[ref] ?? 0) !== 0;
  const badges = [];
  if (((model.rows.flags[row] ?? 0) & flag.detached) !== 0) badges.push("detached");
  if ((marks & mark.existing) !== 0) badges.push("existing");
  const entered = enteredContainer(model, ref);
  if (entered !== 0) badges.push(`in container ${containerName(model, entered)}`);
  if ((marks & mark.forked) !== 0) badges.push("forked");
  const folded = foldedText(model, row);
  if (folded !== "") badges.push(folded);
  const base: Parts = {
    icon: isInside ? "server-process" : "terminal",
    iconLabel: isInside ? "process in a container" : "process",
    label: model.text(p.comm[ref]),
    description: arguments_(model.text(p.argv[ref])),
    badge: badges.join(", "),
    result: "running",
    tone: "busy",
    duration: "",
    bytes: trafficText(p.sent[ref] ?? 0, p.received[ref] ?? 0),
  };
  if (base.label === "") {
    base.label = `process ${model.text(p.id[ref])}`;
    base.description = "its start was not seen";
    base.result = state === UNSEEN ? "unknown" : base.result;
    base.tone = "quiet";
  }
  if (state !== EXITED) {
    if (model.facts.ended && state !== UNSEEN) {
      base.result = "exit not seen";
      base.tone = "quiet";
      return base;
    }
    const started = model.rows.time[row] ?? nowT;
    if (state !== UNSEEN && nowT > started + 1e6)
      base.duration = formatDuration(Math.floor((nowT - started) / 1e6) * 1e6);
    return base;
  }
  const signal = p.signal[ref] ?? 0;
  const code = p.code[ref] ?? 0;
  base.result = signal !== 0 ? signalName(signal) : `exit ${code}`;
  base.tone = signal !== 0 || code !== 0 ? "bad" : "quiet";
  base.duration = formatDuration(p.durationUs[ref] ?? 0);
  return base;
};

const netResult = (model: RunModel, row: number, ref: number): { result: string; tone: Tone } => {
  const flows = model.flows;
  const count = model.rows.hits[row] ?? 0;
  const failed = flows.failed[ref] ?? 0;
  const pending = flows.pending[ref] ?? 0;
  const verdict = verdictNames[flows.verdict[ref] ?? 0] ?? "";
  const error = model.text(flows.error[ref]);
  if (verdict === "blocked") return { result: `blocked${times(count)}`, tone: "denied" };
  const outcome =
    failed > 0
      ? failed === count
        ? `${error}${times(count)}`
        : `${formatCount(failed)} of ${formatCount(count)} ${error}`
      : pending > 0
        ? `connecting${times(count)}`
        : `${verdict === "allowed" ? "allowed" : "ok"}${times(count)}`;
  if (verdict === "would-block") return { result: `would block, ${outcome}`, tone: "warn" };
  return { result: outcome, tone: failed > 0 ? "bad" : pending > 0 ? "busy" : "quiet" };
};

/**
 * Questions of DNS went to where the connection goes: such an address has no name because nobody asks for one. What is
 * watched can send such questions anywhere, so this says nothing of what answers there.
 */
export const wasAskedForNames = (model: RunModel, row: number): boolean =>
  model.resolvers.has(model.rows.keyB[row] ?? 0);

const netParts = (model: RunModel, row: number, ref: number): Parts => {
  const flows = model.flows;
  const host = model.text(flows.host[ref]);
  const ip = model.text(flows.ip[ref]);
  const port = flows.port[ref] ?? 0;
  const protocol = protocolName(model.rows.tag[row] ?? 0);
  const { result, tone } = netResult(model, row, ref);
  const open = flows.open[ref] ?? 0;
  return {
    icon: tone === "denied" ? "circle-slash" : "arrow-right",
    iconLabel: "connection",
    label: endpointText(host === "" ? ip : host, port),
    description:
      host === ""
        ? `${protocol}, ${wasAskedForNames(model, row) ? "asked for names here" : "name not known"}`
        : `${ip} ${protocol}`,
    badge: ((model.rows.flags[row] ?? 0) & flag.firstContact) !== 0 ? "new" : "",
    result,
    tone,
    duration: (flows.durationUs[ref] ?? 0) > 0 ? formatDuration(flows.durationUs[ref] ?? 0) : open > 0 ? "open" : "",
    bytes: trafficText(flows.sent[ref] ?? 0, flows.received[ref] ?? 0),
  };
};

const opWords: readonly (readonly [number, string, string])[] = [
  [opBits.create, "created", "diff-added"],
  [opBits.unlink, "deleted", "diff-removed"],
  [opBits.rename, "renamed", "diff-renamed"],
  [opBits.link, "linked", "link"],
  [opBits.write, "written", "diff-modified"],
  [opBits.truncate, "truncated", "diff-modified"],
  [opBits.chmod, "mode changed", "key"],
  [opBits.read, "read", "eye"],
];

/** File operations in words, and the icon of the one that says most. */
export const opsText = (ops: number): { readonly icon: string; readonly words: string } => {
  const seen = opWords.filter(([bit]) => (ops & bit) !== 0);
  return { icon: seen[0]?.[2] ?? "diff-modified", words: seen.map(([, word]) => word).join(", ") };
};

/** The directory as it reads best: relative to the working directory where it is below it. */
const shownDirectory = (directory: string, cwd: string): string => {
  if (cwd === "" || cwd === "/") return directory;
  if (directory === cwd) return ".";
  return directory.startsWith(`${cwd}/`) ? directory.slice(cwd.length + 1) : directory;
};

const fileParts = (model: RunModel, row: number): Parts => {
  const rows = model.rows;
  const { icon, words } = opsText(rows.state[row] ?? 0);
  const cwd = model.text(model.processes.cwd[rows.owner[row] ?? 0]);
  const from = model.text(rows.ref[row]);
  const directory = shownDirectory(model.text(rows.keyA[row]), cwd);
  const partial = ((rows.flags[row] ?? 0) & flag.partial) !== 0;
  return {
    icon,
    iconLabel: "file",
    label: model.text(rows.keyB[row]) || model.text(rows.keyA[row]),
    description: `${directory}${from === "" ? "" : `  from ${from}`}${partial ? "  (not the whole path)" : ""}`,
    result: `${words}${times(rows.hits[row] ?? 1)}`,
    tone: "quiet",
  };
};

const groupParts = (model: RunModel, row: number, kind: Kind): Parts => {
  const rows = model.rows;
  const count = rows.children[row] ?? 0;
  const files = kind === kinds.files;
  const cwd = model.text(model.processes.cwd[rows.owner[row] ?? 0]);
  const directory = model.text(rows.keyA[row]);
  return {
    icon: files ? "folder" : "globe",
    iconLabel: "group",
    label: files
      ? `${plural(count, "more file")} below ${directory === "/" ? "other places" : shownDirectory(directory, cwd)}`
      : `${plural(count, "more destination")}`,
    description: "",
    badge: foldedText(model, row),
    result: plural(rows.hits[row] ?? 0, files ? "change" : "connection"),
    tone: "quiet",
  };
};

const noteIcons: Readonly<Record<number, readonly [icon: string, label: string]>> = {
  [kinds.dns]: ["search", "name query"],
  [kinds.http]: ["globe", "request"],
  [kinds.loss]: ["warning", "loss"],
  [kinds.finding]: ["flame", "finding"],
  [kinds.step]: ["milestone", "step"],
  [kinds.tool]: ["tools", "tool call"],
  [kinds.enforcement]: ["shield", "enforcement"],
  [kinds.other]: ["question", "event"],
  [kinds.firewall]: ["shield", "firewall"],
};

/** A request is never cut off for what it asks; a question to DNS would be refused. */
const judged = (kind: Kind, told: string): string =>
  `${kind === kinds.http ? "not in the policy" : "would block"}${told === "" ? "" : `, ${told}`}`;

const noteParts = (model: RunModel, row: number, ref: number, kind: Kind): Parts => {
  const notes = model.notes;
  const flags = model.rows.flags[row] ?? 0;
  const hits = model.rows.hits[row] ?? 1;
  const [icon, iconLabel] = noteIcons[kind] ?? ["question", "event"];
  const result = model.text(notes.result[ref]);
  const denied = (flags & flag.denied) !== 0;
  const failed = (flags & flag.failed) !== 0;
  const wouldBlock = (flags & flag.wouldBlock) !== 0;
  const told = `${result}${times(hits)}`.trim();
  const duration = notes.durationUs[ref] ?? 0;
  return {
    icon: denied ? "circle-slash" : icon,
    iconLabel,
    label: kind === kinds.loss ? `${plural(hits, "event")} lost` : model.text(notes.label[ref]),
    description: model.text(notes.detail[ref]),
    result: kind === kinds.loss ? "lost" : denied ? "blocked" : wouldBlock ? judged(kind, told) : told,
    tone: denied ? "denied" : kind === kinds.loss || wouldBlock ? "warn" : failed ? "bad" : "quiet",
    duration: duration > 0 ? formatDuration(duration) : "",
  };
};

const partsOf = (model: RunModel, row: number, kind: Kind, nowT: number): Parts => {
  const ref = model.rows.ref[row] ?? 0;
  if (kind === kinds.process) return processParts(model, row, ref, nowT);
  if (kind === kinds.net) return netParts(model, row, ref);
  if (kind === kinds.file) return fileParts(model, row);
  if (kind === kinds.files || kind === kinds.connections) return groupParts(model, row, kind);
  return noteParts(model, row, ref, kind);
};

/** All columns of a row. `nowT` is the run's clock now, in microseconds, for what still runs; 0 where it stands still. */
export const describeRow = (model: RunModel, row: number, nowT: number): RowText => {
  const kind = kindOf(model.rows.tag[row] ?? 0);
  const parts = partsOf(model, row, kind, nowT);
  const time = row === ROOT ? 0 : (model.rows.time[row] ?? 0);
  return {
    kind,
    icon: parts.icon,
    iconLabel: parts.iconLabel,
    label: parts.label,
    description: parts.description,
    badge: parts.badge ?? "",
    result: parts.result,
    tone: parts.tone,
    clock: formatClock(time),
    offset: formatOffset(time - model.facts.firstTime),
    duration: parts.duration ?? "",
    bytes: parts.bytes ?? "",
  };
};
