// How far behind the runner a run is that comes in pieces.

/** A piece is uploaded within seconds; if it seems otherwise, the runner's clock is not GitHub's. */
const LONGEST_UPLOAD_MS = 300_000;

/**
 * Milliseconds since the newest event that is here. Where the runner's clock is plainly not GitHub's, since its upload.
 * @param lastT Of the newest event, in microseconds on the runner's clock.
 * @param uploadedAt When GitHub took the piece that it is in, in milliseconds on GitHub's clock.
 * @param now On this machine's clock, which may differ too: never less than 0.
 */
export const behindMs = (lastT: number, uploadedAt: number | undefined, now: number): number => {
  const happened = lastT / 1000;
  // Times of artifacts are whole seconds.
  const isOff = uploadedAt !== undefined && (happened > uploadedAt + 1000 || happened < uploadedAt - LONGEST_UPLOAD_MS);
  return Math.max(0, Math.round(now - (isOff ? uploadedAt : happened)));
};
