// The Action's inputs as options of `runglass collect`.
import { toRunglass } from "../../policy/convert.ts";
import { parseHardenRunner } from "../../policy/hardenRunner.ts";
import { UserError } from "../errors.ts";
import { plainText } from "../../report/plainText.ts";
import type { Inputs } from "./inputs.ts";

export interface CollectArguments {
  readonly args: readonly string[];
  /** What the user should know about the list. */
  readonly warnings: readonly string[];
}

const MOST_WARNINGS = 20;

/**
 * A list that was written for Harden-Runner, in our own dialect: what it allows there it allows here, but for patterns that
 * would allow names of other people. Throws a `UserError` for an entry by which that agent takes back its enforcement.
 */
const fromHardenRunner = (list: string): { readonly endpoints: string; readonly warnings: string[] } => {
  const { rules, problems } = parseHardenRunner(list);
  const fatal = problems.filter(({ effect }) => effect === "reverts");
  if (fatal.length > 0) {
    const lines = fatal.map(
      ({ place, message }) => `line ${place.line}, column ${place.column}: ${plainText(message)}`,
    );
    throw new UserError(
      `input allowed-endpoints: with such a list Harden-Runner runs the job open, so nothing was started: ${lines.join("; ")}`,
      2,
    );
  }
  const warnings = problems.map(({ place, message, instead }) => {
    const remedy = instead === undefined ? "" : `; write "${plainText(instead)}"`;
    return `allowed-endpoints, line ${place.line}, column ${place.column}: ${plainText(message)}${remedy}`;
  });
  const entries: string[] = [];
  for (const rule of rules) {
    const { from, entries: converted, narrows } = toRunglass(rule);
    entries.push(...converted);
    for (const narrow of narrows) warnings.push(`allowed-endpoints: ${plainText(from)} does not allow ${narrow}`);
  }
  const more = warnings.length - MOST_WARNINGS;
  const shown = warnings.slice(0, MOST_WARNINGS);
  return { endpoints: entries.join("\n"), warnings: more > 0 ? [...shown, `… and ${more} more`] : shown };
};

/** `out` is the log; `tokenFile` that of the server, where one is asked for. */
export const collectArguments = (inputs: Inputs, out: string, tokenFile: string): CollectArguments => {
  const args = ["--out", out, "--exclude", String(process.pid), "--until-told"];
  if (inputs.cgroup !== undefined) args.push("--cgroup", inputs.cgroup);
  else if (inputs.egressPolicy === "block") args.push("--whole-machine");
  if (inputs.listen !== undefined) args.push("--listen", inputs.listen, "--token-file", tokenFile);
  if (inputs.disableFileMonitoring) args.push("--no-files");
  const { endpoints, warnings } =
    inputs.dialect === "harden-runner"
      ? fromHardenRunner(inputs.allowedEndpoints)
      : { endpoints: inputs.allowedEndpoints, warnings: [] };
  // On the command line it would name a file, which the collector reads as root.
  if (endpoints.startsWith("@"))
    throw new UserError(
      "input allowed-endpoints, line 1, column 1: an entry does not begin with @: write the list itself",
      2,
    );
  // An audit without a list would call everything denied.
  if (inputs.egressPolicy === "block" || endpoints.trim() !== "") {
    args.push("--egress-policy", inputs.egressPolicy, `--allowed-endpoints=${endpoints}`);
  }
  if (inputs.egressPolicy === "block" && inputs.onUnenforceable === "audit") args.push("--on-unenforceable", "audit");
  return { args, warnings };
};
