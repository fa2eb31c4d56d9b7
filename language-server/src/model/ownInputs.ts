// The inputs of our own Action, as collector/action.yml has them; a test compares the two.

export interface OwnInput {
  /** In half a sentence, for whoever writes it. */
  readonly what: string;
  /** All that it takes; any text where absent. */
  readonly values?: readonly string[];
}

const TRUTH = ["true", "false"];

export const OWN_INPUT_TEXTS: Readonly<Record<string, OwnInput>> = {
  "egress-policy": {
    what: "audit (the default) records; block lets nothing but the list through",
    values: ["audit", "block"],
  },
  "allowed-endpoints": { what: "what may be reached: host:port, *.host, networks, /udp, URLs; # begins a comment" },
  dialect: { what: "how the list is written", values: ["runglass", "harden-runner"] },
  "disable-sudo": { what: "takes sudo away for the rest of the job", values: TRUTH },
  "disable-sudo-and-containers": { what: "takes sudo and the container engines away", values: TRUTH },
  "disable-file-monitoring": { what: "records no changes of files, and no reads of secrets", values: TRUTH },
  "fail-on-block": { what: "the job fails where something was blocked", values: TRUTH },
  "on-unenforceable": { what: "what becomes of block where it cannot be enforced", values: ["fail", "audit"] },
  upload: {
    what: "when the log is uploaded: while the job runs, at its end, or never",
    values: ["live", "end", "none"],
  },
  listen: { what: "HOST:PORT to serve the run on while the job runs, for self-hosted runners" },
  cgroup: { what: "watches what is in this control group only" },
};

export const OWN_INPUTS: readonly string[] = Object.keys(OWN_INPUT_TEXTS);
