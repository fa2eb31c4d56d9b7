import { Matcher } from "../../../../collector/policy/matcher.ts";
import { parseHardenRunner } from "../../../../collector/policy/hardenRunner.ts";
import { addToList } from "../../model/edits.ts";
import type { Finding, Rule } from "../rule.ts";
import { inputSpan, trimmedSpan } from "../policy/support.ts";
import { isSetupFile } from "./support.ts";

/** The agent talks to the one of its plan. */
const MODELS = [
  "api.githubcopilot.com",
  "api.individual.githubcopilot.com",
  "api.business.githubcopilot.com",
  "api.enterprise.githubcopilot.com",
];
const OTHERS = ["uploads.github.com", "user-images.githubusercontent.com"];

export const agentHostsBlocked: Rule = {
  id: "copilot/agent-hosts-blocked",
  severity: "error",
  title: "The policy cuts the agent off from Copilot",
  why: "The agent starts in the same job, under the same policy: without Copilot's own hosts in the list it cannot work.",
  wrong: "egress-policy: block\nallowed-endpoints: github.com:443",
  right:
    "egress-policy: block\nallowed-endpoints: >\n  github.com:443\n  *.githubcopilot.com:443\n  uploads.github.com:443",
  *check({ workflow, policies, text }): Iterable<Finding> {
    if (!isSetupFile(workflow)) return;
    for (const { mode, step, lists, isUnresolved } of policies) {
      const input = step.inputs.get("allowed-endpoints");
      const [list] = lists;
      if (mode !== "block" || input === undefined || list === undefined || isUnresolved || lists.length > 1) continue;
      // As it is meant: how it is written is told of by other rules.
      const words = list.entries.map((entry) => entry.text).join(" ");
      const matcher = new Matcher(parseHardenRunner(words));
      const open = (host: string): boolean => matcher.connection({ host, port: 443, protocol: "tcp" }) !== undefined;
      if (list.entries.length === 0 || MODELS.some((host) => open(host))) continue;
      const wanted = ["*.githubcopilot.com", ...OTHERS.filter((host) => !open(host))].map((host) => `${host}:443`);
      const edit = addToList(text, list, wanted.join(" "));
      const fixes = edit === undefined ? [] : [{ title: "Add Copilot's hosts", edits: [edit], unsafe: true }];
      const message = `the agent cannot reach Copilot: add ${wanted.join(", ")}`;
      yield { ...trimmedSpan(text, inputSpan(input)), message, fixes };
    }
  },
};
