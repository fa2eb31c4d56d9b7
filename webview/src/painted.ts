// What a test or a benchmark may read of the page: what the last frame showed. Costs a few assignments a frame.

export interface Painted {
  /** seq of the newest event that is on the screen or counted on it. */
  seq: number;
  /** The same for the counts above the list and for the timeline, which are painted less often. */
  sums: number;
  frames: number;
  rows: number;
  listed: number;
  elements: number;
  /** Called in each frame that shows something new, with that seq, before the browser paints it; set it to measure. */
  onPaint: ((seq: number) => void) | undefined;
}

export const newPainted = (): Painted => ({
  seq: 0,
  sums: 0,
  frames: 0,
  rows: 0,
  listed: 0,
  elements: 0,
  onPaint: undefined,
});

/** Notes a frame. */
export const notePaint = (
  painted: Painted,
  frame: { readonly seq: number; readonly rows: number; readonly listed: number; readonly elements: number },
): void => {
  painted.frames += 1;
  painted.rows = frame.rows;
  painted.listed = frame.listed;
  painted.elements = frame.elements;
  if (painted.seq === frame.seq) return;
  painted.seq = frame.seq;
  painted.onPaint?.(frame.seq);
};
