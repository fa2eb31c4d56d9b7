// What a process is to an agent's tool calls. Most processes are nothing to them, or belong to one and stay there.
import type { Process } from "./process.ts";
import type { BoundedMap } from "./boundedMap.ts";
import type { ToolKind } from "./toolKinds.ts";

/** A tool call of an agent, from its start to a while after its end. */
export interface Call {
  /** Unique in the run. */
  readonly id: string;
  readonly name: string;
  readonly kind: ToolKind;
  readonly sessionId: string;
  /** The agent's own id of it, or empty. */
  readonly callId: string;
  /** Its arguments as text: an end names them again. */
  readonly argsText: string;
  readonly command: string;
  /** Its command was to run on behind its end. */
  readonly runsOn: boolean;
  /** Files that its arguments name, absolute. */
  readonly paths: readonly string[];
  /** The agent's name for the shell that it is for, or empty. */
  readonly shellName: string;
  /** µs since the epoch. */
  readonly start: number;
  /** Infinity while it is open. */
  end: number;
  /** The shell that it was seen to run in. */
  shell: ShellRole | undefined;
  /** How many calls began after it and ended while it was open. */
  overtaken: number;
}

export interface AgentRole {
  readonly kind: "agent";
  readonly process: Process;
  /** In the order of their starts; of the ended ones the last few. */
  calls: Call[];
  /** Which shell the agent means by a name. */
  readonly shells: BoundedMap<string, ShellRole>;
}
/** Started by the agent itself; what for is decided when it becomes a program. */
export interface ChildRole {
  readonly kind: "child";
  readonly agent: AgentRole;
}
/** A shell of the agent's that runs one call's command after the other's. */
export interface ShellRole {
  readonly kind: "shell";
  readonly agent: AgentRole;
  name: string;
  /** The last call that it worked for, and whether that is known or guessed. */
  last: { readonly call: Call; readonly guess: boolean } | undefined;
}
/** Started by such a shell, and no program of its own yet. */
export interface JobRole {
  readonly kind: "job";
  readonly shell: ShellRole;
  /** When it was forked, in µs since the epoch. */
  readonly t: number;
}
export type ToolRole = AgentRole | ChildRole | ShellRole | JobRole;
