// The facts of the monitor's first line: a word each, and what stands behind the word.
import type { SourceState } from "../../protocol/messages.ts";
import type { CoverageFact, RunFacts } from "../model/runFacts.ts";
import { formatCount, formatElapsed, formatExact, plural } from "../text/format.ts";
import { VALUE_CAP, visibleText } from "../text/visibleText.ts";
import type { Explanation, ExplanationGroup } from "./popover.ts";

export interface StateWord {
  readonly icon: string;
  readonly word: string;
  readonly tone: "quiet" | "live" | "warn" | "bad";
}

const behindWord = (ms: number): string =>
  ms < 120_000 ? `${Math.round(ms / 1000)} s behind` : `${Math.round(ms / 60_000)} min behind`;

/** `ms`: of a lost source what is left of the wait; of one that is followed in pieces, how far behind it is. */
export const stateWord = (state: SourceState, ms: number): StateWord => {
  switch (state.kind) {
    case "idle":
      return { icon: "circle-slash", word: "no run", tone: "quiet" };
    case "connecting":
      return { icon: "loading", word: "connecting", tone: "quiet" };
    case "loading": {
      const percent = state.total > 0 ? Math.min(100, Math.floor((state.done / state.total) * 100)) : 0;
      return { icon: "loading", word: `loading ${percent} %`, tone: "quiet" };
    }
    case "live":
      return {
        icon: "record",
        word: state.behindMs === undefined ? "live" : `live, ${behindWord(ms)}`,
        tone: state.note === undefined ? "live" : "warn",
      };
    case "lost": {
      const seconds = Math.ceil(ms / 1000);
      return {
        icon: "debug-disconnect",
        word: seconds > 0 ? `lost, again in ${seconds} s` : "lost, trying again",
        tone: "warn",
      };
    }
    case "ended":
      return state.complete
        ? { icon: "pass", word: "ended", tone: "quiet" }
        : { icon: "warning", word: "ended, incomplete", tone: "warn" };
    case "failed":
      return { icon: "error", word: "failed", tone: "bad" };
  }
};

export const explainState = (state: SourceState): Explanation => {
  const lines: Record<SourceState["kind"], string> = {
    idle: "No run is shown. Connect to a collector, or open a run log.",
    connecting: "The first answer of the collector has not come yet.",
    loading: "A recorded log is being read.",
    live: "Events arrive as the collector sees them.",
    lost: "The connection is lost. What is shown is kept; after reconnecting it goes on without a gap.",
    ended: "The run has ended; nothing more will come.",
    failed: "Nothing more will come.",
  };
  const more: string[] = [];
  if (state.kind === "lost") more.push(visibleText(state.reason, VALUE_CAP));
  if (state.kind === "live" && state.behindMs !== undefined) {
    more.push(
      "They come from GitHub in pieces, which the job uploads every few seconds. How old the newest event is, is said above; while nothing happens on the runner, nothing is uploaded.",
    );
  }
  if (state.kind === "live" && state.note !== undefined) more.push(visibleText(state.note, VALUE_CAP));
  if (state.kind === "ended" && state.proof !== undefined) more.push(visibleText(state.proof, VALUE_CAP));
  if (state.kind === "failed") more.push(visibleText(state.reason, VALUE_CAP), visibleText(state.action, VALUE_CAP));
  if (state.kind === "ended" && !state.complete) {
    more.push("The log has no end mark: it was cut off, or its collector was killed. Up to there it is whole.");
  }
  return { title: "Source", lines: [lines[state.kind], ...more], table: [] };
};

export const elapsedWord = (facts: RunFacts, nowT: number): string =>
  facts.firstTime === 0 ? "00:00:00" : formatElapsed(Math.max(nowT, facts.lastTime) - facts.firstTime);

export const explainElapsed = (facts: RunFacts): Explanation => {
  const host = facts.start?.host;
  const table: [string, string][] = [];
  if (facts.firstTime > 0) {
    table.push(["First event", formatExact(facts.firstTime)], ["Newest event", formatExact(facts.lastTime)]);
  }
  if (host !== undefined) {
    table.push(["Machine", host.name], ["System", `${host.os}, kernel ${host.kernel}, ${host.arch}`]);
    table.push(["Collector", facts.start?.collector.version ?? ""]);
  }
  return {
    title: "Time",
    lines: ["Times are those of the kernel events, on the runner's clock; clock times are shown in your time zone."],
    table: table.map(([name, value]) => [name, visibleText(value, 500)]),
  };
};

const byCount = (counts: ReadonlyMap<string, number>): [string, string][] =>
  [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 40)
    .map(([name, count]) => [visibleText(name, 200), formatCount(count)]);

export const explainEvents = (facts: RunFacts, rows: number): Explanation => ({
  title: "Events",
  lines: [
    `${plural(facts.events, "event")} in ${plural(rows, "row")}: repeated events on the same thing share a row and count up.`,
  ],
  table: byCount(facts.byType),
});

/** All that the page knows to be missing. */
export const lostTotal = (facts: RunFacts): number => facts.lost + facts.missing;

export const explainLost = (facts: RunFacts): Explanation => {
  if (lostTotal(facts) === 0) {
    return { title: "Lost events", lines: ["No event is known to be lost, from the kernel to this page."], table: [] };
  }
  const table = byCount(facts.lostBySource);
  if (facts.missing > 0) table.push(["missing in the stream", formatCount(facts.missing)]);
  return {
    title: "Lost events",
    lines: [
      `${plural(lostTotal(facts), "event")} took place and cannot be shown. The counts are exact; what the events were is not known.`,
    ],
    table,
  };
};

export const coverageWord = (facts: RunFacts): StateWord => {
  const states = [...facts.coverage.values()].map((fact) => fact.state);
  const gaps = states.filter((state) => state !== "on").length;
  if (facts.coverage.size === 0) return { icon: "question", word: "coverage unknown", tone: "quiet" };
  return gaps === 0
    ? { icon: "eye", word: "all seen", tone: "quiet" }
    : // What no collector sees is worth a word; what this machine keeps from being seen is worth a warning.
      states.includes("unsupported")
      ? { icon: "warning", word: plural(gaps, "blind spot"), tone: "warn" }
      : { icon: "info", word: plural(gaps, "blind spot"), tone: "quiet" };
};

/** Lines shown of each group; a run may have met hundreds of libraries. */
const MAX_COVERAGE = 100;

const coverageGroup = (caption: string, members: readonly CoverageFact[]): ExplanationGroup[] => {
  if (members.length === 0) return [];
  const rows = members
    .slice(0, MAX_COVERAGE)
    .map(({ hook, target, state, reason }): [string, string] => [
      visibleText(target === "" ? hook : `${hook} (${target})`, 200),
      visibleText(reason === "" ? state : reason, 500),
    ]);
  if (members.length > rows.length) rows.push([`${formatCount(members.length - rows.length)} more`, ""]);
  return [{ caption: `${caption} (${formatCount(members.length)})`, rows }];
};

export const explainCoverage = (facts: RunFacts): Explanation => {
  const all = [...facts.coverage.values()];
  return {
    title: "What the collector sees",
    lines: all.length === 0 ? ["The collector has not said what it can see."] : [],
    table: [],
    groups: [
      ...coverageGroup(
        "Not seen",
        all.filter(({ state }) => state !== "on"),
      ),
      ...coverageGroup(
        "Seen",
        all.filter(({ state }) => state === "on"),
      ),
    ],
  };
};
