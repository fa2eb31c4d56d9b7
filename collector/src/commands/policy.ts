// `runglass policy suggest LOG…` and `runglass policy check POLICY LOG…`: from runs to a policy, and back.
import { DEFAULT_SETS, defaultRules, hardenRunnerImplicit, reasonOf } from "../../policy/defaults.ts";
import { formatRule } from "../../policy/format.ts";
import { parseHardenRunner } from "../../policy/hardenRunner.ts";
import { NeedTally } from "../../policy/needs.ts";
import type { Dialect, Policy, Problem } from "../../policy/policy.ts";
import { parseRunglass } from "../../policy/runglass.ts";
import { UserError } from "../errors.ts";
import { nearestName } from "../../policy/nearestName.ts";
import { parseOptions, type Command } from "../options.ts";
import { PolicyCheck, type Checked } from "../policy/check.ts";
import { endpointOf, evidenceOf } from "../policy/evidence.ts";
import { readLogs } from "../policy/readLogs.ts";
import { readPolicyFile } from "../policy/readPolicyFile.ts";
import { suggestionJson, suggestionText, suggestPolicy } from "../policy/suggest.ts";
import { say } from "../run/say.ts";
import { plainText } from "../../report/plainText.ts";
import { standardOutput } from "./standardOutput.ts";

const usage = `Usage: runglass policy suggest LOG … [--dialect runglass|harden-runner] [--format text|json]
       runglass policy check POLICY LOG … [--dialect runglass|harden-runner]
       runglass policy defaults

suggest prints the least egress policy that the recorded runs needed, with the evidence for each entry: in how many runs,
how often, when last, by which programs and steps, for which requests. What is open anyway (loopback, private networks,
the runner's own reports) is not listed.

check plays recorded runs against the list of endpoints in the file POLICY, and says what it would have blocked, which
requests it does not expect, and which of its entries nothing used.

defaults lists what is allowed without being listed, by the sets that "--default-rules" takes.

  --dialect runglass        entries of our own Action and command line (the default): host[:PORT|:*], *.host, addresses
                            and networks, /udp, [METHOD|…] https://host/path/*; any white space separates, # is a comment
  --dialect harden-runner   allowed-endpoints as StepSecurity's agent reads them, with all that goes wrong there
  --format text|json        of suggest: text to put into a workflow, or the same for programs

Exit codes: 0 fine; 1 check found something that would be blocked or is not expected, or a list that does not mean what
it says; 2 bad usage, a log that cannot be read, or a policy with errors.`;

const DIALECTS = ["runglass", "harden-runner"] as const;
const oneOf = <T extends string>(option: string, text: string, known: readonly T[]): T => {
  const found = known.find((name) => name === text);
  if (found !== undefined) return found;
  const near = nearestName(text, known);
  const hint = near === undefined ? `use one of ${known.join(", ")}` : `did you mean "${near}"?`;
  throw new UserError(`policy: unknown ${option} "${text}": ${hint}`, 2);
};

const suggest = async (logs: readonly string[], dialect: Dialect, format: "text" | "json"): Promise<number> => {
  if (logs.length === 0)
    throw new UserError('policy suggest: name at least one run log: see "runglass policy --help"', 2);
  const tally = new NeedTally();
  const notices = await readLogs(logs, tally);
  const suggested = suggestPolicy(tally.finish(), dialect);
  const output = standardOutput();
  output.write(
    format === "json"
      ? `${JSON.stringify(suggestionJson(suggested, dialect, tally.runs), undefined, 2)}\n`
      : suggestionText(suggested, dialect, tally.runs),
  );
  await output.drained();
  for (const notice of notices) say(notice);
  if (tally.omitted > 0)
    say(`${tally.omitted} connections went to more endpoints than can be remembered: they are left out`);
  return 0;
};

const readPolicy = async (path: string, dialect: Dialect): Promise<Policy> => {
  const text = await readPolicyFile(path);
  return dialect === "runglass" ? parseRunglass(text, defaultRules()) : parseHardenRunner(text, hardenRunnerImplicit());
};

const problemText = (path: string, { place, message, instead }: Problem): string =>
  `${path}:${place.line}:${place.column}: ${message}${instead === undefined ? "" : `; write "${plainText(instead)}"`}`;

const reportText = (policyPath: string, policy: Policy, checked: Checked): string => {
  const lines = policy.problems.map((problem) => problemText(policyPath, problem));
  if (policy.problems.some(({ effect }) => effect === "reverts")) {
    lines.push("With this list the agent takes its enforcement back: nothing at all would be blocked.");
  }
  const { runs, allowed, blocked, unexpected, unused } = checked;
  for (const need of blocked)
    lines.push(`would be blocked: ${endpointOf(need)}/${need.protocol}  (${evidenceOf(need, runs)})`);
  for (const [request, count] of unexpected) lines.push(`not expected: ${plainText(request)}  (${count} times)`);
  for (const rule of unused) lines.push(`not used: ${plainText(rule.text)}  (line ${rule.place?.line ?? 0})`);
  const read = runs === 1 ? "one run" : `${runs} runs`;
  lines.push(
    `${allowed + blocked.length} endpoints in ${read}: ${allowed} allowed, ${blocked.length} would be blocked.`,
  );
  return `${lines.join("\n")}\n`;
};

const check = async (path: string | undefined, logs: readonly string[], dialect: Dialect): Promise<number> => {
  if (path === undefined || logs.length === 0) {
    throw new UserError('policy check: name the policy and at least one run log: see "runglass policy --help"', 2);
  }
  const policy = await readPolicy(path, dialect);
  const refused = policy.problems.filter(({ effect }) => effect === "refused");
  if (refused.length > 0) {
    const shown = refused.slice(0, 20).map((problem) => problemText(path, problem));
    const more = refused.length > shown.length ? [`… and ${refused.length - shown.length} more`] : [];
    if (refused.length === 1) throw new UserError(`policy check: ${shown[0]}`, 2);
    throw new UserError(`policy check: the policy has ${refused.length} errors:`, 2, [...shown, ...more]);
  }
  const checking = new PolicyCheck(policy);
  const notices = await readLogs(logs, checking);
  const checked = checking.finish();
  const output = standardOutput();
  output.write(reportText(path, policy, checked));
  await output.drained();
  for (const notice of notices) say(notice);
  const wrong = policy.problems.some(({ effect }) => effect !== "ignored");
  return checked.blocked.length > 0 || checked.unexpected.size > 0 || wrong ? 1 : 0;
};

const defaults = async (): Promise<number> => {
  const output = standardOutput();
  for (const set of DEFAULT_SETS) {
    const rules = defaultRules([set]).map((rule) => `  ${formatRule(rule) ?? rule.text}\n`);
    output.write(`${set}: ${reasonOf(set)}\n${rules.join("")}`);
  }
  await output.drained();
  return 0;
};

const run = async (argv: readonly string[]): Promise<number> => {
  const { values, positionals } = parseOptions("policy", argv, {
    dialect: { type: "string" },
    format: { type: "string" },
  });
  const dialect = oneOf("dialect", values.dialect ?? "runglass", DIALECTS);
  const [action, ...rest] = positionals;
  if (action === "suggest") return suggest(rest, dialect, oneOf("format", values.format ?? "text", ["text", "json"]));
  if (action === "check") {
    if (values.format !== undefined) throw new UserError("policy check: --format belongs to suggest", 2);
    const [path, ...logs] = rest;
    return check(path, logs, dialect);
  }
  if (action === "defaults") {
    if (rest.length === 0) return defaults();
    throw new UserError('policy defaults: it takes no arguments: see "runglass policy --help"', 2);
  }
  if (action === undefined)
    throw new UserError('policy: say "suggest", "check" or "defaults": see "runglass policy --help"', 2);
  throw new UserError(`policy: unknown action "${action}": it is "suggest", "check" or "defaults"`, 2);
};

export const policy: Command = {
  name: "policy",
  summary: "makes an egress policy of recorded runs, and tries one on them",
  usage,
  run,
};
