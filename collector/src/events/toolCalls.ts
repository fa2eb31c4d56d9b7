// The agent's tool calls: their `tool.start` and `tool.end`, and which process works for which of them. The rules of
// that are in toolChoice.ts; here is when they are asked. What is decided for a process holds for all that it starts.
import { BoundedMap } from "./boundedMap.ts";
import type { EventLog } from "./eventLog.ts";
import { quote } from "./json.ts";
import { toolFields } from "./lines.ts";
import type { HookWord, Process } from "./process.ts";
import { redactText } from "./redactText.ts";
import { isPersistentShell, isWrapper } from "./shellPrograms.ts";
import { choiceForChild, choiceForFile, choiceForShell, namesFile, type Choice, type Program } from "./toolChoice.ts";
import { commandOf, namedPaths, runsOn, shellOf, summarizeInput } from "./toolInput.ts";
import { toolKind } from "./toolKinds.ts";
import type { ToolMessage } from "./toolMessage.ts";
import type { AgentRole, Call, ShellRole } from "./toolRoles.ts";

const LIMITS = {
  agents: 16,
  /** Calls of one agent that are open at a time; the oldest is given up for one more. */
  open: 64,
  /** Ended calls that late frames may still belong to. */
  ended: 64,
  shells: 256,
  argsText: 4096,
  /** An open call that so many later ones have overtaken is over: nobody said so. */
  overtaken: 16,
} as const;

const HOOK_PROGRAM = "runglass-hook";

const jsonOf = (choice: Choice | undefined): string =>
  choice === undefined ? "" : `,"tool":"${choice.call.id}"${choice.guess ? ',"toolGuess":true' : ""}`;

/** From now on the shell is the one that this call runs in. */
const bind = (shell: ShellRole, choice: Choice): void => {
  const { call } = choice;
  // What runs on from an earlier call does not make the shell that call's again.
  if (shell.last === undefined || shell.last.call.start < call.start) shell.last = choice;
  call.shell ??= shell;
  if (call.shellName === "" || shell.name !== "") return;
  shell.name = call.shellName;
  shell.agent.shells.set(call.shellName, shell);
};

/** What it is worth where the process says that it is the agent's hook. */
export const hookWordOf = (process: Process): HookWord =>
  process.toolJson !== "" && !process.toolJson.includes("toolGuess") ? "refused" : process.hookWord;

/** What a shell of the agent's starts is of a call, whichever. */
const setJob = (process: Process, toolJson: string): void => {
  process.toolJson = toolJson;
  process.hookWord = toolJson === "" ? "believed" : "refused";
};

export class ToolCalls {
  readonly #log: EventLog;
  readonly #agents = new Set<AgentRole>();
  #count = 0;

  constructor(log: EventLog) {
    this.#log = log;
  }

  /** Is it an agent whose calls are known? */
  knows(process: Process): boolean {
    return process.role?.kind === "agent";
  }

  /**
   * Makes a process an agent; `children` are those of it that run already. False where there are too many agents. An
   * agent is never itself a part of its own calls.
   */
  addAgent(process: Process, children: readonly { readonly process: Process; readonly program: Program }[]): boolean {
    if (this.knows(process)) return true;
    if (this.#agents.size >= LIMITS.agents) return false;
    const agent: AgentRole = { kind: "agent", process, calls: [], shells: new BoundedMap(LIMITS.shells) };
    process.role = agent;
    this.#agents.add(agent);
    for (const child of children) {
      const { exe, argv } = child.program;
      if (isPersistentShell(exe, argv)) child.process.role = { kind: "shell", agent, name: "", last: undefined };
    }
    return true;
  }

  /**
   * A hook of the agent `process` said this at `t` (µs since the epoch, of the frames' clock). `doubtful`: it may as well
   * have been a call of the agent's, and that is said.
   */
  take(process: Process, message: ToolMessage, t: number, doubtful = false): void {
    const agent = process.role;
    if (agent?.kind !== "agent") return;
    const doubt = doubtful ? ',"senderGuess":true' : "";
    switch (message.event) {
      case "start":
        this.#begin(agent, message, t, doubt);
        return;
      case "end":
      case "failure":
        // One whose start nobody told: it was short, for all that is known.
        this.#end(agent, this.#match(agent, message) ?? this.#begin(agent, message, t, doubt), message.ok, t, doubt);
        return;
      case "sessionEnd":
        for (const call of agent.calls.filter(({ end }) => end === Infinity))
          this.#end(agent, call, undefined, t, doubt);
        return;
      case "sessionStart":
      case "other":
        return;
    }
  }

  /** `parent` has a role and has forked `child`. */
  forked(child: Process, parent: Process, t: number): void {
    const { role } = parent;
    switch (role?.kind) {
      case "agent":
        child.role = { kind: "child", agent: role };
        child.toolJson = parent.toolJson;
        return;
      case "shell":
        child.role = { kind: "job", shell: role, t };
        setJob(child, jsonOf(choiceForShell(role, undefined, t)));
        return;
      case "child":
        child.role = role;
        return;
      case "job": // A part of the shell that forks on its own: what it starts is what it is.
      case undefined:
        return;
    }
  }

  /** `process`, which has a role, has become `program`. */
  execed(process: Process, program: Program, t: number): void {
    const { role } = process;
    if (role?.kind === "job") {
      setJob(process, this.#ofShell(role.shell, program, role.t));
      process.role = undefined;
    } else if (role?.kind === "child") {
      this.#decideChild(process, role.agent, program, t);
    }
  }

  /** `process`, which has a role, does something at `t`: a shell of the agent's may work for another call by now. */
  acting(process: Process, t: number): void {
    if (process.role?.kind === "shell") process.toolJson = this.#ofShell(process.role, undefined, t);
  }

  /** The `toolJson` of a file event of `process`. */
  ofFile(process: Process, path: string, from: string, t: number): string {
    if (process.role?.kind !== "agent") return process.toolJson;
    const choice = choiceForFile(process.role, path, from, t);
    return choice === undefined ? process.toolJson : jsonOf(choice);
  }

  /** Does a call that was open at `t`, or just ended, name the file at `path`? */
  names(path: string, t: number): boolean {
    for (const { calls } of this.#agents) if (namesFile(calls, path, t)) return true;
    return false;
  }

  /** `process`, which has a role, has ended. */
  exited(process: Process, t: number): void {
    const { role } = process;
    if (role?.kind !== "agent") return;
    for (const call of role.calls.filter(({ end }) => end === Infinity)) this.#end(role, call, undefined, t);
    this.#agents.delete(role);
  }

  #decideChild(process: Process, agent: AgentRole, program: Program, t: number): void {
    if (isPersistentShell(program.exe, program.argv)) {
      const shell: ShellRole = { kind: "shell", agent, name: "", last: undefined };
      process.role = shell;
      process.toolJson = this.#ofShell(shell, undefined, t);
      return;
    }
    const choice = choiceForChild(agent, program, t);
    process.hookWord = choice?.alike === true ? "doubtful" : "believed";
    if (choice !== undefined && !choice.guess) {
      process.role = undefined;
      process.toolJson = jsonOf(choice);
      return;
    }
    // Our own messenger works for no call, and a wrapper is yet to become what it is about.
    if (isWrapper(program.exe) || program.argv.some((word) => word.includes(HOOK_PROGRAM))) return;
    process.role = undefined;
    if (choice !== undefined) process.toolJson = jsonOf(choice);
  }

  /** The `toolJson` of what a shell does or starts; what is known of it by that is kept. */
  #ofShell(shell: ShellRole, program: Program | undefined, t: number): string {
    const choice = choiceForShell(shell, program, t);
    if (choice !== undefined && (program !== undefined || !choice.guess)) bind(shell, choice);
    return jsonOf(choice);
  }

  #begin(agent: AgentRole, message: ToolMessage, t: number, doubt: string): Call {
    const kind = toolKind(message.tool);
    const runsCommand = kind === "shell" || kind === "typed";
    const call: Call = {
      id: `t${++this.#count}`,
      name: redactText(message.tool),
      kind,
      sessionId: redactText(message.sessionId),
      callId: message.callId,
      argsText: JSON.stringify(message.args).slice(0, LIMITS.argsText),
      command: runsCommand ? commandOf(message.args) : "",
      paths: runsCommand || kind === "elsewhere" ? [] : namedPaths(message.args, message.cwd),
      runsOn: runsOn(message.args),
      shellName: shellOf(message.args),
      start: t,
      end: Infinity,
      shell: undefined,
      overtaken: 0,
    };
    const open = agent.calls.filter(({ end }) => end === Infinity);
    if (open[0] !== undefined && open.length >= LIMITS.open) this.#end(agent, open[0], undefined, t);
    agent.calls.push(call);
    const input = summarizeInput(message.args);
    const more = input === undefined ? "" : `,"input":${JSON.stringify(input)}`;
    this.#log.write("tool.start", t, this.#fields(agent, call, more) + doubt);
    return call;
  }

  #match(agent: AgentRole, message: ToolMessage): Call | undefined {
    const open = agent.calls.filter(({ end }) => end === Infinity);
    if (message.callId !== "") {
      const same = open.find(({ callId }) => callId === message.callId);
      if (same !== undefined) return same;
    }
    const [name, session] = [redactText(message.tool), redactText(message.sessionId)];
    const named = open.filter(
      (call) => call.name === name && call.sessionId === session && (call.callId === "" || message.callId === ""),
    );
    const argsText = JSON.stringify(message.args).slice(0, LIMITS.argsText);
    // Another hook may have changed the arguments in between.
    return named.find((call) => call.argsText === argsText) ?? named[0];
  }

  #end(agent: AgentRole, call: Call, ok: boolean | undefined, t: number, doubt = ""): void {
    call.end = Math.max(t, call.start);
    this.#log.write("tool.end", call.end, this.#fields(agent, call, "", ok) + doubt);
    let ended = 0;
    for (const other of agent.calls) {
      if (other.end !== Infinity) ended++;
      else if (other.start < call.start) other.overtaken++;
    }
    if (ended > LIMITS.ended)
      agent.calls.splice(
        agent.calls.findIndex(({ end }) => end !== Infinity),
        1,
      );
    const silent = agent.calls.find(({ end, overtaken }) => end === Infinity && overtaken >= LIMITS.overtaken);
    if (silent !== undefined) this.#end(agent, silent, undefined, t);
  }

  #fields(agent: AgentRole, call: Call, more: string, ok?: boolean): string {
    const session = call.sessionId === "" ? "" : `,"sessionId":${quote(call.sessionId)}`;
    const info = `{"id":"${call.id}","name":${quote(call.name)}${session}${more}}`;
    return toolFields(agent.process, `,"tool":"${call.id}"`, info, ok);
  }
}
