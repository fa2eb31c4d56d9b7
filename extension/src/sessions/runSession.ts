// What the views and commands see of a run, be it followed live or read from a file.
import type { JobStepFact, SourceState } from "../../../webview/protocol/messages.ts";
import type { Failure } from "../errors.ts";
import type { LineStore } from "./lineStore.ts";
import type { RunSummary } from "./runSummary.ts";

export interface RunSession {
  /** The same after a reload of the window; also what a restored editor is found by. */
  readonly key: string;
  readonly kind: "live" | "file" | "hosted";
  /** Where it comes from, for a person: the collector's origin, the file's path, or the workflow run. */
  readonly origin: string;
  /** Runner's or user's text; show it as plain text only. */
  readonly title: string;
  readonly state: SourceState;
  /** The failure behind the state `lost` or `failed`. */
  readonly failure: Failure | undefined;
  readonly summary: RunSummary;
  /** What is proven of its lines, in a sentence; empty or absent where that was not looked at. */
  readonly proof?: string;
  /** No collector has seen it: its lines were made here of what GitHub tells, so what is not in them may have happened. */
  readonly isUnwatched?: boolean;
  /** What GitHub says of the job's steps, where it was asked: beside the lines, never among them. */
  readonly jobSteps?: readonly JobStepFact[];
  readonly store: LineStore;
  /** The file that holds the lines; copied by Save Run Log As…. */
  readonly path: string;
  /** Called when lines came. */
  onLines(listener: () => void): () => void;
  /** Called when the state, the title or the counts changed. */
  onChange(listener: () => void): () => void;
  /** Makes the file at `path` hold all that came. */
  flush(): Promise<void>;
  /** Ends it and frees all; `keep` leaves a live run's copy for the next start. */
  dispose(keep: boolean): Promise<void>;
}
