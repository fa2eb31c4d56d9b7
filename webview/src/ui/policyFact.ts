// What the first line says of the egress policy: whether there is one, what it does, and whether the kernel enforces it now.
import type { RunFacts } from "../model/runFacts.ts";
import { formatCount, formatExact, plural } from "../text/format.ts";
import { VALUE_CAP, visibleText } from "../text/visibleText.ts";
import type { StateWord } from "./facts.ts";
import type { Explanation } from "./popover.ts";

/** Entries listed; a policy may have thousands. */
const MAX_ENDPOINTS = 100;

/** Undefined before `run.start` has come. */
export const policyWord = ({ start, enforcement, ended }: RunFacts): StateWord | undefined => {
  switch (start?.policy.mode) {
    case undefined:
      return undefined;
    case "none":
      return { icon: "shield", word: "no policy", tone: "quiet" };
    case "audit":
      return { icon: "shield", word: "policy audits", tone: "quiet" };
    case "block":
      if (enforcement === undefined) return { icon: "shield", word: "blocking, not confirmed", tone: "warn" };
      if (ended) {
        return enforcement.armed
          ? { icon: "shield", word: "blocking, was armed", tone: "quiet" }
          : { icon: "warning", word: "policy was not as it should be", tone: "quiet" };
      }
      return enforcement.armed
        ? { icon: "shield", word: "blocking, armed", tone: "live" }
        : { icon: "warning", word: "policy not as it should be", tone: "bad" };
  }
};

/** A policy that is not armed may let everything through, or nothing: only the reason says which. */
const blockLine = ({ enforcement, ended }: RunFacts): string => {
  if (enforcement === undefined) {
    return ended
      ? "The kernel was to refuse what the policy does not allow; the collector never said that it did."
      : "The kernel is to refuse what the policy does not allow; the collector has not said yet that it does.";
  }
  if (!enforcement.armed) {
    return ended
      ? "At the end, the policy was not enforced as it should have been; the reason below says what that meant."
      : "The policy is not enforced as it should be; the reason below says what that means.";
  }
  return ended
    ? "The kernel refused what the policy does not allow. The collector looked every few seconds whether it still did."
    : "The kernel refuses what the policy does not allow. The collector looks every few seconds whether it still does.";
};

const modeLines = (facts: RunFacts): string[] => {
  switch (facts.start?.policy.mode) {
    case "audit":
      return [
        "The policy judges each connection, question to DNS and request, and holds nothing up: what it does not allow is marked “would block”.",
      ];
    case "block":
      return [blockLine(facts)];
    default:
      return [
        "No egress policy was given to the collector: nothing is judged, and nothing is held up. Copy a row as a policy entry to begin one.",
      ];
  }
};

export const explainPolicy = (facts: RunFacts): Explanation => {
  const { start, enforcement } = facts;
  const policy = start?.policy;
  const table: [string, string][] = [];
  if (policy?.source !== undefined) table.push(["From", visibleText(policy.source, 500)]);
  if (policy?.dialect !== undefined) table.push(["Dialect", visibleText(policy.dialect, 100)]);
  if (enforcement !== undefined) {
    table.push(["Said last", formatExact(enforcement.t)]);
    if (enforcement.reason !== "") table.push(["Reason", visibleText(enforcement.reason, VALUE_CAP)]);
  }
  const endpoints = policy?.endpoints ?? [];
  const rows = endpoints.slice(0, MAX_ENDPOINTS).map((entry): [string, string] => [visibleText(entry, 500), ""]);
  if (endpoints.length > rows.length) rows.push([`${formatCount(endpoints.length - rows.length)} more`, ""]);
  const caption = `Allows ${plural(endpoints.length, "entry", "entries")}, beside what every policy allows`;
  return {
    title: "Egress policy",
    lines: modeLines(facts),
    table,
    ...(rows.length === 0 ? {} : { groups: [{ caption, rows }] }),
  };
};
