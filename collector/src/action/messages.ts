// What the steps of the Action (unprivileged) and the keeper (root) tell each other: JSON, one message a line.
import type { VerdictName } from "../../protocol/artifactNames.ts";
import type { DeniedSummary } from "../../report/runSummary.ts";
import type { AgentHooks } from "./agentHooks.ts";
import type { Inputs } from "./inputs.ts";

/** To the keeper, on its standard input: secrets are in it, so it is in no argument and no environment. */
export interface Order {
  readonly inputs: Inputs;
  /** Variables of the job, for the log's first event and for the uploader. */
  readonly job: Readonly<Record<string, string>>;
  /** How to reach the artifact service; nothing is uploaded where absent. */
  readonly service: Readonly<Record<string, string>> | undefined;
  /** SHA-256 of the word that ends the run, hex. */
  readonly stopHash: string;
  /** Pid of the runner's worker: when it is gone, so is the job. */
  readonly worker: number | undefined;
  /** Who runs the steps: whose rights are taken away, and who may connect to the control socket. */
  readonly user: { readonly uid: number; readonly gid: number; readonly name: string };
}

/** How the keeper answers while it starts. */
export type StartReport =
  | { readonly kind: "message"; readonly text: string }
  | { readonly kind: "warning"; readonly text: string }
  | { readonly kind: "failed"; readonly reason: string }
  | {
      readonly kind: "ready";
      readonly control: string;
      readonly key: string;
      readonly enforcing: boolean;
      readonly hooks: AgentHooks;
      readonly server: { readonly url: string; readonly token: string; readonly tokenFile: string } | undefined;
    };

/** What came of the run. */
export interface Outcome {
  /** Why the step must fail, whatever its inputs say; the first is the most important. */
  readonly failures: readonly string[];
  readonly warnings: readonly string[];
  readonly denials: readonly DeniedSummary[];
  /** What of it the name of an artifact says; undefined where the log could not be read. */
  readonly verdict: Omit<VerdictName, "kind" | "key"> | undefined;
  /** Why a policy that was to be enforced was not, at least for a time. */
  readonly unenforced: string | undefined;
  readonly markdown: string;
  /** Where the log is still on this machine. */
  readonly log: string | undefined;
}

export type StopReport =
  /** The word was right, and the run is being ended. */
  | { readonly kind: "taken" }
  | { readonly kind: "message"; readonly text: string }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "outcome"; readonly outcome: Outcome };
