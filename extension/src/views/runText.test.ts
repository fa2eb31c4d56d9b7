import assert from "node:assert/strict";
import type { SourceState } from "../../../webview/protocol/messages.ts";
import { SummaryBuilder } from "../sessions/runSummary.ts";
import {
  runContext,
  runDescription,
  runLabel,
  runSpoken,
  runTooltip,
  stateIcon,
  statusText,
  type RunFacts,
} from "./runText.ts";

const facts = (state: SourceState, more: Partial<RunFacts> = {}): RunFacts => {
  const summary = new SummaryBuilder();
  for (let i = 0; i < 1204; i += 1) summary.take(i % 2 === 0 ? "process.exec" : "file.write", 1, () => "");
  return { kind: "live", title: "npm ci", origin: "http://127.0.0.1:4711", state, summary, ...more };
};

describe("run texts", () => {
  const cases: readonly (readonly [SourceState, string, string, string, string])[] = [
    [{ kind: "connecting" }, "connecting", "sync~spin", "run.connected", "$(sync~spin) npm ci: connecting"],
    [{ kind: "live" }, "live", "pulse", "run.connected", "$(pulse) npm ci: 1,204 events"],
    [
      { kind: "lost", reason: "No way.", retryInMs: 900 },
      "connection lost",
      "debug-disconnect",
      "run.lost",
      "$(debug-disconnect) npm ci: reconnecting",
    ],
    [
      { kind: "live", behindMs: 27_100 },
      "live, 27 s behind",
      "pulse",
      "run.connected",
      "$(pulse) npm ci: 1,204 events",
    ],
    [{ kind: "ended", complete: true }, "ended", "pass", "run.ended", "$(pass) npm ci: 1,204 events"],
    [
      { kind: "ended", complete: false },
      "ended without a run.end",
      "circle-slash",
      "run.ended",
      "$(circle-slash) npm ci: 1,204 events",
    ],
    [
      { kind: "failed", reason: "Bad.", action: "Do." },
      "stopped",
      "error",
      "run.disconnected",
      "$(error) npm ci: stopped",
    ],
  ];
  for (const [state, word, icon, context, status] of cases) {
    it(`tell ${word}`, () => {
      const run = facts(state);
      assert.equal(runDescription(run), `${word} · 1,204 events`);
      assert.equal(stateIcon(run), icon);
      assert.equal(runContext(run), context);
      assert.equal(statusText(run), status);
      assert.equal(
        runSpoken(run),
        `npm ci, ${word}, 1,204 events, 602 programs started, 0 connections, 602 file changes, 0 events lost`,
      );
    });
  }

  it("say why in the tooltip", () => {
    assert.match(runTooltip(facts({ kind: "failed", reason: "Bad.", action: "Do." })), /\nBad\. Do\.\n/);
    assert.match(runTooltip(facts({ kind: "lost", reason: "No way.", retryInMs: 900 })), /within 1 s\nNo way\.\n/);
    const run = facts(
      { kind: "live", behindMs: 1000, note: "A piece is missing." },
      { kind: "hosted", proof: "It holds." },
    );
    assert.match(runTooltip(run), /\nA piece is missing\.\n[^]*\nIt holds\.$/);
  });

  it("say what was lost, wherever the run is named", () => {
    const run = facts({ kind: "live" });
    (run.summary as SummaryBuilder).lost = 12;
    assert.match(runDescription(run), /12 lost/);
    assert.match(statusText(run), /\$\(warning\) 12 lost/);
    assert.match(runSpoken(run), /12 events lost/);
  });

  it("show what the runner wrote as text only", () => {
    const run = facts({ kind: "live" }, { title: "$(alert) evil\u202Etxt\n\u001b[2J" });
    assert.equal(runLabel(run), "$(alert) evil·txt ·[2J");
    assert.doesNotMatch(statusText(run), /\$\(alert\)/);
    assert.doesNotMatch(runTooltip(run).replaceAll("\n", ""), /[\p{Cc}\p{Cf}]/u);
    assert.equal(runLabel(facts({ kind: "live" }, { title: "" })), "run");
  });
});
