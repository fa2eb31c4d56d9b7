// One process of the run.
import type { Container } from "../containers/container.ts";
import type { ExitFrame } from "../sensor/frame.ts";
import type { ToolRole } from "./toolRoles.ts";
import type { Step } from "./step.ts";

/** What a process runs, as the JSON fields of its `process.exec`; shared between a program and its forks. */
export interface Image {
  /** Absolute path of the executable, not masked. */
  readonly exe: string;
  /** It looks at every process without showing what they hold: see secretFiles.ts. */
  readonly onlyLists: boolean;
  /** `"exe":…,"argv":[…],"cwd":…` and, where cut, `,"truncated":true`; secrets are masked. */
  readonly json: string;
  /** The same, short enough to be said again for every fork. */
  readonly forkJson: string;
}

/**
 * `refused`: a call has started it, whichever; `doubtful`: it resembles an open call's command, though not to the letter;
 * `believed`: nothing speaks for a call, but that one was open perhaps.
 */
export type HookWord = "believed" | "doubtful" | "refused";

export interface Process {
  readonly pid: number;
  /** CLOCK_BOOTTIME ns; with the pid it names the process. */
  readonly start: number;
  /** Unique in the run. */
  readonly id: string;
  /** `id` in quotes. */
  readonly idJson: string;
  /** `,"tool":"…"` where the agent's tool call that it works for is known, else empty; a fork begins with its parent's. */
  toolJson: string;
  /** What it is worth where it says that it is the agent's hook; a fork begins with its parent's. */
  hookWord: HookWord;
  /** What it is to the agent's tool calls, as long as that is open: see toolCalls.ts. */
  role: ToolRole | undefined;
  /** `,"step":"…"` where its workflow step is known, with what else there is to say of that, else empty. */
  stepJson: string;
  ppid: number;
  uid: number;
  /** It ran before it was watched: moved into the watched cgroup, or not known from an event. */
  existing: boolean;
  /** A process.exec of it is in the log. */
  introduced: boolean;
  /** Who forked it, while that one waits to be introduced: it goes first. */
  parent: Process | undefined;
  /** `idJson` of who forked it, as soon as that one is introduced. */
  parentIdJson: string | undefined;
  /** Number of ancestors that wait like this one to be introduced. */
  depth: number;
  image: Image;
  container: Container | undefined;
  /** Its pid in its own PID namespace; 0 where that is the machine's. */
  insidePid: number;
  ended: boolean;
  /** How a held process ended: said when it is introduced after all. */
  heldExit: ExitFrame | undefined;
  /**
   * Whose child it is, and who forked it, up to processes from before the collector, is known. Where a frame was lost it
   * is not, and the process could come from anywhere.
   */
  descentKnown: boolean;
  /** The workflow step it belongs to. */
  step: Step | undefined;
  /** The runner itself started it for the step. */
  stepRoot: boolean;
  /** It has left the step's tree. */
  detached: boolean;
  /** Nobody of the step has forked it: a client of the step has asked for it, as it looks. */
  stepGuess: boolean;
  /** Who forked it, while both run and are in the step's tree. */
  stepParent: Process | undefined;
  stepChildren: Set<Process> | undefined;
  /** Path of its executable, where that is named as the runner's worker is. */
  workerExe: string | undefined;
  /** The former process of the same pid, as long as late events for it may come. */
  older: Process | undefined;
}
