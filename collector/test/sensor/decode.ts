// The frames of the sensor as plain objects, for the tests only: it takes every frame apart, whatever it holds.
import {
  COVERAGE_STATES,
  FILE_OPS,
  FLAG,
  FRAME,
  HEADER,
  HTTP_ENDS,
  LOSS_RINGS,
  STREAM_CONTENTS,
  TLS_LIBRARIES,
  TYPE,
} from "../../src/sensor/layout.ts";

interface Head {
  readonly time: number;
  readonly pid: number;
  readonly tid: number;
  /** `pid/start`: names the process. */
  readonly process: string;
  readonly truncated: boolean;
  readonly existing: boolean;
  readonly relative: boolean;
}

export type Frame = Head &
  (
    | { type: "hello"; abi: number }
    | { type: "coverage"; state: string; hook: string; reason: string; target: string }
    | { type: "ready" }
    | { type: "loss"; lost: number; ring: string }
    | { type: "bye"; seen: number; lost: number; filtered: number }
    | {
        type: "fork";
        parent: string;
        ppid: number;
        uid: number;
        cgroup: number;
        insidePid: number;
        pidNamespace: number;
      }
    | { type: "cgroup"; cgroup: number; path: string }
    | {
        type: "exec";
        parent: string;
        ppid: number;
        uid: number;
        gid: number;
        cgroup: number;
        exe: string;
        cwd: string;
        argv: string[];
        argvBytes: number;
        insidePid: number;
        pidNamespace: number;
      }
    | { type: "step"; parent: string; ppid: number; variables: string[] }
    | { type: "exit"; code: number; signal: number }
    | { type: "connect"; flow: bigint; protocol: number; local: string; remote: string }
    | { type: "result"; flow: bigint; error: number; local: string }
    | { type: "close"; flow: bigint; sent: number; received: number; duration: number }
    | { type: "dns"; server: string; localPort: number; answer: boolean; message: Buffer }
    | { type: "stream"; flow: bigint; content: string; incoming: boolean; offset: number; bytes: Buffer }
    | {
        type: "http";
        flow: bigint;
        message: number;
        incoming: boolean;
        whole: boolean;
        end: string;
        tls: string;
        flowless: boolean;
        http2: boolean;
        head: string;
        bytes: Buffer;
      }
    | { type: "file"; op: string; count: number; path: string; from: string; owner: number }
  );

export type FrameOf<T extends Frame["type"]> = Extract<Frame, { type: T }>;

const names = Object.fromEntries(Object.entries(TYPE).map(([name, value]) => [value, name])) as Record<
  number,
  Frame["type"]
>;

const address = (bytes: Buffer, family: number): string =>
  family === 4
    ? bytes.subarray(0, 4).join(".")
    : Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2).toString(16)).join(":");

const body = (type: Frame["type"], f: Buffer): Record<string, unknown> => {
  const text = (begin: number, length: number): string => f.toString("latin1", begin, begin + length);
  switch (type) {
    case "hello":
      return { abi: f.readUInt32LE(FRAME.hello.abi) };
    case "coverage": {
      const { $size, state, hookLen, reasonLen, targetLen } = FRAME.coverage;
      const length = f.readUInt16LE(hookLen);
      const reason = f.readUInt16LE(reasonLen);
      return {
        state: COVERAGE_STATES[f.readUInt16LE(state)],
        hook: text($size, length),
        reason: text($size + length, reason),
        target: text($size + length + reason, f.readUInt16LE(targetLen)),
      };
    }
    case "ready":
      return {};
    case "loss":
      return { lost: Number(f.readBigUInt64LE(FRAME.loss.lost)), ring: LOSS_RINGS[f.readUInt32LE(FRAME.loss.ring)] };
    case "bye": {
      const { seen, lost, filtered } = FRAME.bye;
      const number = (at: number): number => Number(f.readBigUInt64LE(at));
      return { seen: number(seen), lost: number(lost), filtered: number(filtered) };
    }
    case "fork": {
      const { parentStart, cgroup, ppid, uid, insidePid, pidNamespace } = FRAME.fork;
      return {
        parent: `${f.readUInt32LE(ppid)}/${f.readBigUInt64LE(parentStart)}`,
        ppid: f.readUInt32LE(ppid),
        uid: f.readUInt32LE(uid),
        cgroup: Number(f.readBigUInt64LE(cgroup)),
        insidePid: f.readUInt32LE(insidePid),
        pidNamespace: f.readUInt32LE(pidNamespace),
      };
    }
    case "cgroup": {
      const { $size, cgroup, pathLen } = FRAME.cgroup;
      return { cgroup: Number(f.readBigUInt64LE(cgroup)), path: text($size, f.readUInt32LE(pathLen)) };
    }
    case "exec": {
      const at = FRAME.exec;
      const exe = f.readUInt16LE(at.exeLen);
      const cwd = f.readUInt16LE(at.cwdLen);
      const argv = f.readUInt32LE(at.argvLen);
      return {
        parent: `${f.readUInt32LE(at.ppid)}/${f.readBigUInt64LE(at.parentStart)}`,
        ppid: f.readUInt32LE(at.ppid),
        uid: f.readUInt32LE(at.uid),
        gid: f.readUInt32LE(at.gid),
        cgroup: Number(f.readBigUInt64LE(at.cgroup)),
        exe: text(at.$size, exe),
        cwd: text(at.$size + exe, cwd),
        argv: text(at.$size + exe + cwd, argv)
          .replace(/\0$/, "")
          .split("\0"),
        argvBytes: argv,
        insidePid: f.readUInt32LE(at.insidePid),
        pidNamespace: f.readUInt32LE(at.pidNamespace),
      };
    }
    case "step": {
      const { $size, parentStart, ppid, valuesLen } = FRAME.step;
      return {
        parent: `${f.readUInt32LE(ppid)}/${f.readBigUInt64LE(parentStart)}`,
        ppid: f.readUInt32LE(ppid),
        variables: text($size, f.readUInt32LE(valuesLen)).split("\0").slice(0, -1),
      };
    }
    case "exit":
      return { code: f.readUInt32LE(FRAME.exit.code), signal: f.readUInt32LE(FRAME.exit.signal) };
    case "connect": {
      const at = FRAME.connect;
      const family = f.readUInt8(at.family);
      const end = (bytes: number, port: number): string =>
        `${address(f.subarray(bytes, bytes + 16), family)} ${f.readUInt16LE(port)}`;
      return {
        flow: f.readBigUInt64LE(at.flow),
        protocol: f.readUInt8(at.protocol),
        local: end(at.local, at.localPort),
        remote: end(at.remote, at.remotePort),
      };
    }
    case "result": {
      const at = FRAME.result;
      const bytes = f.subarray(at.local, at.local + 16);
      const family = f.readUInt8(at.family) === 6 ? 6 : 4;
      return {
        flow: f.readBigUInt64LE(at.flow),
        error: f.readUInt32LE(at.error),
        local: `${address(bytes, family)} ${f.readUInt16LE(at.localPort)}`,
      };
    }
    case "close": {
      const at = FRAME.close;
      const number = (offset: number): number => Number(f.readBigUInt64LE(offset));
      return {
        flow: f.readBigUInt64LE(at.flow),
        sent: number(at.sent),
        received: number(at.received),
        duration: number(at.duration),
      };
    }
    case "dns": {
      const at = FRAME.dns;
      const server = address(f.subarray(at.server, at.server + 16), f.readUInt8(at.family));
      return {
        server: `${server} ${f.readUInt16LE(at.serverPort)}`,
        localPort: f.readUInt16LE(at.localPort),
        answer: f.readUInt8(at.answer) === 1,
        message: Buffer.from(f.subarray(at.$size, at.$size + f.readUInt16LE(at.len))),
      };
    }
    case "stream": {
      const at = FRAME.stream;
      return {
        flow: f.readBigUInt64LE(at.flow),
        content: STREAM_CONTENTS[f.readUInt8(at.content)],
        incoming: f.readUInt8(at.incoming) === 1,
        offset: f.readUInt32LE(at.offset),
        bytes: Buffer.from(f.subarray(at.$size, at.$size + f.readUInt16LE(at.len))),
      };
    }
    case "http": {
      const at = FRAME.http;
      return {
        flow: f.readBigUInt64LE(at.flow),
        message: f.readUInt32LE(at.message),
        incoming: f.readUInt8(at.incoming) === 1,
        whole: f.readUInt8(at.whole) === 1,
        end: HTTP_ENDS[f.readUInt8(at.end)],
        tls: TLS_LIBRARIES[f.readUInt8(at.tls)],
        flowless: f.readUInt8(at.flowless) === 1,
        http2: f.readUInt8(at.http2) === 1,
        head: text(at.$size, f.readUInt16LE(at.len)),
        bytes: f.subarray(at.$size, at.$size + f.readUInt16LE(at.len)),
      };
    }
    case "file": {
      const at = FRAME.file;
      const path = f.readUInt16LE(at.pathLen);
      return {
        op: FILE_OPS[f.readUInt16LE(at.op)],
        count: f.readUInt32LE(at.count),
        path: text(at.$size, path),
        from: text(at.$size + path, f.readUInt16LE(at.fromLen)),
        owner: f.readUInt32LE(at.owner),
      };
    }
  }
};

/** The whole frames at the front of `bytes`, and how many bytes they take; throws on what is no frame. */
export const decode = (bytes: Buffer): { frames: Frame[]; length: number } => {
  const frames: Frame[] = [];
  let at = 0;
  while (bytes.length - at >= FRAME.header.$size) {
    const size = bytes.readUInt32LE(at + HEADER.size);
    const number = bytes.readUInt16LE(at + HEADER.type);
    const type = names[number];
    if (type === undefined || size % 8 !== 0 || size < FRAME.header.$size) {
      throw new Error(`no frame at ${at}: type ${number}, size ${size}`);
    }
    if (bytes.length - at < size) break;
    const f = bytes.subarray(at, at + size);
    const flags = f.readUInt16LE(HEADER.flags);
    const pid = f.readUInt32LE(HEADER.pid);
    frames.push({
      type,
      time: Number(f.readBigUInt64LE(HEADER.time)),
      pid,
      tid: f.readUInt32LE(HEADER.tid),
      process: `${pid}/${f.readBigUInt64LE(HEADER.start)}`,
      truncated: (flags & FLAG.truncated) !== 0,
      existing: (flags & FLAG.existing) !== 0,
      relative: (flags & FLAG.relative) !== 0,
      ...body(type, f),
    } as Frame);
    at += size;
  }
  return { frames, length: at };
};
