// A line of a document that a run has to do with, as it is shown: types alone, as what finds them is a bundle of its own.

export interface LineMark {
  /** From 0, in the document as it is now. */
  readonly line: number;
  /** `2 processes, 1 connection` */
  readonly title: string;
  /** Shows just that in the monitor. */
  readonly filter: string;
  /** What it is, a line each: text of the runner's. */
  readonly details: readonly string[];
}
