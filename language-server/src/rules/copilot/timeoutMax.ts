import { scalarTextOf } from "../../model/workflow.ts";
import type { Finding, Rule } from "../rule.ts";
import { replaceValue } from "../policy/support.ts";
import { isCopilotFile, setupJobs } from "./support.ts";

const MOST = 59;

export const timeoutMax: Rule = {
  id: "copilot/timeout-max",
  severity: "error",
  title: "The set-up may take 59 minutes at most",
  why: "Copilot takes no greater value of timeout-minutes.",
  fix: "`59`.",
  wrong: "timeout-minutes: 90",
  right: "timeout-minutes: 59",
  *check({ workflow, text }): Iterable<Finding> {
    if (!isCopilotFile(workflow)) return;
    for (const job of setupJobs(workflow)) {
      const value = scalarTextOf(workflow.nodes, workflow.nodes.value(job.node, "timeout-minutes"), text);
      if (value === undefined || !/^\d+$/.test(value.value.trim()) || Number(value.value) <= MOST) continue;
      const fix = { title: `Write ${MOST}`, edits: [replaceValue(value, String(MOST))] };
      yield { ...value.span, message: `at most ${MOST} minutes`, fixes: [fix] };
    }
  },
};
