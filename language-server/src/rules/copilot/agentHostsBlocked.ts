import { Matcher } from "../../../../collector/policy/matcher.ts";
import { parseHardenRunner } from "../../../../collector/policy/hardenRunner.ts";
import { parseRunglass } from "../../../../collector/policy/runglass.ts";
import { addToList } from "../../model/edits.ts";
import { readEndpoints, type EndpointList } from "../../model/endpoints.ts";
import { ownListText } from "../../model/ownList.ts";
import type { KeyValue } from "../../model/workflow.ts";
import type { Finding, Rule, Severity } from "../rule.ts";
import { inputSpan, trimmedSpan } from "../policy/support.ts";
import { isCopilotFile } from "./support.ts";

/** The agent talks to the one of its plan; the first is what older versions of GitHub's documentation name. */
const OF_PLANS = [
  "api.individual.githubcopilot.com",
  "api.business.githubcopilot.com",
  "api.enterprise.githubcopilot.com",
];
const OLD = "api.githubcopilot.com";
/** What it uploads to, and where pictures in issues are. */
const OTHERS = ["uploads.github.com", "user-images.githubusercontent.com"];

/** What is missing, and how bad that is; undefined where the agent reaches all that it needs. */
const missingFrom = (
  open: (host: string) => boolean,
): { readonly hosts: readonly string[]; readonly severity: Severity; readonly message: string } | undefined => {
  const others = OTHERS.filter((host) => !open(host));
  if (OF_PLANS.some((host) => open(host))) {
    const message = "the agent works, but cannot do all that it does";
    return others.length === 0 ? undefined : { hosts: others, severity: "info", message };
  }
  const hosts = ["*.githubcopilot.com", ...others];
  return open(OLD)
    ? { hosts, severity: "info", message: `the agent talks to the host of its plan, as ${OF_PLANS[1]}, not to ${OLD}` }
    : { hosts, severity: "error", message: "the agent cannot reach Copilot" };
};

const findingOf = (text: string, input: KeyValue, list: EndpointList, matcher: Matcher): Finding | undefined => {
  const missing = missingFrom((host) => matcher.connection({ host, port: 443, protocol: "tcp" }) !== undefined);
  if (missing === undefined) return undefined;
  const wanted = missing.hosts.map((host) => `${host}:443`);
  const edit = addToList(text, list, wanted.join(" "));
  const fixes = edit === undefined ? [] : [{ title: "Add Copilot's hosts", edits: [edit], unsafe: true }];
  const message = `${missing.message}: add ${wanted.join(", ")}`;
  return { ...trimmedSpan(text, inputSpan(input)), severity: missing.severity, message, fixes };
};

export const agentHostsBlocked: Rule = {
  id: "copilot/agent-hosts-blocked",
  severity: "error",
  title: "The policy cuts the agent off from Copilot",
  why: "The agent starts in the same job, under the same policy: without the Copilot host of its plan (api.individual, api.business or api.enterprise.githubcopilot.com; one of them is enough) it cannot work, and without uploads.github.com and user-images.githubusercontent.com it lacks a part (told as info). GitHub names these hosts for runners that are not its own.",
  fix: "The missing hosts are added. Not applied unasked.",
  wrong: "egress-policy: block\nallowed-endpoints: github.com:443",
  right:
    "egress-policy: block\nallowed-endpoints: >\n  github.com:443\n  *.githubcopilot.com:443\n  uploads.github.com:443\n  user-images.githubusercontent.com:443",
  *check({ workflow, policies, monitors, text }): Iterable<Finding> {
    if (!isCopilotFile(workflow)) return;
    for (const { mode, step, list, dialect } of monitors) {
      const input = step.inputs.get("allowed-endpoints");
      if (mode !== "block" || input === undefined || list === undefined || list.value.includes("${{")) continue;
      const isOurs = dialect === "runglass";
      const policy = isOurs ? parseRunglass(ownListText(list, text)) : parseHardenRunner(list.value);
      if (dialect === undefined || policy.rules.length === 0) continue;
      const finding = findingOf(text, input, readEndpoints(list, text), new Matcher(policy));
      if (finding !== undefined) yield finding;
    }
    for (const { mode, step, lists, isUnresolved } of policies) {
      const input = step.inputs.get("allowed-endpoints");
      const [list] = lists;
      if (mode !== "block" || input === undefined || list === undefined || isUnresolved || lists.length > 1) continue;
      // As it is meant: how it is written is told of by other rules.
      const words = list.entries.map((entry) => entry.text).join(" ");
      const matcher = new Matcher(parseHardenRunner(words));
      const finding = list.entries.length === 0 ? undefined : findingOf(text, input, list, matcher);
      if (finding !== undefined) yield finding;
    }
  },
};
