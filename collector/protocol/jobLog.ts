// The agent's tool calls out of the log of its finished Actions job, where no hook has told of them. Pure.
//
// The runner puts a time before each line; behind it the agent's engine writes lines of its own, and so does everything
// that the agent runs. A program can print what looks like an engine's line, and nothing in the text tells them apart.
// What contradicts the rest is said in `flags`, and the calls that it casts a doubt on are `doubtful`.

export interface ToolWindow {
  readonly turn: number;
  readonly name: string;
  /** The beginning of its main argument, as it was printed: masked by GitHub for the job's secrets only. */
  readonly input?: string;
  /** There was more of it. */
  readonly inputCut: boolean;
  /** Microseconds since the Unix epoch on the runner's clock. */
  readonly start: number;
  /** Absent where the log does not say. */
  readonly end?: number;
  /** As the engine says: a command that was started is a success, whatever its exit code. */
  readonly ok?: boolean;
  /** The log contradicts itself about it: it may be forged, or its end may be another one's. */
  readonly doubtful: boolean;
}

export interface JobLogFlag {
  /** Number of the line, from 1. */
  readonly line: number;
  readonly reason: string;
}

export interface JobLogTools {
  readonly sessionId?: string;
  /** Where the engine cloned the repository to. */
  readonly workspace?: string;
  /** In the order of their starts. */
  readonly windows: readonly ToolWindow[];
  /** The first thousand of them. */
  readonly flags: readonly JobLogFlag[];
}

const LIMITS = { line: 4096, windows: 100_000, open: 256, flags: 1000, turns: 100_000 } as const;

const TIMED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z (.*)$/s;
/** `gh run view --log` puts the names of the job and the step before each line. */
const GH_PREFIX = /^[^\t]{1,200}\t[^\t]{1,200}\t\u{FEFF}?/u;
const ENGINE = /^\s{0,8}\[cca-engine\] (.*)$/s;
const TURN = /^turn=(\d{1,9}) (.*)$/s;
const START = /^tool\.execution_start: ([\w.-]{1,128})(?: — (.*))?$/s;
const COMPLETE = /^tool\.execution_complete: ([\w.-]{1,128}) success=(true|false)$/;
const MESSAGE = /^assistant\.message: \d{1,12} chars, (\d{1,6}) tool call\(s\)$/;
const SESSION = /^Created new session ([0-9a-f-]{36})$/;
const CLONED = /^Cloned to (\/.{0,1024})$/;
const SESSION_VARIABLE = /^\s{1,8}COPILOT_AGENT_SESSION_ID: ([0-9a-f-]{36})$/;
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Open = Mutable<ToolWindow>;

/** µs since the epoch, or undefined where it is no time. */
const timeOf = (seconds: string, fraction = ""): number | undefined => {
  const ms = Date.parse(`${seconds}Z`);
  return Number.isNaN(ms) ? undefined : ms * 1000 + Number(fraction.padEnd(6, "0").slice(0, 6));
};

/** Reads a job log line by line; `finish` gives what it says. */
export class JobLogReader {
  readonly #windows: Open[] = [];
  #open: Open[] = [];
  /** The turns that followed each other until now, each with its calls: the numbers grow. */
  readonly #path: { readonly turn: number; readonly windows: Open[] }[] = [];
  /** Calls (turn and name) that ended more often than they began. */
  readonly #overEnded = new Set<string>();
  readonly #flags: JobLogFlag[] = [];
  /** Calls that were announced and that were begun, by turn. */
  readonly #announced = new Map<number, number>();
  readonly #begun = new Map<number, number>();
  #sessionId: string | undefined;
  #workspace: string | undefined;
  #line = 0;
  #prefixed: boolean | undefined;
  #engineSpoke = false;
  #turn = 0;
  #time = 0;

  /** Takes the next line, without its end. */
  push(text: string): void {
    this.#line++;
    let line = text.slice(0, LIMITS.line).replace(/\r$/, "");
    if (this.#line === 1) line = line.replace(/^\u{FEFF}/u, "");
    this.#prefixed ??= GH_PREFIX.test(line) && !TIMED.test(line);
    if (this.#prefixed) line = line.replace(GH_PREFIX, "");
    const timed = TIMED.exec(line);
    if (timed === null) {
      if (ENGINE.test(line)) this.#flag("a line of the engine has no time: it is cut, or not the runner's");
      return;
    }
    const t = timeOf(timed[1] ?? "", timed[2]);
    if (t === undefined) return;
    const said = timed[3] ?? "";
    const engine = ENGINE.exec(said)?.[1];
    if (engine !== undefined) this.#take(engine, t);
    else if (!this.#engineSpoke) this.#sessionId ??= SESSION_VARIABLE.exec(said)?.[1];
  }

  finish(): JobLogTools {
    const crowded = new Set<number>();
    for (const [turn, begun] of this.#begun) {
      // A message announces the calls of its turn, or of the next one.
      const announced = [turn, turn - 1].map((one) => this.#announced.get(one));
      if (announced.every((count) => count === undefined)) continue;
      const most = Math.max(...announced.map((count) => count ?? 0));
      if (begun <= most) continue;
      this.#flag(`turn ${turn} has ${begun} calls, and ${most} were announced`);
      crowded.add(turn);
    }
    for (const window of this.#windows) {
      window.doubtful ||= crowded.has(window.turn) || this.#overEnded.has(`${window.turn} ${window.name}`);
    }
    return {
      ...(this.#sessionId === undefined ? {} : { sessionId: this.#sessionId }),
      ...(this.#workspace === undefined ? {} : { workspace: this.#workspace }),
      windows: this.#windows,
      flags: this.#flags,
    };
  }

  #flag(reason: string): void {
    if (this.#flags.length < LIMITS.flags) this.#flags.push({ line: this.#line, reason });
  }

  #take(said: string, t: number): void {
    const turned = TURN.exec(said);
    if (turned === null) return this.#takeIdentity(said);
    this.#engineSpoke = true;
    const [turn, what] = [Number(turned[1]), turned[2] ?? ""];
    const inOrder = this.#checkOrder(turn, t);
    const announced = MESSAGE.exec(what)?.[1];
    if (announced !== undefined) {
      if (this.#announced.size < LIMITS.turns) {
        this.#announced.set(turn, (this.#announced.get(turn) ?? 0) + Number(announced));
      }
      return;
    }
    const start = START.exec(what);
    if (start !== null) return this.#begin(turn, start[1] ?? "", start[2], t, !inOrder);
    const complete = COMPLETE.exec(what);
    if (complete !== null) return this.#end(turn, complete[1] ?? "", complete[2] === "true", t);
    if (what.startsWith("tool.execution_")) this.#flag("a line about a tool call is cut, or not the engine's");
  }

  #takeIdentity(said: string): void {
    const session = SESSION.exec(said)?.[1];
    if (session !== undefined) {
      if (!this.#engineSpoke) this.#sessionId ??= session;
      if (this.#sessionId !== session) this.#flag("a second session is named");
    }
    if (!this.#engineSpoke) this.#workspace ??= CLONED.exec(said)?.[1]?.replace(CONTROL, " ");
  }

  /** Turns and times only grow. Of two lines that contradict each other one is forged, and nothing says which. */
  #checkOrder(turn: number, t: number): boolean {
    if (t < this.#time) this.#flag("the time of a line is before that of an earlier one");
    this.#time = Math.max(this.#time, t);
    if (turn >= this.#turn) {
      this.#turn = turn;
      return true;
    }
    this.#flag(`turn ${turn} comes behind turn ${this.#turn}`);
    for (let last = this.#path.at(-1); last !== undefined && last.turn > turn; last = this.#path.at(-1)) {
      for (const window of last.windows) window.doubtful = true;
      this.#path.pop();
    }
    // The turns that go on from here are the engine's, whichever the other was.
    this.#turn = turn;
    return false;
  }

  #begin(turn: number, name: string, input: string | undefined, t: number, doubtful: boolean): void {
    if (this.#windows.length >= LIMITS.windows) return this.#flag("there are more calls than are kept");
    const shown = input?.replace(CONTROL, " ");
    const cut = shown?.endsWith("…") === true || (shown?.length ?? 0) >= LIMITS.line - 256;
    const window: Open = { turn, name, inputCut: cut, start: t, doubtful };
    if (shown !== undefined) window.input = cut ? shown.replace(/…$/, "") : shown;
    this.#windows.push(window);
    const last = this.#path.at(-1);
    if (last?.turn === turn) last.windows.push(window);
    else this.#path.push({ turn, windows: [window] });
    this.#begun.set(turn, (this.#begun.get(turn) ?? 0) + 1);
    this.#open.push(window);
    if (this.#open.length > LIMITS.open) this.#open.shift();
  }

  #end(turn: number, name: string, ok: boolean, t: number): void {
    const named = this.#open.filter((window) => window.name === name);
    const window = named.find((one) => one.turn === turn) ?? named[0];
    if (window === undefined) {
      this.#flag("a call ends that did not begin: an earlier end of one of this name was forged, or its start is cut");
      if (this.#overEnded.size < LIMITS.turns) this.#overEnded.add(`${turn} ${name}`);
      return;
    }
    window.end = Math.max(t, window.start);
    window.ok = ok;
    this.#open = this.#open.filter((one) => one !== window);
  }
}

/** The tool calls of a whole job log. */
export const toolsOfJobLog = (text: string): JobLogTools => {
  const reader = new JobLogReader();
  let from = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", from)) {
    reader.push(text.slice(from, at));
    from = at + 1;
  }
  if (from < text.length) reader.push(text.slice(from));
  return reader.finish();
};
