// What a row can be, and the small numbers that its columns hold.
import type { FileOp } from "../../../collector/protocol/events.ts";

export const ROOT = 0;
/** Row 0 is the invisible root, so 0 also means "no row" in every link. */
export const NONE = 0;

export const kinds = {
  root: 0,
  process: 1,
  net: 2,
  dns: 3,
  http: 4,
  file: 5,
  /** Files of one process below one directory, folded. */
  files: 6,
  /** Connections of one process beyond those shown one by one. */
  connections: 7,
  loss: 8,
  finding: 9,
  step: 10,
  tool: 11,
  enforcement: 12,
  /** An event type that this version does not know. */
  other: 13,
  /** What the agent's own firewall has blocked. */
  firewall: 14,
} as const;
export type Kind = (typeof kinds)[keyof typeof kinds];

/** A row's tag: its kind, and for network and file rows the class within. */
export const tagOf = (kind: Kind, sub = 0): number => kind * 8 + sub;
export const kindOf = (tag: number): Kind => (tag >> 3) as Kind;
export const subOf = (tag: number): number => tag & 7;

export const TCP = 0;
export const UDP = 1;

/** Bits of a file row's `state`: the operations seen on it. */
export const opBits: { readonly [O in FileOp | "read"]: number } = {
  create: 1,
  write: 2,
  truncate: 4,
  rename: 8,
  unlink: 16,
  chmod: 32,
  link: 64,
  read: 128,
};

/** Operations of one class on one path of one process share a row. */
export const opClass: { readonly [O in FileOp | "read"]: number } = {
  create: 0,
  write: 0,
  truncate: 0,
  rename: 1,
  unlink: 2,
  chmod: 3,
  link: 4,
  read: 5,
};

/** Bits of a row's `flags`. */
export const flag = {
  /** The step is inherited from a process that has left the step's tree. */
  detached: 1,
  failed: 2,
  denied: 4,
  wouldBlock: 8,
  /** First contact with this destination in the run. */
  firstContact: 16,
  /** The row has changed since the view last looked. */
  touched: 32,
  /** A call that is still open: a connection, a step, a tool call. */
  open: 64,
  /** A path of the row is not whole. */
  partial: 128,
} as const;

/** States of a process. */
export const UNSEEN = 0;
export const RUNNING = 1;
export const EXITED = 2;

/** Bits of a process's `marks`. */
export const mark = {
  forked: 1,
  existing: 2,
  truncated: 4,
  /** Its tool call is the likeliest of several. */
  toolGuess: 8,
  /** It is in its step because a client of the step seems to have asked for it. */
  stepGuess: 16,
} as const;
