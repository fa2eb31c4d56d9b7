// Network events: one row per process and destination; repeated connections fold into its counts.
import type { EventBase, NetClose, NetConnect, Verdict } from "../../../collector/protocol/events.ts";
import { processOf } from "./applyProcess.ts";
import { rowAboveDeed, rowOfProcess } from "./placing.ts";
import { flag, kinds, NONE, ROOT, subOf, tagOf, TCP, UDP } from "./rowKinds.ts";
import type { RunModel } from "./runModel.ts";
import { noteSeen } from "./seenValues.ts";

/** Destinations of a process that get a row right below it; the rest goes into a folded group. */
const DIRECT_FLOWS = 200;
/** Open flows that are remembered; the oldest are forgotten first, and their close is then only counted. */
const MAX_OPEN_FLOWS = 1 << 18;

export const verdictNumbers: { readonly [V in Verdict]: number } = { allowed: 1, "would-block": 2, blocked: 3 };
export const verdictNames: readonly (Verdict | "")[] = ["", "allowed", "would-block", "blocked"];

export const PENDING = "EINPROGRESS";

/** `host:port`, with brackets where IPv6 needs them. */
export const endpointText = (host: string, port: number): string =>
  host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;

const parentFor = (model: RunModel, process: number, event: EventBase): number => {
  const row = rowOfProcess(model, process);
  const above = rowAboveDeed(model, process, event, DIRECT_FLOWS);
  if (process === NONE || above !== row) return above;
  const direct = model.processes.directFlows[process] ?? 0;
  if (direct < DIRECT_FLOWS) {
    model.processes.directFlows[process] = direct + 1;
    return row;
  }
  const tag = tagOf(kinds.connections);
  const found = model.index.find(model.rows, tag, process, 0, 0);
  if (found !== NONE) return found;
  const group = model.addRow(tag, row, process, 0, event);
  model.rows.hits[group] = 0;
  model.index.add(model.rows, group);
  return group;
};

const addFlowRow = (
  model: RunModel,
  tag: number,
  process: number,
  event: NetConnect,
  keyA: number,
  keyB: number,
): number => {
  const parent = parentFor(model, process, event);
  const flow = model.addFlow();
  const { remote } = event.flow;
  const flows = model.flows;
  flows.ip[flow] = model.strings.intern(remote.ip);
  flows.port[flow] = remote.port;
  flows.host[flow] = keyA;
  flows.hostSource[flow] = model.strings.intern(event.host?.source ?? "");
  const row = model.addRow(tag, parent, process, flow, event, keyA, keyB);
  model.rows.hits[row] = 0;
  model.index.add(model.rows, row);
  if (process !== NONE) model.processes.flows[process] = (model.processes.flows[process] ?? 0) + 1;
  const destination = model.strings.intern(endpointText(event.host?.name ?? remote.ip, remote.port));
  if (!model.contacted.has(destination)) {
    model.contacted.add(destination);
    model.setFlag(row, flag.firstContact, true);
  }
  return row;
};

/** A row for the connection of `like` under another name. */
const addNamedRow = (model: RunModel, like: number, name: number, source: string, event: NetClose): number => {
  const process = model.rows.owner[like] ?? NONE;
  const parent = parentFor(model, process, event);
  const flow = model.addFlow();
  const { flows } = model;
  const before = model.rows.ref[like] ?? 0;
  flows.ip[flow] = flows.ip[before] ?? 0;
  flows.port[flow] = flows.port[before] ?? 0;
  flows.host[flow] = name;
  flows.hostSource[flow] = model.strings.intern(source);
  const row = model.addRow(model.rows.tag[like] ?? 0, parent, process, flow, event, name, model.rows.keyB[like] ?? 0);
  model.rows.hits[row] = 0;
  model.index.add(model.rows, row);
  if (process !== NONE) model.processes.flows[process] = (model.processes.flows[process] ?? 0) + 1;
  return row;
};

const fail = (model: RunModel, row: number, flow: number, error: string): void => {
  const flows = model.flows;
  flows.failed[flow] = (flows.failed[flow] ?? 0) + 1;
  flows.error[flow] = model.strings.intern(error);
  model.setFlag(row, flag.failed, true);
  model.facts.failedConnections += 1;
};

export const applyConnect = (model: RunModel, event: NetConnect): void => {
  const process = processOf(model, event.process, event);
  const { protocol, remote, id } = event.flow;
  const tag = tagOf(kinds.net, protocol === "tcp" ? TCP : UDP);
  const hostName = event.host?.name ?? "";
  const endpoint = endpointText(remote.ip, remote.port);
  const room = model.hasRoom;
  const keyA = room ? model.strings.intern(hostName) : model.strings.find(hostName);
  const keyB = room ? model.strings.intern(endpoint) : model.strings.find(endpoint);
  let row = model.index.find(model.rows, tag, process, keyA, keyB);
  if (row === NONE) {
    if (!room) {
      model.fold(process, event);
      return;
    }
    row = addFlowRow(model, tag, process, event, keyA, keyB);
  }
  const flow = model.rows.ref[row] ?? 0;
  const flows = model.flows;
  noteSeen(model.seen, "host", hostName === "" ? remote.ip : hostName);
  noteSeen(model.seen, "ip", remote.ip);
  noteSeen(model.seen, "port", String(remote.port));
  noteSeen(model.seen, "result", event.result);
  judge(model, row, flow, event);
  const pending = event.result === PENDING;
  if (event.result === "ok" || pending) {
    flows.open[flow] = (flows.open[flow] ?? 0) + 1;
    if (pending) flows.pending[flow] = (flows.pending[flow] ?? 0) + 1;
    model.setFlag(row, flag.open, true);
    if (model.openFlows.size >= MAX_OPEN_FLOWS) model.openFlows.evictNear(id);
    model.openFlows.set(id, row * 2 + (pending ? 1 : 0));
  } else fail(model, row, flow, event.result);
  model.touch(row, event, 1);
  const parent = model.rows.parent[row] ?? ROOT;
  if (model.rows.tag[parent] === tagOf(kinds.connections)) model.touch(parent, event, 1);
};

/** The worst that was said of a destination's connections. */
const judge = (model: RunModel, row: number, flow: number, event: NetConnect | NetClose): void => {
  const { verdict, rule } = event;
  const flows = model.flows;
  if (rule !== undefined) flows.rule[flow] = model.strings.intern(rule);
  if (verdict === undefined) return;
  flows.verdict[flow] = Math.max(flows.verdict[flow] ?? 0, verdictNumbers[verdict]);
  if (verdict === "blocked") {
    if ("allowedBy" in event && event.allowedBy !== undefined) {
      flows.allowedBy[flow] = model.strings.intern(event.allowedBy);
    }
    model.setFlag(row, flag.denied, true);
    model.facts.denied += 1;
  }
  if (verdict === "would-block") model.setFlag(row, flag.wouldBlock, true);
};

/** Moves one open connection from the row `from` to the row `to`. `known` is what is remembered of it. */
const moveConnection = (model: RunModel, from: number, to: number, known: number, event: NetClose): void => {
  const { flows, rows } = model;
  const [before, after] = [rows.ref[from] ?? 0, rows.ref[to] ?? 0];
  for (const [column, amount] of [
    [flows.open, 1],
    [flows.pending, known & 1],
  ] as const) {
    column[before] = Math.max(0, (column[before] ?? 0) - amount);
    column[after] = (column[after] ?? 0) + amount;
  }
  rows.hits[from] = (rows.hits[from] ?? 1) - 1;
  if (flows.open[before] === 0) model.setFlag(from, flag.open, false);
  model.setFlag(to, flag.open, true);
  // What the policy says of the address holds where it says nothing of the name.
  if (event.verdict === undefined) {
    flows.verdict[after] = Math.max(flows.verdict[after] ?? 0, flows.verdict[before] ?? 0);
    flows.rule[after] ||= flows.rule[before] ?? 0;
  }
  model.touch(from, event);
  model.touch(to, event, 1);
};

/**
 * The client said only at last whom it speaks to, or another one than was thought: the connection goes to the row of that
 * host. A row that is about this one connection becomes that row. Gives the row of the connection.
 */
const nameLate = (model: RunModel, known: number, event: NetClose): number => {
  const row = known >> 1;
  const { rows, flows } = model;
  const flow = rows.ref[row] ?? 0;
  const { host } = event;
  if (host === undefined || !model.hasRoom || model.text(flows.host[flow]) === host.name) return row;
  const tag = rows.tag[row] ?? 0;
  const owner = rows.owner[row] ?? NONE;
  const name = model.strings.intern(host.name);
  const endpoint = rows.keyB[row] ?? 0;
  noteSeen(model.seen, "host", host.name);
  const found = model.index.find(rows, tag, owner, name, endpoint);
  if (found === row) return row;
  if ((rows.hits[row] ?? 0) <= 1) {
    model.index.remove(rows, row);
    rows.keyA[row] = name;
    // One that has the name already is the one that further connections go to.
    if (found === NONE) model.index.add(rows, row);
    flows.host[flow] = name;
    flows.hostSource[flow] = model.strings.intern(host.source);
    if (event.verdict !== undefined) {
      flows.verdict[flow] = 0;
      model.setFlag(row, flag.wouldBlock, false);
    }
    model.renamed.push(row);
    model.version += 1;
    return row;
  }
  const to = found === NONE ? addNamedRow(model, row, name, host.source, event) : found;
  moveConnection(model, row, to, known, event);
  return to;
};

const addBytes = (model: RunModel, process: number, event: NetClose): void => {
  const processes = model.processes;
  processes.sent[process] = (processes.sent[process] ?? 0) + event.bytesSent;
  processes.received[process] = (processes.received[process] ?? 0) + event.bytesReceived;
};

export const applyClose = (model: RunModel, event: NetClose): void => {
  const known = model.openFlows.get(event.flow.id);
  if (known === undefined) {
    // Its connect was refused, folded away, or before the collector's time: the bytes still count for the process.
    const process = model.processIds.get(event.process ?? "") ?? NONE;
    if (process !== NONE) {
      addBytes(model, process, event);
      model.touch(model.processes.row[process] ?? ROOT, event);
    }
    return;
  }
  model.openFlows.delete(event.flow.id);
  const row = nameLate(model, known, event);
  const flow = model.rows.ref[row] ?? 0;
  const flows = model.flows;
  flows.open[flow] = Math.max(0, (flows.open[flow] ?? 0) - 1);
  if ((known & 1) === 1) {
    flows.pending[flow] = Math.max(0, (flows.pending[flow] ?? 0) - 1);
    if (event.result !== undefined && event.result !== "ok" && event.result !== PENDING) {
      fail(model, row, flow, event.result);
      noteSeen(model.seen, "result", event.result);
    }
  }
  if (flows.open[flow] === 0) model.setFlag(row, flag.open, false);
  judge(model, row, flow, event);
  flows.sent[flow] = (flows.sent[flow] ?? 0) + event.bytesSent;
  flows.received[flow] = (flows.received[flow] ?? 0) + event.bytesReceived;
  flows.durationUs[flow] = (flows.durationUs[flow] ?? 0) + event.durationUs;
  const process = model.rows.owner[row] ?? NONE;
  if (process !== NONE) {
    addBytes(model, process, event);
    model.touch(model.processes.row[process] ?? ROOT, event);
  }
  model.touch(row, event);
};

export const protocolName = (tag: number): "tcp" | "udp" => (subOf(tag) === TCP ? "tcp" : "udp");
