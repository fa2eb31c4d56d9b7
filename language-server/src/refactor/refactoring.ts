// What a refactoring is: a change of a file that a user asks for, where nothing is wrong.
import type { MonitorStep } from "../model/monitorSteps.ts";
import type { Policy } from "../model/policies.ts";
import type { Step, Workflow } from "../model/workflow.ts";
import { nodeSpan } from "../model/workflow.ts";
import type { ObservedRun } from "../observed/observedRun.ts";
import type { Span, TextEdit } from "../yaml/span.ts";

export interface RewriteContext {
  readonly workflow: Workflow;
  readonly policies: readonly Policy[];
  readonly monitors: readonly MonitorStep[];
  readonly observed: readonly ObservedRun[];
  /** Where the cursor is: what is about one step is about the one that this touches. */
  readonly selection: Span;
  /** It was asked for by its kind, not for whatever there is at this place. */
  readonly isExplicit: boolean;
}

export interface Rewrite {
  readonly title: string;
  readonly edits: readonly TextEdit[];
  /** What the user should know of it: what is allowed more, or less, or left out. */
  readonly notes: readonly string[];
  /** A file that is made; nothing is done where it is there. */
  readonly newFile?: { readonly path: string; readonly text: string };
}

/** Why it cannot be done, in one sentence. */
export interface Refusal {
  readonly problem: string;
}

export const isRefusal = (result: object): result is Refusal => "problem" in result;

export interface Refactoring {
  /** The last part of its kind, `refactor.rewrite.runglass.…`. */
  readonly id: string;
  /** Its title, where it can be had here. Asked at each move of the cursor, so it makes no edits. */
  readonly offer: (context: RewriteContext) => string | undefined;
  readonly rewrite: (context: RewriteContext) => Rewrite | Refusal;
}

const touches = (selection: Span, { start, end }: Span): boolean => selection.start <= end && selection.end >= start;

/** Does the selection touch the step, from its first line to the end of its last one? */
export const isSelected = ({ workflow, selection }: RewriteContext, step: Step): boolean => {
  const { start, end } = nodeSpan(step.node);
  const length = workflow.text.slice(start, end).trimEnd().length;
  return touches(selection, { start, end: start + length });
};

export const touchesNode = ({ selection }: RewriteContext, node: unknown): boolean =>
  touches(selection, nodeSpan(node));

/** The step of Harden-Runner, or of our own Action, that is selected. */
export const selectedPolicy = (context: RewriteContext): Policy | undefined =>
  context.policies.find(({ step }) => isSelected(context, step));
export const selectedMonitor = (context: RewriteContext): MonitorStep | undefined =>
  context.monitors.find(({ step }) => isSelected(context, step));
