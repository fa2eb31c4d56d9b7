// Where the fields of the sensor's frames stand: the mirror of sensor/frame.h, little endian. A test compiles that
// header and compares every offset, size and constant.

/** The version of the frames, in `HELLO.abi`. */
export const RG_ABI = 2;

/** Caps of the variable parts, in bytes; what is longer is cut and the frame flagged `FLAG.truncated`. */
export const CAP = { argv: 16384, path: 4096, dns: 1232, stream: 2048, head: 4096, step: 8192 } as const;

/** `header.type`. */
export const TYPE = {
  hello: 1,
  coverage: 2,
  ready: 3,
  loss: 4,
  bye: 5,
  enforcement: 6,
  fork: 10,
  exec: 11,
  exit: 12,
  step: 13,
  cgroup: 14,
  connect: 20,
  result: 21,
  close: 22,
  dns: 23,
  stream: 24,
  http: 25,
  denied: 26,
  file: 30,
} as const;

/** Bits of `header.flags`. */
export const FLAG = { truncated: 1, existing: 2, relative: 4, unread: 8, cut: 16, not_refused: 32 } as const;

/** `COVERAGE.state`, by its number. */
export const COVERAGE_STATES = ["on", "off", "unsupported"] as const;

/** `LOSS.ring`, by its number: where the events were lost. */
export const LOSS_RINGS = ["core", "file", "output"] as const;

/** `STREAM.content`, by its number. */
export const STREAM_CONTENTS = ["tls_hello", "dns_tcp"] as const;

/** `HTTP.end`, by its number: why the messages of a flow are not followed any further. */
export const HTTP_ENDS = ["goes_on", "head_too_long", "not_http", "too_many", "out_of_order", "begun_before"] as const;

/** `HTTP.tls`, by its number: the library that encrypts what is told. */
export const TLS_LIBRARIES = ["none", "openssl", "gnutls", "go"] as const;

/** `FILE.op`, by its number. */
export const FILE_OPS = ["create", "write", "truncate", "rename", "unlink", "chmod", "link", "read"] as const;

/** `DENIED.reason`, by its number. */
export const DENIED_REASONS = [
  "address",
  "socket",
  "packet",
  "locked",
  "question",
  "resolver",
  "name",
  "answer",
  "left",
] as const;

/** `DENIED.rule` where no rule fits. */
export const NO_RULE = 0xffff_ffff;

/** What every frame begins with. `time`: µs since the Unix epoch; `start`: ns of CLOCK_BOOTTIME, with `pid` the process. */
export const HEADER = { size: 0, type: 4, flags: 6, time: 8, start: 16, pid: 24, tid: 28 } as const;

/** Offsets in bytes from the start of the frame; `$size` is where the variable part begins. */
export const FRAME = {
  header: { $size: 32 },
  hello: { $size: 40, abi: 32 },
  coverage: { $size: 40, state: 32, hookLen: 34, reasonLen: 36, targetLen: 38 },
  ready: { $size: 32 },
  loss: { $size: 48, lost: 32, ring: 40 },
  bye: { $size: 56, seen: 32, lost: 40, filtered: 48 },
  fork: {
    $size: 80,
    parentStart: 32,
    cgroup: 40,
    ppid: 48,
    uid: 52,
    creatorStart: 56,
    creator: 64,
    insidePid: 68,
    pidNamespace: 72,
  },
  exec: {
    $size: 80,
    parentStart: 32,
    cgroup: 40,
    ppid: 48,
    uid: 52,
    gid: 56,
    argvLen: 60,
    exeLen: 64,
    cwdLen: 66,
    insidePid: 68,
    pidNamespace: 72,
  },
  step: { $size: 48, parentStart: 32, ppid: 40, valuesLen: 44 },
  cgroup: { $size: 48, cgroup: 32, pathLen: 40 },
  exit: { $size: 40, code: 32, signal: 36 },
  connect: { $size: 80, flow: 32, localPort: 40, remotePort: 42, family: 44, protocol: 45, local: 48, remote: 64 },
  result: { $size: 64, flow: 32, error: 40, localPort: 44, family: 46, local: 48 },
  close: { $size: 64, flow: 32, sent: 40, received: 48, duration: 56 },
  dns: { $size: 56, localPort: 32, serverPort: 34, family: 36, answer: 37, len: 38, server: 40 },
  stream: { $size: 48, flow: 32, offset: 40, len: 44, content: 46, incoming: 47 },
  http: {
    $size: 56,
    flow: 32,
    message: 40,
    offset: 44,
    len: 48,
    incoming: 50,
    whole: 51,
    end: 52,
    tls: 53,
    flowless: 54,
    http2: 55,
  },
  denied: {
    $size: 96,
    flow: 32,
    cookie: 40,
    rule: 48,
    count: 52,
    localPort: 56,
    remotePort: 58,
    family: 60,
    protocol: 61,
    reason: 62,
    nameLen: 63,
    local: 64,
    remote: 80,
  },
  enforcement: { $size: 40, armed: 32, reasonLen: 34 },
  file: { $size: 48, count: 32, op: 36, pathLen: 38, fromLen: 40, owner: 44 },
} as const;
