// From audit to block, with what the recorded runs of the job needed, and nothing else, allowed.
import { addInput, replaceInput } from "../model/inputEdits.ts";
import { inputText } from "../model/inputs.ts";
import { runsOf, seenIn, theEndpoints } from "../observed/jobRuns.ts";
import { StepEditor } from "./stepEditor.ts";
import { selectedMonitor, selectedPolicy, type Refactoring, type RewriteContext } from "./refactoring.ts";

const selected = (context: RewriteContext) => {
  const policy = selectedPolicy(context);
  const monitor = selectedMonitor(context);
  const found = policy ?? monitor;
  if (found === undefined) return undefined;
  const runs = runsOf(context.observed, context.workflow, found);
  return {
    ...found,
    isOurs: policy === undefined,
    runs,
    seen: seenIn(runs, policy === undefined ? monitor?.dialect : policy.dialect),
  };
};

const titleFor = (endpoints: number, runs: number): string =>
  `Block, and allow ${theEndpoints(endpoints)} of ${runs === 1 ? "the recorded run" : `${runs} recorded runs`}`;

export const switchToBlock: Refactoring = {
  id: "switchToBlock",
  offer: (context) => {
    const found = selected(context);
    if (found?.mode !== "audit" || found.runs.length === 0 || found.seen.length === 0) return undefined;
    return titleFor(found.seen.length, found.runs.length);
  },
  rewrite: (context) => {
    const found = selected(context);
    if (found === undefined) return { problem: "Put the cursor into a step of Harden-Runner or Runglass." };
    const { step, job, mode, runs, seen, isOurs } = found;
    if (mode !== "audit") return { problem: "The step does not say audit." };
    if (seen.length === 0)
      return { problem: "No recorded run of this job is known: open its run log, or connect to its collector." };
    const editor = new StepEditor(context.workflow, job, step);
    const entries = seen.map(({ text }) => text);
    const set = (name: string, lines: readonly string[]): void =>
      editor.apply((workflow, now) => {
        const input = now.inputs.get(name);
        return input === undefined ? addInput(workflow, now, lines) : replaceInput(workflow, now, input, lines);
      });
    set("egress-policy", ["egress-policy: block"]);
    set("allowed-endpoints", [`allowed-endpoints: ${isOurs ? "|" : ">"}`, ...entries.map((entry) => `  ${entry}`)]);
    const edit = editor.result;
    if (edit === undefined) return { problem: "The inputs of this step do not stand one below the other." };
    const notes: string[] = [];
    if (runs.length < 3)
      notes.push(`It rests on ${runs.length} of this job's runs: what the next one needs may be more.`);
    const old = inputText(context.workflow, step.inputs.get("allowed-endpoints"))?.words() ?? [];
    const gone = old.map(({ text }) => text).filter((entry) => !entries.includes(entry));
    if (gone.length > 0) notes.push(`No longer in the list, as no run used it: ${gone.slice(0, 20).join(", ")}.`);
    return { title: titleFor(entries.length, runs.length), edits: [edit], notes };
  },
};
