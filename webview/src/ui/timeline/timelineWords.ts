// What the timeline says in words: of a block, of a moment, and of the whole, for those who do not see it.
import { kindOf, kinds } from "../../model/rowKinds.ts";
import type { RunModel } from "../../model/runModel.ts";
import { formatClock, formatCount, formatDuration, formatOffset, plural } from "../../text/format.ts";
import { visibleText } from "../../text/visibleText.ts";
import { type Column, COLUMN } from "./histogram.ts";
import type { Block } from "./laneLayout.ts";
import { type TimeAxis, timeAt } from "./timeAxis.ts";

const NAME_CAP = 200;

/** `step 3 Build, 12:25:03, 8.1 s, success`, or what several have in common. */
export const blockLabel = (model: RunModel, block: Block): string => {
  const { row, count, from, to, failed, isOpen } = block;
  const isStep = kindOf(model.rows.tag[row] ?? 0) === kinds.step;
  const when = `${formatClock(from)}, ${formatOffset(from - model.facts.firstTime)}`;
  if (count > 1) {
    const what = plural(count, isStep ? "step" : "tool call");
    return [what, `${when} to ${formatClock(to)}`, failed > 0 ? `${failed} failed` : ""].filter(Boolean).join(", ");
  }
  const note = model.rows.ref[row] ?? 0;
  const [name, detail] = [model.text(model.notes.label[note]), model.text(model.notes.detail[note])];
  const title = isStep ? `${detail || "step"} ${name}` : `tool call ${name}${detail === "" ? "" : `: ${detail}`}`;
  const duration = formatDuration(Math.max(0, to - from));
  const result = model.text(model.notes.result[note]);
  const end = isOpen ? `goes on for ${duration}` : `${duration}${result === "" ? "" : `, ${result}`}`;
  return `${visibleText(title, NAME_CAP)}, ${when}, ${visibleText(end, NAME_CAP)}`;
};

/** What a block has room to show. */
export const blockText = (model: RunModel, { row, count, width }: Block): string => {
  if (width < 24) return "";
  if (count > 1) return `×${count}`;
  const note = model.rows.ref[row] ?? 0;
  return visibleText(model.text(model.notes.label[note]), 80);
};

const marksText = ({ denied, finding, lost }: Column): string[] => [
  ...(denied > 0 ? [`${formatCount(denied)} blocked`] : []),
  ...(finding > 0 ? [plural(finding, "finding")] : []),
  ...(lost > 0 ? [`${formatCount(lost)} lost`] : []),
];

/** The moment below the pointer. */
export const momentText = (axis: TimeAxis, start: number, columns: readonly Column[], x: number): string => {
  const t = timeAt(axis, x);
  const column = columns[Math.floor(x / COLUMN)];
  const when = `${formatClock(t)}, ${formatOffset(t - start)}`;
  if (column === undefined) return when;
  return [when, plural(Math.round(column.events), "event"), ...marksText(column)].join(", ");
};

/** The timeline in a few sentences. */
export const timelineSummary = (model: RunModel): string => {
  const { bins, facts, lanes } = model;
  const at = (t: number): string => `${formatClock(t)}, ${formatOffset(t - facts.firstTime)}`;
  const { peak } = bins;
  const sentences = [
    `${formatDuration(facts.lastTime - facts.firstTime)} from ${formatClock(facts.firstTime)} to ${formatClock(facts.lastTime)}`,
    `${plural(lanes.steps.length, "step")}, ${plural(lanes.calls.length, "tool call")}, ${plural(facts.events, "event")}`,
  ];
  if (peak !== undefined) sentences.push(`Most events at ${at(peak.t)}`);
  for (const [mark, words] of [
    ["denied", `${formatCount(facts.denied)} blocked, first`],
    ["finding", `${plural(facts.byType.get("finding") ?? 0, "finding")}, first`],
    ["lost", `${plural(facts.lost + facts.missing, "event")} lost, first told of`],
  ] as const) {
    const first = bins.firstOf(mark);
    if (first !== undefined) sentences.push(`${words} at ${at(first)}`);
  }
  return `${sentences.join(". ")}.`;
};
