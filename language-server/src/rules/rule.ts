// What a rule is: something that is looked for in a file, why, and what to do about it.
import type { EndpointList } from "../model/endpoints.ts";
import type { ObservedRun } from "../observed/observedRun.ts";
import type { MonitorStep } from "../model/monitorSteps.ts";
import type { Policy } from "../model/policies.ts";
import type { Workflow } from "../model/workflow.ts";
import type { Span, TextEdit } from "../yaml/span.ts";

export type Severity = "error" | "warning" | "info" | "hint";

export interface Fix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
  /** It changes more than the author evidently meant: nobody applies it unasked. */
  readonly unsafe?: boolean;
  /** It can be applied together with others of its rule that it touches: what both leave is still in its place. */
  readonly joins?: boolean;
}

/** What the recorded runs of a job say of an endpoint. */
export interface Evidence {
  /** `host:port` */
  readonly endpoint: string;
  /** How many runs used it, of how many. */
  readonly runs: number;
  readonly of: number;
  readonly connections: number;
  /** When it was last used, in microseconds since the epoch. */
  readonly last: number;
  readonly programs: readonly string[];
  readonly steps: readonly string[];
}

export interface Finding extends Span {
  readonly message: string;
  /** The rule's own where absent. */
  readonly severity?: Severity;
  /** The best first. */
  readonly fixes?: readonly Fix[];
  /** Of what recorded runs tell: what it rests on. */
  readonly evidence?: readonly Evidence[];
}

export interface FileContext {
  readonly workflow: Workflow;
  readonly text: string;
  readonly policies: readonly Policy[];
  /** The steps of our own Action. */
  readonly monitors: readonly MonitorStep[];
  /** Recorded runs, of whatever jobs. */
  readonly observed: readonly ObservedRun[];
  /** Which branch is checked out, and which is the repository's default one, where that is known. */
  readonly branch?: { readonly current: string; readonly main: string } | undefined;
  /** The literal lists of all policies, each once, with the policies that use it. */
  readonly lists: readonly ListContext[];
}

export interface ListContext {
  readonly list: EndpointList;
  readonly policies: readonly Policy[];
}

/** What is said of a rule. */
export interface RuleText {
  readonly id: string;
  readonly severity: Severity;
  /** Off until somebody turns it on. */
  readonly isOff?: boolean;
  /** One line: what is wrong. */
  readonly title: string;
  /** Why it matters, with the evidence. */
  readonly why: string;
  /** What its fix does, and whether it is applied unasked; or why there is none. */
  readonly fix: string;
  readonly wrong: string;
  readonly right: string;
}

export interface Rule extends RuleText {
  readonly check: (file: FileContext) => Iterable<Finding>;
}
