// What a client may tell the language server beyond the protocol that all editors speak.

/** In `initialize`: the run logs that policies are compared with, as absolute paths. */
export interface InitializationOptions {
  readonly observed?: readonly string[];
}

/** A notification: from now on these logs are compared with, and no others. */
export const OBSERVED_CHANGED = "runglass/observedChanged";
export interface ObservedChanged {
  readonly observed: readonly string[];
}
