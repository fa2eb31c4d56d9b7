// An event's part in the histogram of the timeline.
import type { RunEvent, UnknownEvent } from "../../../collector/protocol/events.ts";
import { isKnownEvent } from "../../../collector/protocol/decode.ts";
import type { TimeBins } from "./timeBins.ts";

/** What says something of the recording, not of what happened; steps and calls have lanes of their own. */
const ofTheRecording: ReadonlySet<string> = new Set([
  "run.start",
  "run.end",
  "coverage",
  "enforcement",
  "seal",
  "loss",
  "step.start",
  "step.end",
  "tool.start",
  "tool.end",
]);

/** `missing`: lines that should stand between this event and the one before it. */
export const noteOnTimeline = (bins: TimeBins, event: RunEvent | UnknownEvent, missing: number): void => {
  const { t } = event;
  if (ofTheRecording.has(event.type)) bins.reach(t);
  else bins.count(t);
  if (missing > 0) bins.mark("lost", t, missing);
  if (!isKnownEvent(event)) return;
  if (event.type === "loss" && event.lost > 0) bins.mark("lost", t, event.lost);
  else if (event.type === "finding") bins.mark("finding", t);
};
