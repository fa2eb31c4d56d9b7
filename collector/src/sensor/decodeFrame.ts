// The bytes of one frame, as values.
import { ipText } from "../net/ip.ts";
import { bad, decodeClose, decodeConnect, decodeResult, flowId, u64 } from "./decodeFlow.ts";
import type { Frame } from "./frame.ts";
import {
  COVERAGE_STATES,
  DENIED_REASONS,
  FILE_OPS,
  FLAG,
  FRAME,
  HEADER,
  HTTP_ENDS,
  LOSS_RINGS,
  NO_RULE,
  STREAM_CONTENTS,
  TLS_LIBRARIES,
  TYPE,
} from "./layout.ts";

/** Smallest and largest size that a frame can have, in bytes. */
export const FRAME_BYTES = { min: FRAME.header.$size, max: 32768 } as const;

/** Each argument ends in NUL; the last one may miss its own where argv was cut. */
const splitArgv = (text: string): string[] => {
  if (text === "") return [];
  return (text.endsWith("\0") ? text.slice(0, -1) : text).split("\0");
};

/** Variables of an environment, each ended by NUL; of one that is there twice the first counts, as for getenv. */
const splitVariables = (text: string): Map<string, string> => {
  const variables = new Map<string, string>();
  for (const variable of text.split("\0")) {
    const at = variable.indexOf("=");
    const name = variable.slice(0, at);
    if (at > 0 && !variables.has(name)) variables.set(name, variable.slice(at + 1));
  }
  return variables;
};

/** Decodes the whole frame at `at` (`size` bytes of `bytes`, on which `view` looks). Throws an `Error` on a bad one. */
export const decodeFrame = (bytes: Buffer, view: DataView, at: number, size: number): Frame => {
  const type = view.getUint16(at + HEADER.type, true);
  // In functions of their own, as they are many and short: what follows costs more to prepare than they take.
  if (type === TYPE.connect) return decodeConnect(bytes, view, at, size);
  if (type === TYPE.result) return decodeResult(bytes, view, at, size);
  if (type === TYPE.close) return decodeClose(view, at, size);
  return decodeOther(bytes, view, at, size, type);
};

const decodeOther = (bytes: Buffer, view: DataView, at: number, size: number, type: number): Frame => {
  const time = u64(view, at + HEADER.time);
  const start = u64(view, at + HEADER.start);
  const pid = view.getUint32(at + HEADER.pid, true);
  const u16 = (offset: number): number => view.getUint16(at + offset, true);
  const u32 = (offset: number): number => view.getUint32(at + offset, true);
  const need = (fixed: number, variable: number): number =>
    fixed + variable <= size ? at + fixed : bad(`a frame of type ${type} is shorter than it says`);
  // A file name may be any bytes; what is no UTF-8 becomes U+FFFD, as a log of JSON cannot hold it.
  const text = (from: number, length: number): string => bytes.toString("utf8", from, from + length);

  switch (type) {
    case TYPE.file: {
      const f = FRAME.file;
      const pathLen = u16(f.pathLen);
      const fromLen = u16(f.fromLen);
      const data = need(f.$size, pathLen + fromLen);
      const op = FILE_OPS[u16(f.op)] ?? bad("an unknown file operation");
      const path = text(data, pathLen);
      const from = fromLen === 0 ? "" : text(data + pathLen, fromLen);
      const partial = (u16(HEADER.flags) & FLAG.relative) !== 0;
      return { kind: "file", time, pid, start, op, count: u32(f.count), path, from, partial, owner: u32(f.owner) };
    }
    case TYPE.fork: {
      const f = FRAME.fork;
      need(f.$size, 0);
      const parentStart = u64(view, at + f.parentStart);
      const [ppid, maker, makerStart] = [u32(f.ppid), u32(f.creator), u64(view, at + f.creatorStart)];
      const fork = {
        kind: "fork",
        time,
        pid,
        start,
        ppid,
        parentStart,
        uid: u32(f.uid),
        cgroup: u64(view, at + f.cgroup),
        insidePid: u32(f.insidePid),
        pidNamespace: u32(f.pidNamespace),
      } as const;
      const isParent = maker === ppid && makerStart === parentStart;
      return isParent ? fork : { ...fork, creator: { pid: maker, start: makerStart } };
    }
    case TYPE.exec: {
      const f = FRAME.exec;
      const exeLen = u16(f.exeLen);
      const cwdLen = u16(f.cwdLen);
      const argvLen = u32(f.argvLen);
      const data = need(f.$size, exeLen + cwdLen + argvLen);
      const flags = u16(HEADER.flags);
      return {
        kind: "exec",
        time,
        pid,
        start,
        ppid: u32(f.ppid),
        parentStart: u64(view, at + f.parentStart),
        uid: u32(f.uid),
        cgroup: u64(view, at + f.cgroup),
        insidePid: u32(f.insidePid),
        pidNamespace: u32(f.pidNamespace),
        exe: text(data, exeLen),
        cwd: text(data + exeLen, cwdLen),
        argv: splitArgv(text(data + exeLen + cwdLen, argvLen)),
        truncated: (flags & FLAG.truncated) !== 0,
        existing: (flags & FLAG.existing) !== 0,
      };
    }
    case TYPE.step: {
      const f = FRAME.step;
      const length = u32(f.valuesLen);
      const data = need(f.$size, length);
      const flags = u16(HEADER.flags);
      return {
        kind: "step",
        time,
        pid,
        start,
        ppid: u32(f.ppid),
        parentStart: u64(view, at + f.parentStart),
        variables: splitVariables(text(data, length)),
        truncated: (flags & FLAG.truncated) !== 0,
        existing: (flags & FLAG.existing) !== 0,
      };
    }
    case TYPE.cgroup: {
      const f = FRAME.cgroup;
      const length = u32(f.pathLen);
      const path = text(need(f.$size, length), length);
      return { kind: "cgroup", time, pid, start, cgroup: u64(view, at + f.cgroup), path };
    }
    case TYPE.exit: {
      need(FRAME.exit.$size, 0);
      return { kind: "exit", time, pid, start, code: u32(FRAME.exit.code), signal: u32(FRAME.exit.signal) };
    }
    case TYPE.dns: {
      const f = FRAME.dns;
      const length = u16(f.len);
      const data = need(f.$size, length);
      return {
        kind: "dns",
        transport: "udp",
        time,
        pid,
        start,
        socket: String(u16(f.localPort)),
        serverIp: ipText(bytes, at + f.server, bytes[at + f.family] === 6 ? 6 : 4),
        serverPort: u16(f.serverPort),
        answer: bytes[at + f.answer] === 1,
        message: bytes.subarray(data, data + length),
      };
    }
    case TYPE.stream: {
      const f = FRAME.stream;
      const length = u16(f.len);
      const data = need(f.$size, length);
      return {
        kind: "stream",
        time,
        pid,
        start,
        flow: flowId(view, at + f.flow),
        content: STREAM_CONTENTS[bytes[at + f.content] ?? -1] ?? bad("an unknown content of a stream"),
        incoming: bytes[at + f.incoming] === 1,
        offset: u32(f.offset),
        bytes: bytes.subarray(data, data + length),
      };
    }
    case TYPE.http: {
      const f = FRAME.http;
      const length = u16(f.len);
      const data = need(f.$size, length);
      return {
        kind: "http",
        time,
        pid,
        start,
        flow: flowId(view, at + f.flow),
        incoming: bytes[at + f.incoming] === 1,
        message: u32(f.message),
        offset: u32(f.offset),
        bytes: bytes.subarray(data, data + length),
        whole: bytes[at + f.whole] === 1,
        end: HTTP_ENDS[bytes[at + f.end] ?? -1] ?? bad("an unknown end of HTTP"),
        tls: TLS_LIBRARIES[bytes[at + f.tls] ?? -1] ?? bad("an unknown TLS library"),
        flowless: bytes[at + f.flowless] === 1,
        http2: bytes[at + f.http2] === 1,
      };
    }
    case TYPE.denied: {
      const f = FRAME.denied;
      const length = bytes[at + f.nameLen] ?? 0;
      const data = need(f.$size, length);
      const family = bytes[at + f.family] === 6 ? 6 : 4;
      const rule = u32(f.rule);
      return {
        kind: "denied",
        time,
        pid,
        start,
        flow: flowId(view, at + f.flow),
        rule: rule === NO_RULE ? undefined : rule,
        count: u32(f.count),
        localIp: ipText(bytes, at + f.local, family),
        localPort: u16(f.localPort),
        remoteIp: ipText(bytes, at + f.remote, family),
        remotePort: u16(f.remotePort),
        family,
        protocol: bytes[at + f.protocol] ?? 0,
        reason: DENIED_REASONS[bytes[at + f.reason] ?? -1] ?? bad("an unknown reason of a refusal"),
        name: Uint8Array.prototype.slice.call(bytes, data, data + length),
        cut: (u16(HEADER.flags) & FLAG.cut) !== 0,
        notRefused: (u16(HEADER.flags) & FLAG.not_refused) !== 0,
      };
    }
    case TYPE.enforcement: {
      const f = FRAME.enforcement;
      const length = u16(f.reasonLen);
      const data = need(f.$size, length);
      return { kind: "enforcement", time, armed: u16(f.armed) === 1, reason: text(data, length) };
    }
    case TYPE.hello:
      need(FRAME.hello.$size, 0);
      return { kind: "hello", time, abi: u32(FRAME.hello.abi) };
    case TYPE.coverage: {
      const f = FRAME.coverage;
      const hookLen = u16(f.hookLen);
      const reasonLen = u16(f.reasonLen);
      const targetLen = u16(f.targetLen);
      const data = need(f.$size, hookLen + reasonLen + targetLen);
      const state = COVERAGE_STATES[u16(f.state)] ?? bad("an unknown coverage state");
      const hook = text(data, hookLen);
      const reason = text(data + hookLen, reasonLen);
      return { kind: "coverage", time, hook, state, reason, target: text(data + hookLen + reasonLen, targetLen) };
    }
    case TYPE.ready:
      return { kind: "ready", time };
    case TYPE.loss: {
      need(FRAME.loss.$size, 0);
      const ring = LOSS_RINGS[u32(FRAME.loss.ring)] ?? bad("an unknown ring");
      return { kind: "loss", time, ring, lost: u64(view, at + FRAME.loss.lost) };
    }
    case TYPE.bye: {
      const f = FRAME.bye;
      need(f.$size, 0);
      return { kind: "bye", time, seen: u64(view, at + f.seen), lost: u64(view, at + f.lost) };
    }
    default:
      return bad(`frame type ${type} is not known`);
  }
};
