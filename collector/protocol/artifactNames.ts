// How the Action names what it uploads of a run, so that who sees only a workflow run's list of artifacts finds the
// pieces of a live log, knows their order and what they hold without opening them, and tells the jobs of one run apart.
//
// GitHub's artifacts cannot be altered once they are there, and each job may have 500: a log that grows is uploaded in
// segments, each with whole lines, and as a whole at the end.

export interface SegmentName {
  readonly kind: "segment";
  readonly key: string;
  /** 1, 2, 3 … without gaps. */
  readonly number: number;
  /** `seq` of the first event in it. */
  readonly first: number;
  /** `seq` of the last event in it. */
  readonly last: number;
}

export interface LogName {
  readonly kind: "log";
  readonly key: string;
}

/** How the policy of a job stood: enforced all the time, not so though it should have been, only judged, or none. */
export const VERDICT_POLICIES = ["enforced", "unenforced", "audited", "none"] as const;
export type VerdictPolicy = (typeof VERDICT_POLICIES)[number];

/** What came of a job, for who wants to know before opening its log. Its name says all that it holds. */
export interface VerdictName {
  readonly kind: "verdict";
  readonly key: string;
  readonly policy: VerdictPolicy;
  readonly findings: number;
  /** Destinations that the policy does not allow. */
  readonly denied: number;
  /** The record is not whole. */
  readonly broken: boolean;
}

const MOST_KEY_LENGTH = 120;
const SEGMENT = /^runglass-segment--(.{1,120})--(\d{5})--(\d{1,15})-(\d{1,15})$/;
const LOG = /^runglass-log--(.{1,120})$/;
const VERDICT = /^runglass-verdict--(.{1,120})--([a-z]{1,12})--(\d{1,9})-(\d{1,9})(--broken)?$/;
const MOST_COUNT = 999_999_999;
const KEY = /^[A-Za-z0-9_.](?:-?[A-Za-z0-9_.])*$/;

/**
 * The key of one job's artifacts in a workflow run.
 * @param nonce Tells the jobs of a matrix apart, which share everything else: letters and digits.
 */
export const artifactKey = (job: string, attempt: number, nonce: string): string => {
  const plain = job.replace(/[^A-Za-z0-9_.]+/g, "-").replace(/^-|-$/g, "");
  const tail = `.${attempt}.${nonce}`;
  return `${(plain === "" ? "job" : plain).slice(0, MOST_KEY_LENGTH - tail.length).replace(/-$/, "")}${tail}`;
};

/** Job and attempt in a key, as far as it tells them: the job's name was made to fit. */
export const parseArtifactKey = (key: string): { readonly job: string; readonly attempt: number } | undefined => {
  const [, job = "", attempt = ""] = /^(.+)\.(\d{1,6})\.[A-Za-z0-9]+$/.exec(key) ?? [];
  return job === "" ? undefined : { job, attempt: Number(attempt) };
};

export const segmentName = ({ key, number, first, last }: Omit<SegmentName, "kind">): string =>
  `runglass-segment--${key}--${String(number).padStart(5, "0")}--${first}-${last}`;

/** The name of the artifact with the whole, sealed log of a job. */
export const logName = (key: string): string => `runglass-log--${key}`;

export const verdictName = ({ key, policy, findings, denied, broken }: Omit<VerdictName, "kind">): string =>
  `runglass-verdict--${key}--${policy}--${Math.min(findings, MOST_COUNT)}-${Math.min(denied, MOST_COUNT)}${broken ? "--broken" : ""}`;

const parseVerdict = (name: string): VerdictName | undefined => {
  const [, key = "", word, findings, denied, broken] = VERDICT.exec(name) ?? [];
  const policy = VERDICT_POLICIES.find((one) => one === word);
  if (policy === undefined || !KEY.test(key)) return undefined;
  return {
    kind: "verdict",
    key,
    policy,
    findings: Number(findings),
    denied: Number(denied),
    broken: broken !== undefined,
  };
};

/** What an artifact of that name holds; undefined for one that is not ours. Names are anybody's text. */
export const parseArtifactName = (name: string): SegmentName | LogName | VerdictName | undefined => {
  const segment = SEGMENT.exec(name);
  if (segment !== null) {
    const [, key = "", ...rest] = segment;
    const [number = 0, first = 0, last = 0] = rest.map(Number);
    return KEY.test(key) && number >= 1 && first >= 1 && last >= first
      ? { kind: "segment", key, number, first, last }
      : undefined;
  }
  const [, key = ""] = LOG.exec(name) ?? [];
  return KEY.test(key) ? { kind: "log", key } : parseVerdict(name);
};
