// Events that become rows of text: DNS, HTTP, loss, findings, changes of enforcement, types of a newer version.
import { hostOfAuthority } from "../../../collector/protocol/authority.ts";
import type {
  DnsQuery,
  Enforcement,
  EventBase,
  Finding,
  HttpRequest,
  HttpResponse,
  Loss,
  UnknownEvent,
} from "../../../collector/protocol/events.ts";
import { endpointText } from "./applyNet.ts";
import { processOf } from "./applyProcess.ts";
import { rowAboveDeed } from "./placing.ts";
import { flag, kinds, type Kind, NONE, tagOf } from "./rowKinds.ts";
import { countIn } from "./runFacts.ts";
import type { RunModel } from "./runModel.ts";
import { noteSeen } from "./seenValues.ts";

interface NoteTexts {
  readonly label: string;
  readonly detail: string;
  readonly result: string;
}

/** The row of this kind with these texts below this process: the one that is there, counted up, or a new one. */
export const noteRow = (model: RunModel, kind: Kind, event: EventBase, texts: NoteTexts, hits = 1): number => {
  const process = processOf(model, event.process, event);
  const room = model.hasRoom;
  const strings = model.strings;
  const keyA = room ? strings.intern(texts.label) : strings.find(texts.label);
  const keyB = room ? strings.intern(texts.detail) : strings.find(texts.detail);
  const tag = tagOf(kind);
  const found = model.index.find(model.rows, tag, process, keyA, keyB);
  if (found !== NONE) {
    model.notes.result[model.rows.ref[found] ?? 0] = strings.intern(texts.result);
    model.touch(found, event, hits);
    return found;
  }
  if (!room) {
    model.fold(process, event);
    return NONE;
  }
  const note = model.addNote(texts.label, texts.detail, texts.result);
  const row = model.addRow(tag, rowAboveDeed(model, process, event, Infinity), process, note, event, keyA, keyB);
  model.rows.hits[row] = hits;
  model.index.add(model.rows, row);
  return row;
};

/** Who asks many servers looks for one that answers: that many are told as such. */
const MAX_RESOLVERS = 1000;

const noteResolver = (model: RunModel, { ip, port }: DnsQuery["dns"]["server"]): void => {
  if (model.resolvers.size < MAX_RESOLVERS && model.hasRoom) {
    model.resolvers.add(model.strings.intern(endpointText(ip, port)));
  }
};

export const applyDns = (model: RunModel, event: DnsQuery): void => {
  const { name, qtype, server, rcode, answers } = event.dns;
  noteResolver(model, server);
  const shown = answers.slice(0, 8).join(", ") + (answers.length > 8 ? `, ${answers.length - 8} more` : "");
  const result = rcode === undefined ? "no answer seen" : rcode === "NOERROR" ? shown || "no addresses" : rcode;
  const row = noteRow(model, kinds.dns, event, { label: name, detail: `${qtype} by ${server.ip}`, result });
  if (row === NONE) return;
  model.notes.host[model.rows.ref[row] ?? 0] = model.strings.intern(name);
  noteSeen(model.seen, "host", name);
  if (rcode !== undefined) noteSeen(model.seen, "result", rcode);
  model.setFlag(row, flag.failed, rcode !== undefined && rcode !== "NOERROR");
  if (event.verdict === "blocked") {
    model.setFlag(row, flag.denied, true);
    model.facts.denied += 1;
  }
  if (event.verdict === "would-block") model.setFlag(row, flag.wouldBlock, true);
};

/** Requests that wait for their response, by seq; kept in the map of open flows under a name no flow can have. */
const requestKey = (seq: number): string => `\0request ${seq}`;

export const applyRequest = (model: RunModel, event: HttpRequest): void => {
  const { method, host = "", path, version, tls } = event.http;
  const detail = `HTTP/${version}${tls === "none" ? ", not encrypted" : `, read from ${tls}`}`;
  const row = noteRow(model, kinds.http, event, { label: `${method} ${host}${path}`, detail, result: "" });
  if (row === NONE) return;
  // As for connections: the port is no part of the name.
  const name = hostOfAuthority(host);
  model.notes.host[model.rows.ref[row] ?? 0] = model.strings.intern(name);
  noteSeen(model.seen, "host", name);
  if (event.verdict === "would-block") model.setFlag(row, flag.wouldBlock, true);
  if (model.openFlows.size > 1 << 18) model.openFlows.evictNear(requestKey(event.seq));
  model.openFlows.set(requestKey(event.seq), row);
};

export const applyResponse = (model: RunModel, event: HttpResponse): void => {
  const row = model.openFlows.get(requestKey(event.request));
  if (row === undefined) return;
  model.openFlows.delete(requestKey(event.request));
  const note = model.rows.ref[row] ?? 0;
  model.notes.status[note] = event.status;
  model.notes.result[note] = model.strings.intern(String(event.status));
  model.setFlag(row, flag.failed, event.status >= 400);
  noteSeen(model.seen, "result", String(event.status));
  model.touch(row, event);
};

export const applyLoss = (model: RunModel, event: Loss): void => {
  countIn(model.facts.lostBySource, event.source, event.lost);
  model.facts.lost += event.lost;
  if (event.lost > 0) {
    noteRow(model, kinds.loss, event, { label: "Events lost", detail: event.source, result: "" }, event.lost);
  }
};

export const applyFinding = (model: RunModel, event: Finding): void => {
  const { rule, severity, title } = event.finding;
  noteRow(model, kinds.finding, event, { label: title, detail: rule, result: severity });
};

export const applyEnforcement = (model: RunModel, event: Enforcement): void => {
  const before = model.facts.enforcement;
  model.facts.enforcement = event;
  if (before?.armed === event.armed) return;
  const label = event.armed ? "Policy enforcement is on" : "Policy enforcement is off";
  noteRow(model, kinds.enforcement, event, {
    label,
    detail: event.reason,
    result: event.armed ? "armed" : "not armed",
  });
};

export const applyOther = (model: RunModel, event: UnknownEvent): void => {
  noteRow(model, kinds.other, event, { label: event.type, detail: "an event of a newer version", result: "" });
};
