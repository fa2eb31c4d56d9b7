// The frames of a flow's begin, result and end, as values: of all frames of the network these are the ones that come in storms.
import { ipText } from "../net/ip.ts";
import type { CloseFrame, ConnectFrame, ResultFrame } from "./frame.ts";
import { FLAG, FRAME, HEADER } from "./layout.ts";

/** Numbers up to 2 ** 53 are exact. */
export const u64 = (view: DataView, at: number): number =>
  view.getUint32(at + 4, true) * 4294967296 + view.getUint32(at, true);

/** What a socket has that gave its address back. */
const NO_ADDRESS: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

let [lastLow, lastHigh, lastId] = [0, 0, "0"];

/** Frames of one flow often come one after the other. */
export const flowId = (view: DataView, at: number): string => {
  const low = view.getUint32(at, true);
  const high = view.getUint32(at + 4, true);
  if (low === lastLow && high === lastHigh) return lastId;
  lastLow = low;
  lastHigh = high;
  lastId = high === 0 ? low.toString(36) : `${high.toString(36)}.${low.toString(36)}`;
  return lastId;
};

/** A frame whose inner lengths do not fit its size or whose numbers mean nothing. */
export const bad = (what: string): never => {
  throw new Error(what);
};

const needWhole = (view: DataView, at: number, size: number, fixed: number): void => {
  if (size < fixed) bad(`a frame of type ${view.getUint16(at + HEADER.type, true)} is shorter than it says`);
};

export const decodeConnect = (bytes: Buffer, view: DataView, at: number, size: number): ConnectFrame => {
  const f = FRAME.connect;
  needWhole(view, at, size, f.$size);
  const family = bytes[at + f.family] === 6 ? 6 : 4;
  return {
    kind: "connect",
    time: u64(view, at + HEADER.time),
    pid: view.getUint32(at + HEADER.pid, true),
    start: u64(view, at + HEADER.start),
    flow: flowId(view, at + f.flow),
    protocol: bytes[at + f.protocol] === 17 ? "udp" : "tcp",
    localIp: ipText(bytes, at + f.local, family),
    localPort: view.getUint16(at + f.localPort, true),
    remoteIp: ipText(bytes, at + f.remote, family),
    remotePort: view.getUint16(at + f.remotePort, true),
    family,
  };
};

export const decodeResult = (bytes: Buffer, view: DataView, at: number, size: number): ResultFrame => {
  const f = FRAME.result;
  needWhole(view, at, size, f.$size);
  const family = bytes[at + f.family] ?? 0;
  const ip = family === 0 ? "" : ipText(bytes, at + f.local, family);
  return {
    kind: "result",
    time: u64(view, at + HEADER.time),
    pid: view.getUint32(at + HEADER.pid, true),
    start: u64(view, at + HEADER.start),
    flow: flowId(view, at + f.flow),
    error: view.getUint32(at + f.error, true),
    localIp: ip === "" || NO_ADDRESS.has(ip) ? undefined : ip,
    localPort: view.getUint16(at + f.localPort, true),
  };
};

export const decodeClose = (view: DataView, at: number, size: number): CloseFrame => {
  const f = FRAME.close;
  needWhole(view, at, size, f.$size);
  return {
    kind: "close",
    time: u64(view, at + HEADER.time),
    pid: view.getUint32(at + HEADER.pid, true),
    start: u64(view, at + HEADER.start),
    flow: flowId(view, at + f.flow),
    sent: u64(view, at + f.sent),
    received: u64(view, at + f.received),
    durationUs: u64(view, at + f.duration),
    unread: (view.getUint16(at + HEADER.flags, true) & FLAG.unread) !== 0,
  };
};
