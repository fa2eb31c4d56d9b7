// A step of Harden-Runner's as one of our own Action, and the other way round.
import { INPUTS } from "../model/actionInputs.ts";
import { addInput, replaceInput } from "../model/inputEdits.ts";
import { inputText } from "../model/inputs.ts";
import { ownReferenceIn, referenceIn } from "../model/insertStep.ts";
import { replaceSpan } from "../model/edits.ts";
import type { Policy } from "../model/policies.ts";
import type { MonitorStep } from "../model/monitorSteps.ts";
import { OWN_INPUTS } from "../model/ownInputs.ts";
import type { Step, Workflow } from "../model/workflow.ts";
import { removeInput } from "../rules/policy/support.ts";
import { lineAt, type TextEdit } from "../yaml/span.ts";
import { ownListText } from "../model/ownList.ts";
import { toHardenRunnerList, toOwnList, type ConvertedList } from "./convertList.ts";
import { selectedMonitor, selectedPolicy, type Refactoring, type Refusal, type Rewrite } from "./refactoring.ts";
import { StepEditor } from "./stepEditor.ts";

const TITLES = { ours: "Convert this step to Runglass", theirs: "Convert this step to Harden-Runner" } as const;

const FLOW: Refusal = { problem: "The inputs of this step do not stand one below the other." };

/** The newest version that the rules know of; its commit is the user's to look up. */
const HARDEN_RUNNER = "step-security/harden-runner@v2.20.0 # pin this to the release's commit";

/** Another reference, with the comment that names its version, in the place of both. */
const replaceUses = ({ text }: Workflow, { uses }: Step, reference: string): TextEdit | undefined => {
  if (uses === undefined) return undefined;
  const span = { start: uses.span.start, end: uses.lineComment?.end ?? uses.span.end };
  // Where more stands behind it on its line, a comment would take that away.
  const isLast = text.slice(span.end, lineAt(text, span.end).end).trim() === "";
  const [, name = reference, comment = ""] = /^(\S+)([ \t]+#.*)?$/.exec(reference) ?? [];
  const quote = uses.style === "single" ? "'" : uses.style === "double" ? '"' : "";
  return replaceSpan(span, quote + name + quote + (isLast ? comment : ""));
};

/** Takes away the inputs that the other Action does not have. */
const dropInputs = (editor: StepEditor, step: Step, known: readonly string[], notes: string[]): void => {
  for (const name of step.inputs.keys()) {
    if (known.includes(name)) continue;
    editor.apply((workflow, now) => {
      const input = now.inputs.get(name);
      return input === undefined ? undefined : removeInput(workflow, input);
    });
    notes.push(`Left out: the input ${name}, which the other Action does not have.`);
  }
};

/** The list, with a comment above it for each thing that it allows more or less. */
const writeList = (editor: StepEditor, { lines, notes }: ConvertedList, style: ">" | "|"): void =>
  editor.apply((workflow, now) => {
    const input = now.inputs.get("allowed-endpoints");
    const said = notes.map((note) => `# ${note}`);
    const list = lines.length === 0 ? [`allowed-endpoints: ""`] : [`allowed-endpoints: ${style}`];
    const all = [...said, ...list, ...lines.map((line) => `  ${line}`)];
    return input === undefined ? undefined : replaceInput(workflow, now, input, all);
  });

const finish = (editor: StepEditor, title: string, notes: readonly string[]): Rewrite | Refusal => {
  const edit = editor.result;
  return edit === undefined ? FLOW : { title, edits: [edit], notes };
};

const toOurs = (workflow: Workflow, policy: Policy): Rewrite | Refusal => {
  const { job, step, value, lists, isUnresolved, isImplicit } = policy;
  const notes: string[] = [];
  const editor = new StepEditor(workflow, job, step);
  editor.apply((now, one) => replaceUses(now, one, ownReferenceIn(workflow)));
  const inStore = step.inputs.has("policy") || step.inputs.has("use-policy-store");
  if (inStore) notes.push("Its policy is in StepSecurity's store, which is not read here: write it into the step.");
  if (isImplicit) editor.apply((now, one) => addInput(now, one, [`egress-policy: ${inStore ? "audit" : "block"}`]));
  const mode = inputText(workflow, step.inputs.get("egress-policy"))?.value.trim();
  if (mode === "") notes.push("Its mode is empty, with which the step failed: to Runglass that is audit.");
  const [list] = lists;
  const isOwn = list !== undefined && lists.length === 1 && list.scalar.node === value?.node;
  if (value !== undefined && value.value.trim() !== "") {
    if (isOwn && !list.scalar.hasEscapes && !/^\$\{\{[^]*\}\}$/.test(value.value.trim())) {
      const converted = toOwnList(list, workflow.text);
      notes.push(...converted.notes);
      writeList(editor, converted, "|");
    } else {
      editor.apply((now, one) => addInput(now, one, ["dialect: harden-runner"]));
      notes.push("The list is not written here: it is read in Harden-Runner's dialect, as before.");
    }
  }
  if (isUnresolved) notes.push("What expressions stand for is not known here and was not converted.");
  dropInputs(editor, step, OWN_INPUTS, notes);
  return finish(editor, TITLES.ours, notes);
};

const toTheirs = (workflow: Workflow, monitor: MonitorStep): Rewrite | Refusal => {
  const { job, step, list, dialect } = monitor;
  const notes: string[] = [];
  const editor = new StepEditor(workflow, job, step);
  editor.apply((now, one) => replaceUses(now, one, referenceIn(workflow) ?? HARDEN_RUNNER));
  if ((inputText(workflow, step.inputs.get("egress-policy"))?.value.trim() ?? "") === "") {
    // That Action's default is block.
    editor.apply((now, one) => {
      const mode = one.inputs.get("egress-policy");
      const lines = ["egress-policy: audit"];
      return mode === undefined ? addInput(now, one, lines) : replaceInput(now, one, mode, lines);
    });
  }
  if (list !== undefined && list.value.trim() !== "" && dialect !== "harden-runner") {
    if (dialect === undefined || list.value.includes("${{"))
      return { problem: "Its list, or the dialect of that, is an expression: what it stands for is not known here." };
    const converted = toHardenRunnerList(ownListText(list, workflow.text));
    notes.push(...converted.notes);
    writeList(editor, converted, ">");
  }
  dropInputs(editor, step, INPUTS, notes);
  return finish(editor, TITLES.theirs, notes);
};

const isThere = (step: Step): boolean => step.uses !== undefined;

export const convertToRunglass: Refactoring = {
  id: "toRunglass",
  offer: (context) => {
    const policy = selectedPolicy(context);
    return policy !== undefined && isThere(policy.step) ? TITLES.ours : undefined;
  },
  rewrite: (context) => {
    const policy = selectedPolicy(context);
    if (policy === undefined) return { problem: "Put the cursor into a step of Harden-Runner." };
    return toOurs(context.workflow, policy);
  },
};

export const convertToHardenRunner: Refactoring = {
  id: "toHardenRunner",
  offer: (context) => {
    const monitor = selectedMonitor(context);
    return monitor !== undefined && isThere(monitor.step) ? TITLES.theirs : undefined;
  },
  rewrite: (context) => {
    const monitor = selectedMonitor(context);
    if (monitor === undefined) return { problem: "Put the cursor into a step of Runglass." };
    return toTheirs(context.workflow, monitor);
  },
};
