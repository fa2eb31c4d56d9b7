// The filter's keys: what each looks at, and how its value is read. The help overlay and the completion show this table.

export type ValueKind =
  /** The whole text, with `*` for any run of characters. */
  | "exact"
  /** Any part of the text; the whole of it where a `*` is given. */
  | "part"
  /** 80, >1024, <=99, 8000-8999, or with `*`. */
  | "number"
  /** 500, 10k, 1.5M, 2G: bytes. */
  | "size"
  /** One of a fixed set of words. */
  | "word"
  /** 12:25:03..12:26:10 by the clock, or +30s..+2:00 from the start of the run. */
  | "time";

export interface FilterKey {
  readonly kind: ValueKind;
  readonly about: string;
  /** Fixed words, where there are any. */
  readonly words?: readonly string[];
}

const isWords = [
  "denied",
  "would-block",
  "new",
  "running",
  "failed",
  "lost",
  "detached",
  "open",
  "existing",
  "forked",
] as const;
export type IsWord = (typeof isWords)[number];

export const isAbout: { readonly [W in IsWord]: string } = {
  denied: "blocked by the policy",
  "would-block": "the policy would block it",
  new: "first contact with a destination",
  running: "processes that have not ended",
  failed: "exit code, signal or error",
  lost: "events that were lost",
  detached: "left its step's process tree",
  open: "connections, steps and calls not closed yet",
  existing: "ran before the collector started",
  forked: "acts without an exec of its own",
};

export const typeWords = [
  "process",
  "network",
  "dns",
  "http",
  "file",
  "loss",
  "finding",
  "step",
  "tool",
  "enforcement",
  "firewall",
  "other",
] as const;
export type TypeWord = (typeof typeWords)[number];

export const filterKeys = {
  host: { kind: "exact", about: "host name of a connection, query or request" },
  ip: { kind: "exact", about: "remote IP address" },
  port: { kind: "number", about: "remote port" },
  proto: { kind: "word", about: "transport protocol", words: ["tcp", "udp"] },
  pid: { kind: "number", about: "process id" },
  ppid: { kind: "number", about: "parent's process id" },
  comm: { kind: "exact", about: "program name" },
  exe: { kind: "part", about: "path of the program" },
  arg: { kind: "part", about: "one argument of the command line" },
  cwd: { kind: "part", about: "working directory" },
  under: { kind: "part", about: "command line of the process or of one above it" },
  path: { kind: "part", about: "path of a file" },
  op: {
    kind: "word",
    about: "file operation",
    words: ["create", "write", "truncate", "rename", "unlink", "chmod", "link", "read"],
  },
  user: { kind: "exact", about: "user name or uid" },
  type: { kind: "word", about: "kind of row", words: typeWords },
  is: { kind: "word", about: "state", words: isWords },
  result: { kind: "exact", about: "ok, error name, DNS answer code or HTTP status" },
  exit: { kind: "exact", about: "exit code or signal name" },
  "larger-than": { kind: "size", about: "bytes sent and received" },
  time: { kind: "time", about: "when it took place or went on: 12:25..12:26:10, or +30s.. from the start" },
  step: { kind: "exact", about: "workflow step, by name or id" },
  container: { kind: "exact", about: "container, by name, id, image or runtime; * for any" },
  tool: { kind: "exact", about: "tool call of the agent, by id, name or what it is about" },
} as const satisfies Readonly<Record<string, FilterKey>>;

export type KeyName = keyof typeof filterKeys;

export const isKeyName = (name: string): name is KeyName => Object.hasOwn(filterKeys, name);
export const keyNames = Object.keys(filterKeys) as readonly KeyName[];
