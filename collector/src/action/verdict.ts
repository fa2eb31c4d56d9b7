// The first paragraph of a job's summary: how it stands.
import { markdownCode } from "../../report/markdownText.ts";
import type { Inputs } from "./inputs.ts";
import type { Outcome } from "./messages.ts";

type Level = "CAUTION" | "WARNING" | "NOTE";

const LONGEST_REASON = 600;

const destinations = (n: number): string => `${n} ${n === 1 ? "destination" : "destinations"}`;

const quiet = ({ egressPolicy, allowedEndpoints }: Inputs): string => {
  if (egressPolicy === "block") {
    return "Everything that the job connected to is allowed by its policy, which was enforced.";
  }
  if (allowedEndpoints.trim() === "") return "The job was watched to its end. It has no egress policy.";
  return "Everything that the job connected to is allowed by its policy.";
};

const said = (level: Level, lines: readonly string[]): string =>
  `> [!${level}]\n${lines.map((line) => `> ${line}\n`).join(">\n")}`;

/** As Markdown. What was not as it should have been comes first, whatever else there is to say. */
export const verdictOf = ({ failures, denials, unenforced }: Outcome, inputs: Inputs): string => {
  const blocked = denials.filter((denial) => denial.blocked).length;
  const audited = denials.length - blocked;
  const open =
    unenforced === undefined || failures.some((failure) => failure.includes(unenforced))
      ? []
      : [`**The policy was not enforced all the time**: ${markdownCode(unenforced, LONGEST_REASON)}`];
  const denied = [
    ...(blocked > 0 ? [`**Blocked: ${destinations(blocked)}** that the policy does not allow.`] : []),
    ...(audited > 0 ? [`${destinations(audited)} would be blocked by the policy.`] : []),
  ];
  const broken = failures.map((text) => markdownCode(text, LONGEST_REASON));
  if (broken.length > 0) {
    return said("CAUTION", ["**This record is not to be trusted as a whole.**", ...broken, ...open, ...denied]);
  }
  const lines = [...open, ...denied];
  return lines.length > 0 ? said("WARNING", lines) : said("NOTE", [quiet(inputs)]);
};
