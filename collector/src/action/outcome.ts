// What came of a run, as its log says: read once, at the end, by the keeper.
import type { VerdictPolicy } from "../../protocol/artifactNames.ts";
import { isKnownEvent } from "../../protocol/decode.ts";
import type { RunEvent, UnknownEvent } from "../../protocol/events.ts";
import { messageOf } from "../errors.ts";
import { closeFd } from "../log/fileAccess.ts";
import { openLogFile } from "../log/openLogFile.ts";
import { scanLog } from "../log/scanLog.ts";
import { logVerifier } from "../log/verifyLog.ts";
import type { Verification } from "../../report/logVerifier.ts";
import { describeVerification } from "../../report/verificationText.ts";
import { renderMarkdown } from "../../report/renderMarkdown.ts";
import type { RunSummary } from "../../report/runSummary.ts";
import { FOR_PEOPLE } from "../../report/listLimits.ts";
import { RunTally } from "../../report/tally.ts";
import type { Outcome } from "./messages.ts";

/** Whether the policy was enforced all the time that it should have been. */
class ArmedTally {
  #gap: string | undefined;
  #armed = false;

  take(event: RunEvent | UnknownEvent): void {
    if (!isKnownEvent(event) || event.type !== "enforcement") return;
    if (!event.armed && this.#armed) this.#gap ??= event.reason;
    this.#armed = event.armed;
  }

  /** Why it was not; undefined where it was. */
  get gap(): string | undefined {
    return this.#gap ?? (this.#armed ? undefined : "it was never armed");
  }
}

const plural = (n: number, one: string): string => `${n} ${one}${n === 1 ? "" : "s"}`;

export interface OutcomeOptions {
  readonly log: string;
  /** What is known to be wrong without a look at the log. */
  readonly failures: readonly string[];
  readonly warnings: readonly string[];
  /** The job was to be contained; `must`: otherwise it fails. */
  readonly containment: "none" | "must" | "may";
}

const failuresOf = (verification: Verification, losses: RunSummary["losses"], gap: string | undefined): string[] => [
  ...(verification.verdict === "whole" ? [] : [`the log is not whole: ${describeVerification(verification)}`]),
  ...((losses.bySource["sensor"] ?? 0) > 0 ? ["the sensor was lost: what happened after that is not in the log"] : []),
  ...(gap === undefined ? [] : [`the policy was not enforced all the time: ${gap}`]),
];

const policyWord = (
  containment: OutcomeOptions["containment"],
  unenforced: string | undefined,
  mode: string | undefined,
): VerdictPolicy => {
  if (containment !== "none") return unenforced === undefined ? "enforced" : "unenforced";
  return mode === undefined || mode === "none" ? "none" : "audited";
};

/** Never rejects: a log that cannot be read is one more failure. */
export const readOutcome = async (options: OutcomeOptions): Promise<Outcome> => {
  const { log, containment } = options;
  const warnings = [...options.warnings];
  try {
    const file = await openLogFile(log);
    const tally = new RunTally();
    const verifier = logVerifier();
    const armed = new ArmedTally();
    try {
      const scanned = await scanLog(file, {
        onEvent: (event) => {
          tally.take(event);
          armed.take(event);
        },
        onLine: (event, bytes) => void verifier.take(event, bytes),
      });
      const verification = verifier.finish(scanned);
      const summary = tally.summary("the log", scanned.notice, verification, FOR_PEOPLE);
      const { losses, denied } = summary;
      if (losses.total > 0) warnings.push(`${plural(losses.total, "event")} of the job were lost: see the summary`);
      const unenforced = containment === "none" ? undefined : armed.gap;
      const gap = containment === "must" ? unenforced : undefined;
      const failures = [...options.failures, ...failuresOf(verification, losses, gap)];
      const names = new Map(summary.steps.items.map(({ id, name }) => [id, name]));
      const denials = denied.items.map((one) => ({ ...one, steps: one.steps.map((id) => names.get(id) ?? id) }));
      const verdict = {
        policy: policyWord(containment, unenforced, summary.policy?.mode),
        findings: summary.findings.items.length + summary.findings.omitted,
        denied: denied.items.length + denied.omitted,
        broken: failures.length > 0,
      };
      return { failures, warnings, denials, verdict, unenforced, markdown: renderMarkdown(summary), log };
    } finally {
      await closeFd(file.fd).catch(() => undefined);
    }
  } catch (error) {
    const failures = [...options.failures, `the log cannot be read: ${messageOf(error)}`];
    return { failures, warnings, denials: [], verdict: undefined, unenforced: undefined, markdown: "", log };
  }
};
