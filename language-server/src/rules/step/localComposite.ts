import type { Finding, Rule } from "../rule.ts";

export const localComposite: Rule = {
  id: "step/local-composite",
  severity: "error",
  title: "Inside of an action of one's own, the agent never starts",
  why: "The runner runs no pre hooks of what a local composite action uses, and the agent starts in one: such jobs have no protection at all.",
  fix: "None from here: the step belongs into the jobs of all workflows that use the action, which are other files, also of other repositories. Taking it out protects nobody, and the action may be used from another repository too, where the hook runs.",
  wrong: "runs:\n  using: composite\n  steps:\n    - uses: step-security/harden-runner@…",
  right: "the step in each job itself",
  *check({ policies, workflow }): Iterable<Finding> {
    if (workflow.kind !== "action") return;
    for (const { step } of policies) {
      if (step.uses === undefined) continue;
      yield { ...step.uses.content, message: "a local composite action runs no pre hooks: the agent never starts" };
    }
  },
};
