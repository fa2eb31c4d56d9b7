// Between a policy and the allowlist of Copilot's own firewall, which is a text on a settings page.
import {
  fromCopilot,
  toCopilot,
  toHardenRunner,
  toRunglass,
  type Conversion,
} from "../../../collector/policy/convert.ts";
import { parseCopilotList } from "../../../collector/policy/copilot.ts";
import { parseHardenRunner } from "../../../collector/policy/hardenRunner.ts";
import type { Rule } from "../../../collector/policy/policy.ts";
import { parseRunglass } from "../../../collector/policy/runglass.ts";
import { addToList } from "../model/edits.ts";
import { readEndpoints } from "../model/endpoints.ts";
import { soundEntries } from "../model/entrySyntax.ts";
import { addInput, replaceInput } from "../model/inputEdits.ts";
import { inputText } from "../model/inputs.ts";
import { ownListText } from "../model/ownList.ts";
import { notesOf } from "./convertList.ts";
import { selectedMonitor, selectedPolicy, type Refusal, type Rewrite, type RewriteContext } from "./refactoring.ts";
import { StepEditor } from "./stepEditor.ts";

const NO_STEP: Refusal = { problem: "Put the cursor into a step of Harden-Runner or Runglass." };

/** More would be no allowlist. */
const MOST_CHARACTERS = 100_000;

/** A conversion to our own dialect, and from there on. */
const onward = (conversion: Conversion, next: (rule: Rule) => Conversion): Conversion => {
  const further = conversion.entries.flatMap((entry) => parseRunglass(entry).rules.map((rule) => next(rule)));
  return {
    from: conversion.from,
    entries: further.flatMap(({ entries }) => entries),
    widens: [...conversion.widens, ...further.flatMap(({ widens }) => widens)],
    narrows: [...conversion.narrows, ...further.flatMap(({ narrows }) => narrows)],
  };
};

/** A rule in either dialect as entries of the allowlist, which cannot say the patterns of Harden-Runner's. */
const asAllowlist = (rule: Rule): Conversion =>
  rule.target.kind === "ends" ? onward(toRunglass(rule), toCopilot) : toCopilot(rule);

const rulesAt = (context: RewriteContext): readonly Rule[] | undefined => {
  const policy = selectedPolicy(context);
  if (policy !== undefined) {
    const words = policy.lists.flatMap(({ entries }) => soundEntries(entries).map(({ text }) => text.toLowerCase()));
    return parseHardenRunner(words.join(" ")).rules;
  }
  const monitor = selectedMonitor(context);
  if (monitor === undefined) return undefined;
  if (monitor.list === undefined) return [];
  const text = ownListText(monitor.list, context.workflow.text);
  return (monitor.dialect === "harden-runner" ? parseHardenRunner(monitor.list.value) : parseRunglass(text)).rules;
};

/** The selected step's policy as entries of the allowlist, one a line. */
export const allowlistOf = (
  context: RewriteContext,
): { readonly text: string; readonly notes: readonly string[] } | Refusal => {
  const rules = rulesAt(context);
  if (rules === undefined) return NO_STEP;
  const conversions = rules.map((rule) => asAllowlist(rule));
  const entries = [...new Set(conversions.flatMap((one) => one.entries))];
  if (entries.length === 0) return { problem: "This step lists no endpoint that the allowlist can have." };
  return { text: `${entries.join("\n")}\n`, notes: [...new Set(conversions.flatMap((one) => notesOf(one)))] };
};

/** Adds what an allowlist allows to the selected step's list. */
export const addAllowlist = (context: RewriteContext, allowlist: string): Rewrite | Refusal => {
  const policy = selectedPolicy(context);
  const monitor = selectedMonitor(context);
  const found = policy ?? monitor;
  if (found === undefined) return NO_STEP;
  if (allowlist.length > MOST_CHARACTERS) return { problem: "This is longer than any allowlist." };
  const isOurs = policy === undefined && monitor?.dialect !== "harden-runner";
  const { entries: read, faults } = parseCopilotList(allowlist);
  const conversions = read.map((entry) => (isOurs ? fromCopilot(entry) : onward(fromCopilot(entry), toHardenRunner)));
  const notes = [
    ...conversions.flatMap((one) => notesOf(one)),
    ...faults.map(({ message }) => `Left out: ${message}.`),
  ];
  const given = inputText(context.workflow, found.step.inputs.get("allowed-endpoints"));
  const known = new Set(given?.words().map(({ text }) => text));
  const wanted = [...new Set(conversions.flatMap(({ entries }) => entries))].filter((entry) => !known.has(entry));
  if (wanted.length === 0) return { problem: "The allowlist has no entry that this policy does not have." };
  if (given?.value.includes("${{") === true) return { problem: "The step's list is an expression." };
  const editor = new StepEditor(context.workflow, found.job, found.step);
  if (given === undefined || given.value.trim() === "") {
    const lines = [`allowed-endpoints: ${isOurs ? "|" : ">"}`, ...wanted.map((entry) => `  ${entry}`)];
    editor.apply((workflow, step) => {
      const input = step.inputs.get("allowed-endpoints");
      return input === undefined ? addInput(workflow, step, lines) : replaceInput(workflow, input, lines);
    });
  } else {
    for (const entry of wanted) {
      editor.apply((workflow, step) => {
        const scalar = inputText(workflow, step.inputs.get("allowed-endpoints"));
        return scalar === undefined ? undefined : addToList(workflow.text, readEndpoints(scalar, workflow.text), entry);
      });
    }
  }
  const edit = editor.result;
  if (edit === undefined) return { problem: "The list cannot take these entries as it is written: use a block (|)." };
  return { title: `Add ${wanted.length} entries of the allowlist`, edits: [edit], notes: [...new Set(notes)] };
};
