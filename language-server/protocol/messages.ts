// What a client may tell the language server, and ask of it, beyond the protocol that all editors speak.

/** In `initialize`: the run logs that policies are compared with, as absolute paths. */
export interface InitializationOptions {
  readonly observed?: readonly string[];
  /** Whether workflows are also validated in general, by GitHub's own language service; not where absent. */
  readonly workflowValidation?: boolean;
  /** Whether policies are checked, and helped with; they are where absent. What a client asks for by name is answered anyway. */
  readonly lint?: boolean;
  /** What the user wants of rules: `off`, `hint`, `info`, `warning` or `error`. A repository's own file wins, rule by rule. */
  readonly rules?: Readonly<Record<string, string>>;
}

/** A notification: what the user wants of the rules has changed. */
export const LINT_CHANGED = "runglass/lintChanged";
export type LintChanged = Required<Pick<InitializationOptions, "lint" | "rules">>;

/** A notification: from now on these logs are compared with, and no others. */
export const OBSERVED_CHANGED = "runglass/observedChanged";
export interface ObservedChanged {
  readonly observed: readonly string[];
}

/** A notification: general validation is turned on or off. */
export const VALIDATION_CHANGED = "runglass/validationChanged";
export interface ValidationChanged {
  readonly workflowValidation: boolean;
}

/** A request: what a refactoring makes of a document. Nothing is changed by it; the client applies the edit. */
export const REWRITE = "runglass/rewrite";
export interface RewriteParams {
  /** The last part of the kind `refactor.rewrite.runglass.…`, one of `ALLOWLIST_REWRITES`, or `ALLOW_ENDPOINTS`. */
  readonly refactoring: string;
  /** The document; it need not be open, or there, for `createSetupSteps`. */
  readonly uri: string;
  /** Where the cursor is in it: lines and UTF-16 units from 0. */
  readonly position?: { readonly line: number; readonly character: number };
  /** The allowlist to add, for `addAllowlist`; entries of our own dialect, for `allowEndpoints`. */
  readonly text?: string;
  /** For `allowEndpoints`: the id of the job whose policy is meant. */
  readonly job?: string;
}
export interface RewriteResult {
  /** A workspace edit of the protocol. */
  readonly edit?: object;
  /** For `copyAllowlist`: the text to copy. */
  readonly text?: string;
  /** What is allowed more, or less, or left out: a sentence each. */
  readonly notes: readonly string[];
  /** Why there is neither: one sentence. */
  readonly problem?: string;
}

/** Adds endpoints to the policy of a run's job, wherever the cursor is. */
export const ALLOW_ENDPOINTS = "allowEndpoints";

/** To and from the allowlist of Copilot's own firewall, which is no file. */
export const ALLOWLIST_REWRITES = { copy: "copyAllowlist", add: "addAllowlist" } as const;
