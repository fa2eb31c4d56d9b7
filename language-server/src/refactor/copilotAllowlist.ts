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
import { soundEntries } from "../model/entrySyntax.ts";
import { ownListText } from "../model/ownList.ts";
import { notesOf } from "./convertList.ts";
import { addEntries } from "./addEntries.ts";
import {
  isRefusal,
  selectedMonitor,
  selectedPolicy,
  type Refusal,
  type Rewrite,
  type RewriteContext,
} from "./refactoring.ts";

const NO_step: Refusal = { problem: "Put the cursor into a step of Harden-Runner or Runglass." };

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
  if (rules === undefined) return NO_step;
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
  if (found === undefined) return NO_step;
  if (allowlist.length > MOST_CHARACTERS) return { problem: "This is longer than any allowlist." };
  const isOurs = policy === undefined && monitor?.dialect !== "harden-runner";
  const { entries: read, faults } = parseCopilotList(allowlist);
  const conversions = read.map((entry) => (isOurs ? fromCopilot(entry) : onward(fromCopilot(entry), toHardenRunner)));
  const notes = [
    ...conversions.flatMap((one) => notesOf(one)),
    ...faults.map(({ message }) => `Left out: ${message}.`),
  ];
  const entries = conversions.flatMap((one) => one.entries);
  const nothing = "The allowlist has no entry that this policy does not have.";
  const added = addEntries(context, { step: found.step, job: found.job, isOurs }, entries, nothing);
  if (isRefusal(added)) return added;
  const { edit, added: wanted } = added;
  return { title: `Add ${wanted.length} entries of the allowlist`, edits: [edit], notes: [...new Set(notes)] };
};
