// The messages between the monitor page and its host (the extension). One channel each way; every member of the unions
// has its own `kind`. The host owns the session; the page is a cache that can be rebuilt at any time, so a page that
// loads anew says `ready` and gets everything again.

/** What the source of the run is doing now; shown in the monitor's first line. */
export type SourceState =
  /** No run is chosen; the page teaches how to get one. Also what the page assumes until `init` arrives. */
  | { readonly kind: "idle" }
  | { readonly kind: "connecting" }
  /** A recorded log is being read into the page; both numbers are bytes of the log. */
  | { readonly kind: "loading"; readonly done: number; readonly total: number }
  | {
      readonly kind: "live";
      /** It comes in pieces, some time after it happened; how old the newest event was when this was said. */
      readonly behindMs?: number;
      /** What does not come as it should, and what will become of that; whole sentences. */
      readonly note?: string;
    }
  /** The connection is lost and is tried again after `retryInMs`. */
  | { readonly kind: "lost"; readonly reason: string; readonly retryInMs: number }
  /** `run.end` was read, or a log was read to its end. `complete` is false where the log has no `run.end`. */
  | {
      readonly kind: "ended";
      readonly complete: boolean;
      /** What the log's seals prove, in a sentence, where they were checked. */
      readonly proof?: string;
    }
  /** Nothing more will come, and why; `action` says what the user can do. */
  | { readonly kind: "failed"; readonly reason: string; readonly action: string };

/** Where a run comes from; `github`: from a workflow run's artifacts. */
export type RunSource = "collector" | "file" | "github";

/** A step as GitHub's list of jobs has it. Its name is anybody's text; times are milliseconds of GitHub's clock. */
export interface JobStepFact {
  readonly number: number;
  readonly name: string;
  /** Absent while it goes on. */
  readonly conclusion?: string;
  readonly startedAt?: number;
  readonly completedAt?: number;
}

/** Host -> page. */
export type ToPage =
  | {
      readonly kind: "init";
      /** Title of the run, for the first line until `run.start` is read. */
      readonly title: string;
      readonly state: SourceState;
      readonly placement: "editor" | "panel";
      /** Where the run comes from: what can be done about a failure depends on it. */
      readonly source: RunSource;
      /**
       * Opaque name of the run. The page keeps it as `session` in the object it gives to `setState`, so that the host can
       * find the run again when the window is reloaded and the editor restores this page.
       */
      readonly session: string;
    }
  /**
   * Whole lines of the run log (UTF-8 NDJSON), in order, each exactly once; `firstSeq` is the seq of the first line.
   * The page answers each with `ack`; the host keeps at most two unacknowledged.
   */
  | { readonly kind: "lines"; readonly bytes: ArrayBuffer; readonly firstSeq: number; readonly chunk: number }
  | { readonly kind: "state"; readonly state: SourceState }
  /** What GitHub says of the steps of the run's job, all of them, each time that it has changed. */
  | { readonly kind: "jobSteps"; readonly steps: readonly JobStepFact[] }
  /** Forget all rows: another run, or the same one from its start, follows. */
  | { readonly kind: "reset" }
  /** Show what fits this filter: it takes the place of what stands in the filter's box. */
  | { readonly kind: "filter"; readonly text: string }
  /** A command of the host's that the page carries out (palette, keybindings, title-bar buttons). */
  | { readonly kind: "command"; readonly command: PageCommand };

export type PageCommand =
  | "focusFilter"
  | "toggleFollow"
  | "expandAll"
  | "collapseAll"
  | "toggleDetails"
  | "toggleTimeline"
  | "copyCell"
  | "copyRow"
  | "copyCommandLine"
  | "copyJson"
  /** `host:port` of a network row, as an egress policy has it. */
  | "copyPolicyEntry"
  /** The same as the allowlist of Copilot's own firewall has it. */
  | "copyAllowlistEntry"
  /** The request of a row as a curl command. */
  | "copyCurl"
  | "showProcesses"
  | "showNetwork"
  | "showFiles"
  /** The active row of another view in the tree of processes. */
  | "showInProcesses"
  /** Asks the host for the line of a change that the active row is about. */
  | "openDiff"
  /** Asks the host to allow where the active row's connections go. */
  | "allowEndpoint"
  /** Asks the host to draft a comment on the run's pull request about the active row. */
  | "commentOnPull"
  | "showHelp";

/** Page -> host. */
export type FromPage =
  /** The page has loaded and has no rows. */
  | { readonly kind: "ready" }
  | { readonly kind: "ack"; readonly chunk: number }
  /** Put `text` on the clipboard; `what` names it for the confirmation. */
  | { readonly kind: "copy"; readonly text: string; readonly what: string }
  /** The user asks which line of a change an event is about; `path` is the file, of an event that stands for many. */
  | { readonly kind: "openDiff"; readonly seq: number; readonly path?: string }
  /** The user wants to comment on an event; `path` as above. */
  | { readonly kind: "commentOnPull"; readonly seq: number; readonly path?: string }
  /** The user wants the policy to allow these entries, one a line. */
  /** `request`: the entry for the row's own request, where its endpoint may be allowed already. */
  | { readonly kind: "allowEndpoint"; readonly entries: string; readonly request?: string }
  /** The user asked for an immediate retry, or for the connect dialog. */
  | { readonly kind: "retry" }
  | { readonly kind: "connect" }
  /** The user wants to choose a recorded log. */
  | { readonly kind: "openLog" }
  /** A defect in the page: its message, for the extension's log. */
  | { readonly kind: "error"; readonly message: string };
