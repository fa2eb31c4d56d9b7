// What the first line says of the egress policy: whether there is one, what it does, and whether the kernel enforces it now.
import type { RunFacts } from "../model/runFacts.ts";
import { formatCount, formatExact, plural } from "../text/format.ts";
import { VALUE_CAP, visibleText } from "../text/visibleText.ts";
import type { StateWord } from "./facts.ts";
import type { Explanation } from "./popover.ts";

/** Entries listed; a policy may have thousands. */
const MAX_ENDPOINTS = 100;

/** Undefined before `run.start` has come. */
export const policyWord = ({ start, enforcement }: RunFacts): StateWord | undefined => {
  switch (start?.policy.mode) {
    case undefined:
      return undefined;
    case "none":
      return { icon: "shield", word: "no policy", tone: "quiet" };
    case "audit":
      return { icon: "shield", word: "policy audits", tone: "quiet" };
    case "block":
      if (enforcement === undefined) return { icon: "shield", word: "blocking, not confirmed", tone: "warn" };
      return enforcement.armed
        ? { icon: "shield", word: "blocking, armed", tone: "live" }
        : { icon: "warning", word: "not enforced", tone: "bad" };
  }
};

const modeLines = ({ start, enforcement }: RunFacts): string[] => {
  switch (start?.policy.mode) {
    case "audit":
      return [
        "The policy judges each connection, question to DNS and request, and holds nothing up: what it does not allow is marked “would block”.",
      ];
    case "block":
      if (enforcement === undefined) {
        return ["The kernel is to refuse what the policy does not allow; the collector has not said yet that it does."];
      }
      return enforcement.armed
        ? [
            "The kernel refuses what the policy does not allow. The collector looks every few seconds whether it still does.",
          ]
        : ["The kernel was to refuse what the policy does not allow, and does not: anything may pass."];
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
