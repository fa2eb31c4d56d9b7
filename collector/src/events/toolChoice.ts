// Which tool call a process works for: the rules, without any state of their own.
//
// Known: the only call that was open when the agent, or a shell of the agent's, started it; a shell that was given the
// call's very command; all that such a process starts, whenever. Guessed: one of several calls that were open at a time,
// by the likeness of command and program. Where nothing speaks for one of several, none is named.
import { commandFit } from "./commandFit.ts";
import { isShell } from "./shellPrograms.ts";
import type { AgentRole, Call, ShellRole } from "./toolRoles.ts";

export interface Choice {
  readonly call: Call;
  readonly guess: boolean;
  /** Guessed by the likeness of command and program, and not only by the time. */
  readonly alike?: boolean;
}
/** A program as the kernel told of it. */
export interface Program {
  readonly exe: string;
  readonly argv: readonly string[];
}

/** A call that so many later ones have overtaken has ended without a word, as long as another one could be meant. */
const OVERTAKEN = 2;

const openAt = (agent: AgentRole, t: number, wanted: (call: Call) => boolean): Call[] => {
  const open = agent.calls.filter((call) => call.start <= t && t <= call.end && wanted(call));
  const fresh = open.filter((call) => call.overtaken < OVERTAKEN);
  return fresh.length > 0 ? fresh : open;
};

/** The best of `calls` for a program, the latest of equals; undefined where none fits at all. */
const bestFit = (calls: readonly Call[], program: Program): { call: Call; fit: number; ties: number } | undefined => {
  let best: { call: Call; fit: number; ties: number } | undefined;
  for (const call of calls) {
    const fit = commandFit(call.command, program.exe, program.argv);
    if (fit === 0 || (best !== undefined && fit < best.fit)) continue;
    best = { call, fit, ties: best?.fit === fit ? best.ties + 1 : 1 };
  }
  return best;
};

/** The call that a program works for which the agent itself has started; none where several may be meant. */
export const choiceForChild = (agent: AgentRole, program: Program, t: number): Choice | undefined => {
  const open = openAt(agent, t, ({ kind }) => kind === "shell" || kind === "programs");
  const best = bestFit(open, program);
  // A shell that was given other text than the call's is one of the agent's own affairs, its hooks for example.
  if (best !== undefined && (best.fit === 1 || !isShell(program.exe))) {
    const known = best.ties === 1 && (best.fit === 1 || open.length === 1);
    return { call: best.call, guess: !known, alike: true };
  }
  const alike = best !== undefined;
  const commandless = open.filter(({ command }) => command === "");
  const [only] = commandless;
  if (only === undefined || commandless.length > 1) {
    const [last] = open;
    return last !== undefined && open.length === 1 ? { call: last, guess: true, alike } : undefined;
  }
  return { call: only, guess: open.length > 1, alike };
};

const couldRunIn = (shell: ShellRole, call: Call): boolean => {
  if (call.kind !== "shell" && call.kind !== "typed") return false;
  if (call.shell !== undefined) return call.shell === shell;
  if (call.shellName === "") return true;
  const named = shell.agent.shells.get(call.shellName);
  return named === undefined ? shell.name === "" : named === shell;
};

/**
 * The call that a shell of the agent's works for at `t`, judged by the `program` that it starts where there is one. After
 * a call's end the shell still works for it, as its command may run on, until the next one begins.
 */
export const choiceForShell = (shell: ShellRole, program: Program | undefined, t: number): Choice | undefined => {
  const open = openAt(shell.agent, t, (call) => couldRunIn(shell, call));
  const [first] = open;
  if (first === undefined) {
    const { last } = shell;
    return last !== undefined && last.call.start <= t ? last : undefined;
  }
  if (open.length === 1) {
    const before = shell.last?.call;
    // The end of one call and the start of the next do not end what the first one left running in the shell.
    const mayRunOn = before !== undefined && before !== first && first.shellName === "" && first.shell === undefined;
    if (!mayRunOn) return { call: first, guess: false };
    if (program === undefined) return { call: first, guess: before.runsOn };
    const fits = bestFit([first], program) !== undefined;
    if (fits || bestFit([before], program) === undefined) return { call: first, guess: !fits };
    return { call: before, guess: true };
  }
  const best = program === undefined ? undefined : bestFit(open, program);
  const call = best?.call ?? open.find((candidate) => candidate === shell.last?.call) ?? open.at(-1) ?? first;
  return { call, guess: true };
};

/** How long after its end a call may still be said to have changed a file, in µs: repeats are counted, and told late. */
const LATE_US = 1_000_000;

const beside = (path: string, file: string): boolean =>
  path.startsWith(file) && /^[.~_-][^/]{0,64}$/.test(path.slice(file.length));

/** Does one of the calls that were open at `t`, or had just ended, name the file at `path`? */
export const namesFile = (calls: readonly Call[], path: string, t: number): boolean =>
  calls.some(({ start, end, paths }) => start <= t && t <= end + LATE_US && paths.includes(path));

/** The call that a change of the file at `path` (before that at `from`) by the agent's own process belongs to. */
export const choiceForFile = (agent: AgentRole, path: string, from: string, t: number): Choice | undefined => {
  let named: Choice | undefined;
  for (const call of agent.calls) {
    if (call.start > t || t > call.end + LATE_US || call.paths.length === 0) continue;
    // A later call for the same file is the likelier one.
    if (call.paths.includes(path) || (from !== "" && call.paths.includes(from))) {
      named = { call, guess: named !== undefined && named.call.end >= t };
    } else if (named === undefined && t <= call.end && call.paths.some((file) => beside(path, file))) {
      named = { call, guess: true };
    }
  }
  return named;
};
