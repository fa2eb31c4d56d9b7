// How a run stands, in words and icons, for the tree and the status bar. Pure, so that every state can be tested.
import { runContexts } from "../ids.ts";
import { connectionCount, fileChangeCount, processCount } from "../sessions/runSummary.ts";
import type { RunSession } from "../sessions/runSession.ts";
import { plainStatusText, plainText } from "./plainText.ts";

/** What of a session the texts are made of. */
export type RunFacts = Pick<RunSession, "kind" | "title" | "origin" | "state" | "summary" | "proof">;

const number = (value: number): string => value.toLocaleString("en-US");
const counted = (value: number, one: string, many: string): string => `${number(value)} ${value === 1 ? one : many}`;

const seconds = (ms: number): string => `${Math.max(1, Math.round(ms / 1000))} s`;

/** The state in one or a few words. */
export const stateWord = ({ state, kind }: RunFacts): string => {
  switch (state.kind) {
    case "idle":
      return "not started";
    case "connecting":
      return "connecting";
    case "loading":
      return "reading";
    case "live":
      if (kind === "file") return "being written";
      return state.behindMs === undefined ? "live" : `live, ${seconds(state.behindMs)} behind`;
    case "lost":
      return "connection lost";
    case "ended":
      return state.complete ? "ended" : "ended without a run.end";
    case "failed":
      return "stopped";
  }
};

/** Codicon of the state. */
export const stateIcon = ({ state }: RunFacts): string => {
  switch (state.kind) {
    case "idle":
      return "circle-outline";
    case "connecting":
    case "loading":
      return "sync~spin";
    case "live":
      return "pulse";
    case "lost":
      return "debug-disconnect";
    case "ended":
      return state.complete ? "pass" : "circle-slash";
    case "failed":
      return "error";
  }
};

const lostWords = (run: RunFacts): string => (run.summary.lost > 0 ? `${number(run.summary.lost)} lost` : "");

const join = (parts: readonly string[], separator: string): string =>
  parts.filter((part) => part !== "").join(separator);

export const runLabel = (run: RunFacts): string => plainText(run.title, 80) || "run";

export const runDescription = (run: RunFacts): string =>
  join([stateWord(run), counted(run.summary.events, "event", "events"), lostWords(run)], " · ");

/** Several lines of plain text. */
export const runTooltip = (run: RunFacts): string => {
  const { state, summary } = run;
  const why =
    state.kind === "failed"
      ? `${state.reason} ${state.action}`
      : state.kind === "lost"
        ? state.reason
        : state.kind === "live"
          ? (state.note ?? "")
          : "";
  return join(
    [
      plainText(run.title, 400),
      `State: ${stateWord(run)}${state.kind === "lost" ? `, tried again within ${seconds(state.retryInMs)}` : ""}`,
      plainText(why, 600),
      `From: ${plainText(run.origin, 300)}`,
      summary.host === undefined ? "" : `Runner: ${plainText(summary.host)}`,
      countsLine(run),
      run.proof ?? "",
    ],
    "\n",
  );
};

export const countsLine = ({ summary }: RunFacts): string =>
  join(
    [
      counted(summary.events, "event", "events"),
      counted(processCount(summary), "program started", "programs started"),
      counted(connectionCount(summary), "connection", "connections"),
      counted(fileChangeCount(summary), "file change", "file changes"),
      counted(summary.lost, "event lost", "events lost"),
    ],
    ", ",
  );

/** What a screen reader says for the run. */
export const runSpoken = (run: RunFacts): string => `${runLabel(run)}, ${stateWord(run)}, ${countsLine(run)}`;

export const runContext = ({ kind, state }: RunFacts): string => {
  if (kind === "file") return runContexts.file;
  if (state.kind === "ended") return runContexts.ended;
  if (state.kind === "lost") return runContexts.lost;
  return state.kind === "failed" ? runContexts.disconnected : runContexts.connected;
};

/** The status bar's text, with codicons. */
export const statusText = (run: RunFacts): string => {
  const { state } = run;
  const detail =
    state.kind === "live" || state.kind === "ended"
      ? counted(run.summary.events, "event", "events")
      : state.kind === "lost"
        ? "reconnecting"
        : stateWord(run);
  const lost = run.summary.lost > 0 ? ` $(warning) ${lostWords(run)}` : "";
  return `$(${stateIcon(run)}) ${plainStatusText(runLabel(run), 32)}: ${detail}${lost}`;
};
