// Makes frames as the sensor does, for tests and benchmarks; by the offsets of layout.ts, which are checked against the
// C header.
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
  RG_ABI,
  STREAM_CONTENTS,
  TLS_LIBRARIES,
  TYPE,
} from "../../src/sensor/layout.ts";

export interface Who {
  readonly pid: number;
  readonly start: number;
  /** Microseconds since the epoch. */
  readonly time?: number;
}
export const TIME = 1_790_000_000_000_000;

const groups = (text: string): number[] =>
  text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));

const bytesOf = (ip: string): number[] => {
  if (!ip.includes(":")) return ip.split(".").map(Number);
  const [left = "", right = ""] = ip.split("::");
  const [before, after] = [groups(left), groups(right)];
  const all = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
  return all.flatMap((group) => [group >> 8, group & 255]);
};

class Writer {
  readonly buffer: Buffer;

  constructor(type: number, who: Who | undefined, fixed: number, flags: number, ...variable: readonly Buffer[]) {
    const used = fixed + variable.reduce((sum, part) => sum + part.length, 0);
    this.buffer = Buffer.alloc(Math.ceil(used / 8) * 8);
    this.u32(HEADER.size, this.buffer.length);
    this.u16(HEADER.type, type);
    this.u16(HEADER.flags, flags);
    this.u64(HEADER.time, who?.time ?? TIME);
    this.u64(HEADER.start, who?.start ?? 0);
    this.u32(HEADER.pid, who?.pid ?? 0);
    this.u32(HEADER.tid, who?.pid ?? 0);
    let at = fixed;
    for (const part of variable) at += part.copy(this.buffer, at);
  }
  u8 = (at: number, value: number): unknown => this.buffer.writeUInt8(value, at);
  u16 = (at: number, value: number): unknown => this.buffer.writeUInt16LE(value, at);
  u32 = (at: number, value: number): unknown => this.buffer.writeUInt32LE(value, at);
  u64 = (at: number, value: number | bigint): unknown => this.buffer.writeBigUInt64LE(BigInt(value), at);
  ip = (at: number, ip: string): unknown => this.buffer.set(bytesOf(ip), at);
}

export const hello = (abi = RG_ABI): Buffer => {
  const w = new Writer(TYPE.hello, undefined, FRAME.hello.$size, 0);
  w.u32(FRAME.hello.abi, abi);
  return w.buffer;
};
export const ready = (): Buffer => new Writer(TYPE.ready, undefined, FRAME.ready.$size, 0).buffer;
export const coverage = (hook: string, state: (typeof COVERAGE_STATES)[number], reason = "", target = ""): Buffer => {
  const [h, r, t] = [Buffer.from(hook), Buffer.from(reason), Buffer.from(target)];
  const f = FRAME.coverage;
  const w = new Writer(TYPE.coverage, undefined, f.$size, 0, h, r, t);
  w.u16(f.state, COVERAGE_STATES.indexOf(state));
  w.u16(f.hookLen, h.length);
  w.u16(f.reasonLen, r.length);
  w.u16(f.targetLen, t.length);
  return w.buffer;
};
export const loss = (ring: (typeof LOSS_RINGS)[number], lost: number): Buffer => {
  const w = new Writer(TYPE.loss, undefined, FRAME.loss.$size, 0);
  w.u64(FRAME.loss.lost, lost);
  w.u32(FRAME.loss.ring, LOSS_RINGS.indexOf(ring));
  return w.buffer;
};
export const bye = (seen: number, lost: number): Buffer => {
  const w = new Writer(TYPE.bye, undefined, FRAME.bye.$size, 0);
  w.u64(FRAME.bye.seen, seen);
  w.u64(FRAME.bye.lost, lost);
  return w.buffer;
};
/** Where a process runs. */
export interface Place {
  readonly cgroup?: number;
  readonly insidePid?: number;
  readonly pidNamespace?: number;
}
const putPlace = (w: Writer, f: typeof FRAME.fork | typeof FRAME.exec, place: Place): void => {
  w.u64(f.cgroup, place.cgroup ?? 0);
  w.u32(f.insidePid, place.insidePid ?? 0);
  w.u32(f.pidNamespace, place.pidNamespace ?? 0);
};
export const fork = (child: Who, parent: Who, uid = 0, creator = parent, place: Place = {}): Buffer => {
  const f = FRAME.fork;
  const w = new Writer(TYPE.fork, child, f.$size, 0);
  w.u64(f.parentStart, parent.start);
  w.u32(f.ppid, parent.pid);
  w.u32(f.uid, uid);
  w.u64(f.creatorStart, creator.start);
  w.u32(f.creator, creator.pid);
  putPlace(w, f, place);
  return w.buffer;
};
export interface ExecOptions extends Place {
  readonly parent?: Who;
  readonly exe?: string;
  readonly cwd?: string;
  readonly argv?: readonly string[];
  readonly uid?: number;
  readonly truncated?: boolean;
  readonly existing?: boolean;
}
export const exec = (who: Who, options: ExecOptions = {}): Buffer => {
  const f = FRAME.exec;
  const [exe, cwd] = [Buffer.from(options.exe ?? "/bin/true"), Buffer.from(options.cwd ?? "/")];
  const argv = Buffer.from((options.argv ?? ["true"]).map((arg) => `${arg}\0`).join(""));
  const flags = (options.truncated === true ? FLAG.truncated : 0) | (options.existing === true ? FLAG.existing : 0);
  const w = new Writer(TYPE.exec, who, f.$size, flags, exe, cwd, argv);
  w.u64(f.parentStart, options.parent?.start ?? 0);
  w.u32(f.ppid, options.parent?.pid ?? 1);
  w.u32(f.uid, options.uid ?? 0);
  w.u32(f.argvLen, argv.length);
  w.u16(f.exeLen, exe.length);
  w.u16(f.cwdLen, cwd.length);
  putPlace(w, f, options);
  return w.buffer;
};
export const cgroup = (who: Who, id: number, path: string): Buffer => {
  const [f, text] = [FRAME.cgroup, Buffer.from(path)];
  const w = new Writer(TYPE.cgroup, who, f.$size, 0, text);
  w.u64(f.cgroup, id);
  w.u32(f.pathLen, text.length);
  return w.buffer;
};
export interface StepOptions {
  readonly parent: Who;
  /** Of the environment. */
  readonly variables: Readonly<Record<string, string>>;
  readonly truncated?: boolean;
  readonly existing?: boolean;
}
export const step = (who: Who, options: StepOptions): Buffer => {
  const f = FRAME.step;
  const list = Object.entries(options.variables).map(([name, value]) => `${name}=${value}\0`);
  const values = Buffer.from(list.join(""));
  const flags = (options.truncated === true ? FLAG.truncated : 0) | (options.existing === true ? FLAG.existing : 0);
  const w = new Writer(TYPE.step, who, f.$size, flags, values);
  w.u64(f.parentStart, options.parent.start);
  w.u32(f.ppid, options.parent.pid);
  w.u32(f.valuesLen, values.length);
  return w.buffer;
};
export const exit = (who: Who, code = 0, signal = 0): Buffer => {
  const w = new Writer(TYPE.exit, who, FRAME.exit.$size, 0);
  w.u32(FRAME.exit.code, code);
  w.u32(FRAME.exit.signal, signal);
  return w.buffer;
};
export interface ConnectOptions {
  readonly flow: number | bigint;
  readonly remote: string;
  readonly remotePort: number;
  readonly local?: string;
  readonly localPort?: number;
  readonly udp?: boolean;
}
export const connect = (who: Who, options: ConnectOptions): Buffer => {
  const f = FRAME.connect;
  const w = new Writer(TYPE.connect, who, f.$size, 0);
  const six = options.remote.includes(":");
  w.u64(f.flow, options.flow);
  w.u16(f.localPort, options.localPort ?? 0);
  w.u16(f.remotePort, options.remotePort);
  w.u8(f.family, six ? 6 : 4);
  w.u8(f.protocol, options.udp === true ? 17 : 6);
  w.ip(f.local, options.local ?? (six ? "::" : "0.0.0.0"));
  w.ip(f.remote, options.remote);
  return w.buffer;
};
export const result = (
  who: Who,
  flow: number | bigint,
  error: number,
  local = "192.0.2.1",
  localPort = 40000,
): Buffer => {
  const f = FRAME.result;
  const w = new Writer(TYPE.result, who, f.$size, 0);
  w.u64(f.flow, flow);
  w.u32(f.error, error);
  w.u16(f.localPort, localPort);
  w.u8(f.family, local.includes(":") ? 6 : 4);
  w.ip(f.local, local);
  return w.buffer;
};
export const close = (
  who: Who,
  flow: number | bigint,
  sent: number,
  received: number,
  duration = 0,
  unread = false,
): Buffer => {
  const f = FRAME.close;
  const w = new Writer(TYPE.close, who, f.$size, unread ? FLAG.unread : 0);
  w.u64(f.flow, flow);
  w.u64(f.sent, sent);
  w.u64(f.received, received);
  w.u64(f.duration, duration);
  return w.buffer;
};
export interface DeniedOptions {
  readonly flow: number;
  readonly remote: string;
  readonly remotePort: number;
  readonly protocol?: number;
  readonly reason?: (typeof DENIED_REASONS)[number];
  readonly rule?: number;
  readonly count?: number;
  readonly name?: Buffer;
}
export const denied = (who: Who, options: DeniedOptions): Buffer => {
  const f = FRAME.denied;
  const name = options.name ?? Buffer.alloc(0);
  const w = new Writer(TYPE.denied, who, f.$size, 0, name);
  w.u64(f.flow, options.flow);
  w.u32(f.rule, options.rule ?? NO_RULE);
  w.u32(f.count, options.count ?? 1);
  w.u16(f.remotePort, options.remotePort);
  w.u8(f.family, options.remote.includes(":") ? 6 : 4);
  w.u8(f.protocol, options.protocol ?? 6);
  w.u8(f.reason, DENIED_REASONS.indexOf(options.reason ?? "address"));
  w.u8(f.nameLen, name.length);
  w.ip(f.remote, options.remote);
  return w.buffer;
};
export const dns = (who: Who, message: Buffer, answer: boolean, server = "192.0.2.53", localPort = 5000): Buffer => {
  const f = FRAME.dns;
  const w = new Writer(TYPE.dns, who, f.$size, 0, message);
  w.u16(f.localPort, localPort);
  w.u16(f.serverPort, 53);
  w.u8(f.family, server.includes(":") ? 6 : 4);
  w.u8(f.answer, answer ? 1 : 0);
  w.u16(f.len, message.length);
  w.ip(f.server, server);
  return w.buffer;
};
export const stream = (
  who: Who,
  flow: number | bigint,
  content: (typeof STREAM_CONTENTS)[number],
  bytes: Buffer,
  offset = 0,
  incoming = false,
): Buffer => {
  const f = FRAME.stream;
  const w = new Writer(TYPE.stream, who, f.$size, 0, bytes);
  w.u64(f.flow, flow);
  w.u32(f.offset, offset);
  w.u16(f.len, bytes.length);
  w.u8(f.content, STREAM_CONTENTS.indexOf(content));
  w.u8(f.incoming, incoming ? 1 : 0);
  return w.buffer;
};
export interface HttpOptions {
  readonly flow: number | bigint;
  readonly message?: number;
  readonly offset?: number;
  readonly incoming?: boolean;
  readonly whole?: boolean;
  readonly end?: (typeof HTTP_ENDS)[number];
  readonly tls?: (typeof TLS_LIBRARIES)[number];
  readonly flowless?: boolean;
  readonly http2?: boolean;
}
export const http = (who: Who, options: HttpOptions, head: string | Buffer = ""): Buffer => {
  const f = FRAME.http;
  const bytes = typeof head === "string" ? Buffer.from(head, "latin1") : head;
  const w = new Writer(TYPE.http, who, f.$size, 0, bytes);
  w.u64(f.flow, options.flow);
  w.u32(f.message, options.message ?? 0);
  w.u32(f.offset, options.offset ?? 0);
  w.u16(f.len, bytes.length);
  w.u8(f.incoming, options.incoming === true ? 1 : 0);
  w.u8(f.whole, options.whole === false ? 0 : 1);
  w.u8(f.end, HTTP_ENDS.indexOf(options.end ?? "goes_on"));
  w.u8(f.tls, TLS_LIBRARIES.indexOf(options.tls ?? "none"));
  w.u8(f.flowless, options.flowless === true ? 1 : 0);
  w.u8(f.http2, options.http2 === true ? 1 : 0);
  return w.buffer;
};
export const file = (
  who: Who,
  op: (typeof FILE_OPS)[number],
  path: string,
  from = "",
  count = 1,
  partial = false,
  owner = 0,
): Buffer => {
  const f = FRAME.file;
  const [p, o] = [Buffer.from(path), Buffer.from(from)];
  const w = new Writer(TYPE.file, who, f.$size, partial ? FLAG.relative : 0, p, o);
  w.u32(f.count, count);
  w.u16(f.op, FILE_OPS.indexOf(op));
  w.u16(f.pathLen, p.length);
  w.u16(f.fromLen, o.length);
  w.u32(f.owner, owner);
  return w.buffer;
};
