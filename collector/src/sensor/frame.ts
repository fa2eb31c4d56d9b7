// One frame of the sensor: what sensor/frame.h says, as values. decodeFrame.ts and decodeFlow.ts make them of bytes.
import type {
  COVERAGE_STATES,
  DENIED_REASONS,
  FILE_OPS,
  HTTP_ENDS,
  LOSS_RINGS,
  STREAM_CONTENTS,
  TLS_LIBRARIES,
} from "./layout.ts";

/** Every frame's process is named by `pid` and `start` together; 0 for none. */
interface Head {
  /** Microseconds since the Unix epoch. */
  readonly time: number;
  readonly pid: number;
  /** Nanoseconds of CLOCK_BOOTTIME at which the process began. */
  readonly start: number;
}
interface WithParent extends Head {
  readonly ppid: number;
  readonly parentStart: number;
  readonly uid: number;
  /** Inode number of its cgroup v2 directory. */
  readonly cgroup: number;
  /** Its pid in its own PID namespace, and the inode number of that; 0 where it is the machine's. */
  readonly insidePid: number;
  readonly pidNamespace: number;
}
export interface ForkFrame extends WithParent {
  readonly kind: "fork";
  /** Who called fork, where that is not the parent: a process can make its parent that of its child. */
  readonly creator?: { readonly pid: number; readonly start: number };
}
export interface ExecFrame extends WithParent {
  readonly kind: "exec";
  readonly exe: string;
  readonly cwd: string;
  readonly argv: readonly string[];
  readonly truncated: boolean;
  readonly existing: boolean;
}
/** Comes before the first exec of a process in a cgroup; rarely again. */
export interface CgroupFrame extends Head {
  readonly kind: "cgroup";
  readonly cgroup: number;
  /** From the root of the tree; who made the directory has chosen the names. */
  readonly path: string;
}
/** Comes before the exec of a direct child of the runner's worker. */
export interface StepFrame extends Head {
  readonly kind: "step";
  readonly ppid: number;
  readonly parentStart: number;
  /** Of the child's environment the variables that the sensor lists, by name. */
  readonly variables: ReadonlyMap<string, string>;
  /** The environment could not be read to its end, or a value was too long. */
  readonly truncated: boolean;
  readonly existing: boolean;
}
export interface ExitFrame extends Head {
  readonly kind: "exit";
  readonly code: number;
  readonly signal: number;
}
export interface ConnectFrame extends Head {
  readonly kind: "connect";
  readonly flow: string;
  readonly protocol: "tcp" | "udp";
  readonly localIp: string;
  readonly localPort: number;
  readonly remoteIp: string;
  readonly remotePort: number;
  readonly family: 4 | 6;
}
export interface ResultFrame extends Head {
  readonly kind: "result";
  readonly flow: string;
  /** errno, 0 for an established connection. */
  readonly error: number;
  readonly localPort: number;
  /** Undefined where it has none any more. */
  readonly localIp: string | undefined;
}
export interface CloseFrame extends Head {
  readonly kind: "close";
  readonly flow: string;
  readonly sent: number;
  readonly received: number;
  readonly durationUs: number;
  /** Data went through TLS, and no library was read that it went through. */
  readonly unread: boolean;
}
export interface DnsFrame extends Head {
  readonly kind: "dns";
  readonly transport: "udp" | "tcp";
  /** Tells the sockets of a process apart: the local port, or the flow of TCP. */
  readonly socket: string;
  readonly serverIp: string;
  readonly serverPort: number;
  readonly answer: boolean;
  readonly message: Uint8Array;
}
/** Some bytes of a TCP stream. Frames of one stream may be out of order, and may repeat bytes. */
export interface StreamFrame extends Head {
  readonly kind: "stream";
  readonly flow: string;
  readonly content: (typeof STREAM_CONTENTS)[number];
  /** Received by the flow's process, not sent. */
  readonly incoming: boolean;
  /** Of the first byte here from the start of the stream. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}
/** Some bytes of the heads of HTTP messages, or why there will be no more. */
export interface HttpFrame extends Head {
  readonly kind: "http";
  /** Of the connection; that of its flow, unless it is `flowless`. */
  readonly flow: string;
  readonly flowless: boolean;
  /** Who encrypts it. */
  readonly tls: (typeof TLS_LIBRARIES)[number];
  /**
   * The bytes are of HTTP/2: its frames HEADERS, PUSH_PROMISE and CONTINUATION, whole and one after another; `offset`
   * counts those that were told before, and `message` and `whole` say nothing.
   */
  readonly http2: boolean;
  readonly incoming: boolean;
  /** Number of the request, or of the one that is answered, in whose head the bytes begin. */
  readonly message: number;
  /** Where in that head they begin. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** The last head in them ends with them, even where not all of it was told. */
  readonly whole: boolean;
  readonly end: (typeof HTTP_ENDS)[number];
}
/** The egress policy has refused something, or a packet of it. */
export interface DeniedFrame extends Head {
  readonly kind: "denied";
  /** A number of its own, or that of the flow that it is about. */
  readonly flow: string;
  /** Number of the rule that has decided; undefined where none fits. */
  readonly rule: number | undefined;
  /** Refusals that it stands for. */
  readonly count: number;
  /** 0 and an address of zeros where it had none yet. */
  readonly localIp: string;
  readonly localPort: number;
  readonly remoteIp: string;
  readonly remotePort: number;
  readonly family: 4 | 6;
  /** Of IP. */
  readonly protocol: number;
  readonly reason: (typeof DENIED_REASONS)[number];
  /** The name that the client asked for, as it was sent: to DNS, a question; in TLS, letters. Empty where it is not about one. */
  readonly name: Uint8Array;
  /** The flow was there already, and is ended. */
  readonly cut: boolean;
  /** It passes by the policy, and could not be refused. */
  readonly notRefused: boolean;
}
export interface FileFrame extends Head {
  readonly kind: "file";
  readonly op: (typeof FILE_OPS)[number];
  readonly count: number;
  readonly path: string;
  /** Empty where the operation has no second path. */
  readonly from: string;
  /** A path could not be made absolute, or is cut at its front. */
  readonly partial: boolean;
  /** Of a file in /proc of another process: the pid of that; else 0. */
  readonly owner: number;
}
export type EventFrame =
  | ForkFrame
  | ExecFrame
  | StepFrame
  | CgroupFrame
  | ExitFrame
  | ConnectFrame
  | ResultFrame
  | CloseFrame
  | DnsFrame
  | StreamFrame
  | HttpFrame
  | DeniedFrame
  | FileFrame;
export type ControlFrame =
  | { readonly kind: "hello"; readonly time: number; readonly abi: number }
  | {
      readonly kind: "coverage";
      readonly time: number;
      readonly hook: string;
      readonly state: (typeof COVERAGE_STATES)[number];
      readonly reason: string;
      /** The library or program that it is about; empty where it is about none. */
      readonly target: string;
    }
  | { readonly kind: "ready"; readonly time: number }
  | { readonly kind: "enforcement"; readonly time: number; readonly armed: boolean; readonly reason: string }
  | { readonly kind: "loss"; readonly time: number; readonly ring: (typeof LOSS_RINGS)[number]; readonly lost: number }
  | { readonly kind: "bye"; readonly time: number; readonly seen: number; readonly lost: number };
export type Frame = ControlFrame | EventFrame;
