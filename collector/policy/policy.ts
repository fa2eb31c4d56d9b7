// What an egress policy is once it has been read, whatever the dialect that it was written in.
import type { Network } from "./addresses.ts";
import type { Place } from "./words.ts";

/** Who reads the list: our own Action and command line, or StepSecurity's Harden-Runner. */
export type Dialect = "runglass" | "harden-runner";

export type Protocol = "tcp" | "udp";

/** What a rule lets a connection go to. Names are ASCII and without a final dot. */
export type Target =
  | { readonly kind: "host"; readonly name: string }
  /** Everything below `parent`, at any depth, and not `parent` itself. */
  | { readonly kind: "subdomains"; readonly parent: string }
  /** Every name with these two ends, which may overlap. Only Harden-Runner's lists have it. */
  | { readonly kind: "ends"; readonly prefix: string; readonly suffix: string }
  | { readonly kind: "network"; readonly network: Network };

/** Which requests a rule is about: it opens the connection, and names what is expected on it. */
export interface RequestPattern {
  readonly scheme: "http" | "https";
  /** Upper case; every method where absent. */
  readonly methods: readonly string[] | undefined;
  readonly path: string;
  /** Whether what follows `path` may be anything. */
  readonly prefix: boolean;
}

export interface Rule {
  /** As it is written, and as an event names it. */
  readonly text: string;
  /** Where it is written; absent for a default rule. */
  readonly place: Place | undefined;
  /** The set of default rules that it belongs to; absent for one of the list. */
  readonly set: string | undefined;
  readonly target: Target;
  readonly port: number | "any";
  readonly protocol: Protocol | "any";
  readonly request: RequestPattern | undefined;
}

/**
 * What becomes of the policy because of an entry:
 * - `refused`: nothing starts (our dialect: every bad entry does this);
 * - `reverts`: the agent takes its whole enforcement back, and the job runs open;
 * - `lost`: this entry, or more of them, allow nothing;
 * - `wide`: it allows more than it seems to;
 * - `ignored`: a part of it has no effect.
 */
export type Effect = "refused" | "reverts" | "lost" | "wide" | "ignored";

export interface Problem {
  /** A stable word for the kind of mistake. */
  readonly code: string;
  readonly effect: Effect;
  readonly place: Place;
  /** One sentence: what is wrong, and what becomes of it. */
  readonly message: string;
  /** What to write instead of what stands at `place`; absent where only the author can know. */
  readonly instead: string | undefined;
}

export interface Policy {
  readonly dialect: Dialect;
  /** The list's own in its order, then the default ones. */
  readonly rules: readonly Rule[];
  readonly problems: readonly Problem[];
}
