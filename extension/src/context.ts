// What the commands work with; put together once, in main.ts.
import type { LiveRuns } from "./connect/liveRuns.ts";
import type { Tokens } from "./connect/tokens.ts";
import type { Log } from "./log.ts";
import type { PolicyLanguage } from "./policy/policyLanguage.ts";
import type { GitHub } from "./pullRequests/gitHub.ts";
import type { LazyRelatedDiffs } from "./relatedDiff/lazyRelatedDiffs.ts";
import type { LineMarks } from "./relatedDiff/lineMarks.ts";
import type { RunRegistry } from "./sessions/registry.ts";
import type { MonitorPages } from "./views/monitorPages.ts";
import type { MonitorPanels } from "./views/monitorPanels.ts";

export interface Context {
  /** Of the extension. */
  readonly version: string;
  /** Where the extension is installed. */
  readonly folder: string;
  readonly log: Log;
  readonly registry: RunRegistry;
  readonly tokens: Tokens;
  readonly liveRuns: LiveRuns;
  readonly pages: MonitorPages;
  readonly panels: MonitorPanels;
  readonly marks: LineMarks;
  readonly policies: PolicyLanguage;
  /** Resolves when the runs of before a reload are back. */
  readonly restored: Promise<void>;
  /** What works with GitHub; its bundle is loaded when it is first asked for. */
  readonly gitHub: () => Promise<GitHub>;
  readonly relatedDiffs: LazyRelatedDiffs;
}
