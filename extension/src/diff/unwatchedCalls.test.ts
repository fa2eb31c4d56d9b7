// The tool calls of a session that nobody watched, read from its job's log, lead to the lines of the change too.
import assert from "node:assert/strict";
import { decodeLine, isKnownEvent } from "../../../collector/protocol/decode.ts";
import type { RunEvent } from "../../../collector/protocol/events.ts";
import { toolsOfJobLog } from "../../../collector/protocol/jobLog.ts";
import { TestGitHub } from "../hosted/testSource.ts";
import { unmonitoredLines } from "../hosted/unmonitoredRun.ts";
import { ChangeIndex } from "./changeIndex.ts";
import { relate } from "./relate.ts";
import { RepositoryRoots } from "./repositoryRoots.ts";
import { RunFacts } from "./runFacts.ts";

const log = [
  "2026-06-26T12:25:03.9778708Z [cca-engine] turn=2 tool.execution_start: bash — cd /home/runner/work/receipt-ocr/receipt-ocr && pip install -r requirements.txt",
  "2026-06-26T12:25:04.5176487Z [cca-engine] turn=2 tool.execution_complete: bash success=true",
  "2026-06-26T12:25:05.9778708Z [cca-engine] turn=3 tool.execution_start: bash — python ocr/segment.py",
  "2026-06-26T12:25:06.5176487Z [cca-engine] turn=3 tool.execution_complete: bash success=true",
  "2026-06-26T12:25:07.9778708Z [cca-engine] turn=4 tool.execution_start: bash — ls",
  "",
].join("\n");

const added = (path: string, text: string): { path: string; status: "added"; patch: string } => ({
  path,
  status: "added",
  patch: `@@ -0,0 +1 @@\n+${text}`,
});

describe("the calls of a session that nobody watched", () => {
  it("lead to the files that their commands are about", () => {
    const text = unmonitoredLines({
      repository: { owner: "octo-org", name: "receipt-ocr" },
      runId: 7,
      run: new TestGitHub().facts,
      jobs: [],
      tools: toolsOfJobLog(log),
      warnings: [],
      wasMonitored: false,
      isOver: true,
    });
    const events = text.split("\n").flatMap((line): RunEvent[] => {
      const decoded = decodeLine(line);
      return decoded.ok && isKnownEvent(decoded.event) ? [decoded.event] : [];
    });
    const facts = new RunFacts();
    for (const event of events) facts.take(event);
    const files = [added("requirements.txt", "octo-glyphs==1.0"), added("ocr/segment.py", "import sys")];
    const changes = new ChangeIndex({ files, commits: [] });
    const around = { facts, roots: new RepositoryRoots(facts), changes };
    const found = events
      .filter(({ type }) => type === "tool.start")
      .map((event) => relate(event, around).candidates.map(({ path, line }) => `${path}:${line}`)[0]);
    assert.deepEqual(found, ["requirements.txt:1", "ocr/segment.py:1", undefined]);
  });
});
