// What is known of a session's log that is not open, in words: also that it is not known. Pure.
import type { VerdictPolicy } from "../../../collector/protocol/artifactNames.ts";
import type { SessionGlance } from "../hosted/sessionGlance.ts";

const policyWords: Readonly<Record<VerdictPolicy, string>> = {
  enforced: "policy enforced",
  unenforced: "policy not enforced",
  audited: "policy audited",
  none: "no policy",
};

const counted = (value: number, one: string, many: string): string =>
  `${value.toLocaleString("en-US")} ${value === 1 ? one : many}`;

const joined = (parts: readonly string[]): string => parts.filter((part) => part !== "").join(" · ");

/** A few words for the row. */
export const glanceWords = (glance: SessionGlance | undefined, isLive: boolean): string => {
  if (glance === undefined) return "log not opened";
  const { log, policy, findings, denied, broken } = glance;
  if (log === "none") return isLive ? "no log yet" : "not monitored";
  if (policy === undefined && findings === undefined) {
    return log === "expired" ? "log expired" : "policy and findings when opened";
  }
  return joined([
    broken ? "record not whole" : "",
    policy === undefined ? "" : policyWords[policy],
    findings === undefined ? "findings when opened" : findings > 0 ? counted(findings, "finding", "findings") : "",
    denied === undefined || denied === 0 ? "" : `${denied.toLocaleString("en-US")} not allowed`,
    log === "expired" ? "log expired" : "",
  ]);
};

/** The same in a sentence, with where it comes from. */
export const glanceSentence = (glance: SessionGlance | undefined, isLive: boolean): string => {
  if (glance === undefined)
    return "Its run log is not open here: policy and findings are not known until it is opened.";
  const { log, policy, findings } = glance;
  if (log === "none") {
    return isLive
      ? "Its job has uploaded no run log yet."
      : "Its job has uploaded no run log: nobody watched, or the log was deleted.";
  }
  const isKnown = policy !== undefined || findings !== undefined;
  const source = isKnown ? " That is what its job says; opening the log checks it." : "";
  return `Run log, not opened: ${glanceWords(glance, isLive)}.${source}`;
};
