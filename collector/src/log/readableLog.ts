// The reading half of a run's log: what the HTTP side needs, whether the log is being written, finished, or replayed.

/** A place between two lines of a log. */
export interface Position {
  /** seq of the line before this place, 0 at the start. */
  readonly seq: number;
  /** Offset in bytes of the line after it. */
  readonly offset: number;
}

/** Whole lines with seq 1, 2, 3 … in a file; what is past `published` does not exist for readers. */
export interface ReadableLog {
  /** The end of what readers can see. */
  readonly published: Position;
  /** Nothing more will be published. */
  readonly ended: boolean;
  /** The greatest seq a client can have seen: more than `published.seq` where a recording is replayed anew. */
  readonly reachableSeq: number;
  /** The last known position whose seq is at most `seq`. */
  positionBefore(seq: number): Position;
  /** Reads into `buffer` from byte `offset` on; resolves with the number of bytes, 0 only where the file was cut. */
  readAt(buffer: Uint8Array, offset: number): Promise<number>;
  /** Calls `listener` after each growth and at the end, until the returned function is called. */
  onAppend(listener: () => void): () => void;
}
