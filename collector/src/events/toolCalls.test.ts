import assert from "node:assert/strict";
import fc from "fast-check";
import * as encode from "../../test/frames/encode.ts";
import { MemoryLog, type LoggedEvent } from "../../test/frames/memoryLog.ts";
import { FrameReader } from "../sensor/frames.ts";
import { EventLog } from "./eventLog.ts";
import { Pipeline } from "./pipeline.ts";
import { parseToolMessage } from "./toolMessage.ts";

/** Pids that do not exist here: the kernel's greatest is 4,194,304. */
const FIRST_PID = 5_000_000;
const bash = { command: "npm test" };

/** An agent whose hooks and processes the tests play, one millisecond after the other. */
class Play {
  readonly log = new MemoryLog();
  readonly #events = new EventLog(this.log);
  readonly pipeline = new Pipeline(this.#events, () => 0);
  readonly #reader = new FrameReader((frame) => this.pipeline.take(frame));
  #ms = 0;
  #pid = FIRST_PID;
  readonly agent = this.who();

  constructor() {
    this.frame(encode.hello(), encode.exec(this.agent, { exe: "/opt/node", argv: ["node", "index.js"] }));
  }

  now(): number {
    return encode.TIME + ++this.#ms * 1000;
  }
  who(): encode.Who & { readonly start: number } {
    return { pid: ++this.#pid, start: this.#pid * 1_000_000_000 };
  }
  frame(...frames: readonly Buffer[]): void {
    this.#reader.push(Buffer.concat(frames));
  }
  fork(parent: encode.Who): encode.Who {
    const child = this.who();
    this.frame(encode.fork({ ...child, time: this.now() }, parent));
    return child;
  }
  start(parent: encode.Who, ...argv: readonly string[]): encode.Who {
    const child = this.fork(parent);
    this.frame(encode.exec({ ...child, time: this.now() }, { parent, exe: `/usr/bin/${argv[0]}`, argv }));
    return child;
  }
  write(who: encode.Who, path: string, from = "", time = this.now()): void {
    this.frame(encode.file({ ...who, time }, from === "" ? "write" : "rename", path, from));
  }
  hook(
    event: string,
    input: object,
    sender = this.fork(this.agent),
    agent: encode.Who = this.agent,
  ): string | undefined {
    const message = parseToolMessage(event, JSON.stringify({ sessionId: "s", cwd: "/w", ...input }));
    assert.ok(message !== undefined);
    return this.pipeline.hook(message, { own: [sender], agent }, this.now());
  }
  pre(toolName: string, toolArgs: object = {}): void {
    assert.equal(this.hook("preToolUse", { toolName, toolArgs }), undefined);
  }
  post(toolName: string, toolArgs: object = {}): void {
    assert.equal(this.hook("postToolUse", { toolName, toolArgs }), undefined);
  }
  get events(): readonly LoggedEvent[] {
    this.#events.flush();
    return this.log.events;
  }
  /** Tool of the last event of a process: its id, with a question mark where it is a guess, "" for none. */
  toolOf(who: encode.Who): string {
    const events = this.events.filter(
      ({ process, type }) => process?.startsWith(`${who.pid}-`) === true && !type.startsWith("tool."),
    );
    const last = events.at(-1);
    assert.ok(last !== undefined, `nothing is told of ${who.pid}`);
    return `${last["tool"] ?? ""}${last["toolGuess"] === true ? "?" : ""}`;
  }
  /** The tool of the agent's own change of a file. */
  toolOfFile(path: string): string {
    const found = this.events.findLast((event) => event["file"]?.path === path);
    assert.ok(found !== undefined);
    return `${found["tool"] ?? ""}${found["toolGuess"] === true ? "?" : ""}`;
  }
}

describe("tool calls", () => {
  it("begin and end with their ids, their input and how they went", () => {
    const play = new Play();
    play.pre("bash", bash);
    play.post("bash", bash);
    play.pre("create", { path: "a" });
    play.hook("postToolUseFailure", { toolName: "create", toolArgs: { path: "a" } });
    const tools = play.events.filter(({ type }) => type.startsWith("tool."));
    assert.deepEqual(
      tools.map(({ type, tool, toolInfo, ok }) => [type, tool, toolInfo.id, toolInfo.name, ok]),
      [
        ["tool.start", "t1", "t1", "bash", undefined],
        ["tool.end", "t1", "t1", "bash", true],
        ["tool.start", "t2", "t2", "create", undefined],
        ["tool.end", "t2", "t2", "create", false],
      ],
    );
    assert.deepEqual(tools[0]?.["toolInfo"].input, { command: "npm test" });
    assert.equal(tools[0]?.["toolInfo"].sessionId, "s");
    assert.equal(tools[0]?.process, play.events[0]?.process);
  });

  it("are not told by what a shell of the agent's starts, also where it is a guess for which call", () => {
    const play = new Play();
    play.hook("sessionStart", {});
    const shell = play.start(play.agent, "bash", "--norc");
    play.pre("bash", bash);
    play.pre("bash", { command: "npm run lint" });
    const job = play.start(shell, "sh", "-c", "sneaky");
    assert.equal(play.toolOf(job), "t2?");
    assert.match(play.hook("preToolUse", { toolName: "x" }, play.start(job, "hook")) ?? "", /has sent it itself/);
    const python = play.start(shell, "python3", "-c", "x");
    assert.match(play.hook("preToolUse", {}, play.fork(python), python) ?? "", /sent it itself/);
  });

  it("say that their teller is a guess where it is like an open call's command, though not to the letter", () => {
    const play = new Play();
    const command = "npm test && ./tell.sh";
    play.pre("bash", { command });
    const like = play.start(play.agent, "bash", "-c", "cd /w; ./tell.sh");
    assert.equal(play.hook("preToolUse", { toolName: "doubtful" }, play.start(like, "runglass-hook")), undefined);
    assert.equal(play.hook("postToolUse", { toolName: "doubtful" }, play.start(like, "runglass-hook")), undefined);
    const other = play.start(play.agent, "bash", "-c", "/opt/runglass-hook preToolUse");
    assert.equal(play.hook("preToolUse", { toolName: "plain" }, play.start(other, "runglass-hook")), undefined);
    play.post("bash", { command });
    assert.deepEqual(
      play.events.flatMap((event) =>
        event.type.startsWith("tool.") ? [[event["toolInfo"].name, event["senderGuess"] ?? false]] : [],
      ),
      [
        ["bash", false],
        ["doubtful", true],
        ["doubtful", true],
        ["plain", false],
        ["bash", false],
      ],
    );
  });

  it("are not told by a program that may be a part of one", () => {
    const play = new Play();
    play.pre("bash", { command: "npm test" });
    play.pre("bash", { command: "npm run lint" });
    const child = play.start(play.agent, "npm", "x");
    assert.match(play.hook("preToolUse", {}, play.fork(child), child) ?? "", /sent it itself/);
  });

  it("are told whole where only their end was told", () => {
    const play = new Play();
    play.post("bash", bash);
    assert.deepEqual(
      play.events.filter(({ type }) => type.startsWith("tool.")).map(({ type, t }) => [type, t]),
      [
        ["tool.start", encode.TIME + 2000],
        ["tool.end", encode.TIME + 2000],
      ],
    );
  });

  it("end without a result with their session, and with their agent", () => {
    for (const ending of [
      (play: Play) => void play.hook("sessionEnd", { reason: "complete" }),
      (play: Play) => play.frame(encode.exit({ ...play.agent, time: play.now() })),
    ]) {
      const play = new Play();
      play.pre("bash", bash);
      ending(play);
      const ends = play.events.filter(({ type }) => type === "tool.end");
      assert.deepEqual(
        ends.map(({ tool, ok }) => [tool, ok]),
        [["t1", undefined]],
      );
    }
  });

  it("are matched with their ends by id, by arguments, by name", () => {
    const play = new Play();
    play.hook("preToolUse", { toolName: "bash", toolArgs: { command: "a" }, toolCallId: "c1" });
    play.hook("preToolUse", { toolName: "bash", toolArgs: { command: "b" }, toolCallId: "c2" });
    play.pre("view", { path: "x" });
    play.pre("view", { path: "y" });
    play.hook("postToolUse", { toolName: "bash", toolArgs: {}, toolCallId: "c2" });
    play.post("view", { path: "y" });
    play.post("view", { path: "changed by another hook" });
    assert.deepEqual(
      play.events.filter(({ type }) => type === "tool.end").map(({ tool }) => tool),
      ["t2", "t4", "t3"],
    );
  });

  it("that nobody ends do not stay open for ever", () => {
    const play = new Play();
    play.pre("bash", { command: "denied by another hook" });
    for (let n = 0; n < 16; n++) {
      play.pre("bash", bash);
      play.post("bash", bash);
    }
    const ends = play.events.filter(({ type }) => type === "tool.end");
    assert.equal(ends.length, 17);
    assert.deepEqual([ends.at(-1)?.["tool"], ends.at(-1)?.["ok"]], ["t1", undefined]);
  });
});

describe("what an agent starts", () => {
  it("is the call's: a shell with its command, and all below it, also behind the end", () => {
    const play = new Play();
    play.pre("bash", bash);
    const shell = play.start(play.agent, "bash", "-c", "npm test");
    const npm = play.start(shell, "npm", "test");
    const forked = play.fork(npm);
    play.post("bash", bash);
    play.pre("bash", { command: "other" });
    const late = play.start(forked, "curl", "https://example.com/");
    play.write(forked, "/w/x");
    for (const who of [shell, npm, forked, late]) assert.equal(play.toolOf(who), "t1");
  });

  it("is no call's before the first, after the last, and where it is a hook", () => {
    const play = new Play();
    const before = play.start(play.agent, "git", "clone");
    play.pre("bash", { command: "bash run.sh" });
    const hook = play.start(play.agent, "bash", "-c", "/opt/runglass-hook postToolUse");
    play.frame(encode.exec({ ...hook, time: play.now() }, { exe: "/opt/runglass-hook", argv: ["/opt/runglass-hook"] }));
    play.post("bash", { command: "bash run.sh" });
    const after = play.start(play.agent, "git", "push");
    for (const who of [before, hook, after]) assert.equal(play.toolOf(who), "");
  });

  it("is judged by the time of the event, not by when it is told", () => {
    const play = new Play();
    play.hook("sessionStart", {});
    const [early, late] = [play.who(), play.who()];
    const before = play.now();
    play.pre("bash", bash);
    const during = play.now();
    play.post("bash", bash);
    const exec = (who: encode.Who, time: number): void =>
      play.frame(
        encode.fork({ ...who, time }, play.agent),
        encode.exec({ ...who, time }, { parent: play.agent, exe: "/usr/bin/bash", argv: ["bash", "-c", "npm test"] }),
      );
    exec(early, before);
    exec(late, during);
    assert.deepEqual([play.toolOf(early), play.toolOf(late)], ["", "t1"]);
  });

  it("is told apart by its command where calls are open at a time", () => {
    const play = new Play();
    play.pre("bash", { command: "npm ci" });
    play.pre("bash", { command: "python3 -m build" });
    play.pre("grep", { pattern: "x" });
    play.pre("create", { path: "a" });
    const python = play.start(play.agent, "bash", "-c", "python3 -m build");
    const npm = play.start(play.agent, "npm", "ci");
    const rg = play.start(play.agent, "rg", "x");
    assert.deepEqual(
      [python, npm, rg].map((who) => play.toolOf(who)),
      ["t2", "t1?", "t3?"],
    );
    assert.equal(play.toolOf(play.start(python, "python3", "-m", "build")), "t2");
  });

  it("is nobody's where nothing speaks for one of several calls", () => {
    const play = new Play();
    play.pre("bash", { command: "npm ci" });
    play.pre("bash", { command: "python3 -m build" });
    assert.equal(play.toolOf(play.start(play.agent, "git", "status")), "");
  });

  it("is a guess where it is another shell than the command's", () => {
    const play = new Play();
    play.pre("bash", bash);
    assert.equal(play.toolOf(play.start(play.agent, "bash", "-c", "./their-own-hook.sh")), "t1?");
  });

  it("is looked at behind a wrapper", () => {
    const play = new Play();
    play.pre("bash", bash);
    const wrapped = play.start(play.agent, "setsid", "bash");
    play.frame(encode.exec({ ...wrapped, time: play.now() }, { exe: "/bin/bash", argv: ["bash", "-c", "npm test"] }));
    assert.equal(play.toolOf(wrapped), "t1");
  });
});

describe("an agent's persistent shell", () => {
  it("works for one call after the other", () => {
    const play = new Play();
    play.pre("bash", { command: "one" });
    const shell = play.start(play.agent, "bash", "--norc");
    const one = play.start(shell, "one");
    play.write(shell, "/w/by-builtin");
    assert.equal(play.toolOf(shell), "t1");
    play.post("bash", { command: "one" });
    play.pre("bash", { command: "two" });
    const two = play.start(shell, "two");
    play.write(shell, "/w/by-builtin");
    assert.deepEqual(
      [one, two, shell].map((who) => play.toolOf(who)),
      ["t1", "t2", "t2"],
    );
    play.write(one, "/w/late");
    assert.equal(play.toolOf(one), "t1");
  });

  it("connects for the call of that time, however late the connection's result comes", () => {
    const play = new Play();
    play.pre("bash", { command: "exec 3<>/dev/tcp/198.51.100.7/80" });
    const shell = play.start(play.agent, "bash");
    const flow = { flow: 1, remote: "198.51.100.7", remotePort: 80 };
    play.frame(encode.connect({ ...shell, time: play.now() }, flow));
    play.post("bash", { command: "exec 3<>/dev/tcp/198.51.100.7/80" });
    play.pre("bash", { command: "two" });
    play.start(shell, "two");
    play.write(shell, "/w/x");
    assert.equal(play.toolOf(shell), "t2");
    play.frame(encode.result({ ...shell, time: play.now() }, 1, 111));
    assert.equal(play.events.find(({ type }) => type === "net.connect")?.["tool"], "t1");
  });

  it("that ran before the first call is one as well", () => {
    const play = new Play();
    play.hook("sessionStart", {});
    const shell = play.start(play.agent, "bash");
    play.pre("bash", { command: "one" });
    assert.equal(play.toolOf(play.start(shell, "one")), "t1");
  });

  it("goes on for a call whose end was told, as an asynchronous command does", () => {
    const play = new Play();
    play.pre("bash", { command: "sleep 9; curl x", mode: "async", sessionId: "bg" });
    const shell = play.start(play.agent, "bash");
    play.start(shell, "sleep", "9");
    play.post("bash", { command: "sleep 9; curl x", mode: "async", sessionId: "bg" });
    assert.equal(play.toolOf(play.start(shell, "curl", "x")), "t1");
    play.pre("read_bash", { sessionId: "bg" });
    assert.equal(play.toolOf(play.start(shell, "curl", "x")), "t1");
    play.post("read_bash", { sessionId: "bg" });
    play.pre("bash", { command: "ls", sessionId: "other" });
    assert.equal(play.toolOf(play.start(shell, "curl", "x")), "t1");
    const second = play.start(play.agent, "bash");
    assert.equal(play.toolOf(play.start(second, "ls")), "t3");
    play.post("bash", { command: "ls", sessionId: "other" });
    play.pre("write_bash", { sessionId: "bg", input: "make\n" });
    assert.equal(play.toolOf(play.start(shell, "make")), "t4");
    assert.equal(play.toolOf(play.start(second, "ls")), "t3");
  });

  it("keeps what it left running apart from the next call, by the command", () => {
    const play = new Play();
    play.pre("bash", { command: "sleep 9; curl x" });
    const shell = play.start(play.agent, "bash");
    play.start(shell, "sleep", "9");
    play.post("bash", { command: "sleep 9; curl x" });
    play.pre("bash", { command: "ls" });
    assert.equal(play.toolOf(play.start(shell, "curl", "x")), "t1?");
    assert.equal(play.toolOf(play.start(shell, "ls")), "t2");
  });

  it("has loops in the background that stay with their call", () => {
    const play = new Play();
    play.pre("bash", { command: "(while sleep 1; do curl x; done) &" });
    const shell = play.start(play.agent, "bash");
    const loop = play.fork(shell);
    play.start(loop, "sleep", "1");
    play.post("bash", { command: "(while sleep 1; do curl x; done) &" });
    play.pre("bash", { command: "ls" });
    assert.equal(play.toolOf(play.start(loop, "curl", "x")), "t1");
  });

  it("is told apart from a second one by its name, or by the command", () => {
    for (const named of [true, false]) {
      const play = new Play();
      const name = (text: string): object => (named ? { sessionId: text } : {});
      play.pre("bash", { command: "npm ci", ...name("a") });
      play.pre("bash", { command: "pip install x", ...name("b") });
      const [a, b] = [play.start(play.agent, "bash"), play.start(play.agent, "bash")];
      assert.equal(play.toolOf(play.start(b, "pip", "install", "x")), "t2?", "only a likeness until now");
      assert.equal(play.toolOf(play.start(a, "npm", "ci")), "t1");
      assert.equal(play.toolOf(play.start(b, "pip", "wheel")), "t2");
    }
  });
});

describe("an agent's own changes of files", () => {
  it("belong to the call that names the file", () => {
    const play = new Play();
    play.pre("create", { path: "src/a.ts" });
    play.write(play.agent, "/w/src/a.ts");
    play.write(play.agent, "/var/log/agent.log");
    play.post("create", { path: "src/a.ts" });
    play.pre("str_replace", { path: "/w/b.ts" });
    play.write(play.agent, "/w/b.ts.tmp");
    play.write(play.agent, "/w/b.ts", "/w/b.ts.tmp");
    play.post("str_replace", { path: "/w/b.ts" });
    const tools = ["/w/src/a.ts", "/var/log/agent.log", "/w/b.ts.tmp", "/w/b.ts"].map((path) => play.toolOfFile(path));
    assert.deepEqual(tools, ["t1", "", "t2?", "t2"]);
  });

  it("belong to none before and long after it", () => {
    const play = new Play();
    play.write(play.agent, "/w/a");
    assert.equal(play.toolOfFile("/w/a"), "");
    play.pre("edit", { path: "a" });
    play.post("edit", { path: "a" });
    play.write(play.agent, "/w/a", "", play.now() + 2_000_000);
    assert.equal(play.toolOfFile("/w/a"), "");
  });

  it("belong to the later of two calls for one file, as a guess", () => {
    const play = new Play();
    play.pre("edit", { path: "a", old_str: "1" });
    play.pre("edit", { path: "a", old_str: "2" });
    play.write(play.agent, "/w/a");
    assert.equal(play.toolOfFile("/w/a"), "t2?");
  });

  it("do not make its other events the call's", () => {
    const play = new Play();
    play.pre("edit", { path: "a" });
    play.write(play.agent, "/w/a");
    play.frame(encode.exit({ ...play.agent, time: play.now() }));
    assert.equal(play.toolOf(play.agent), "");
  });
});

describe("a hook's sender", () => {
  it("is refused where a tool call has started it, and waited for where it is not known", () => {
    const play = new Play();
    play.pre("bash", bash);
    const shell = play.start(play.agent, "bash");
    const forger = play.start(shell, "runglass-hook", "preToolUse");
    assert.match(play.hook("preToolUse", { toolName: "x" }, forger) ?? "", /tool call/);
    const nested = play.start(shell, "copilot");
    assert.match(play.hook("preToolUse", { toolName: "x" }, play.fork(nested), nested) ?? "", /tool call/);
    assert.equal(play.hook("preToolUse", { toolName: "x" }, play.fork(play.agent), play.who()), "not yet");
    assert.equal(play.hook("preToolUse", { toolName: "x" }, play.who()), "not yet");
    assert.equal(play.events.filter(({ type }) => type === "tool.start").length, 1);
  });

  it("is no longer taken for a part of the call during which it started", () => {
    const play = new Play();
    play.pre("bash", bash);
    const wrapper = play.start(play.agent, "bash", "-c", "./all-hooks.sh");
    assert.equal(play.toolOf(wrapper), "t1?");
    assert.equal(play.hook("postToolUse", { toolName: "bash", toolArgs: bash }, wrapper), undefined);
    play.frame(encode.exit({ ...wrapper, time: play.now() }));
    assert.equal(play.toolOf(wrapper), "");
  });

  it("may be one of few agents only", () => {
    const play = new Play();
    const agents = Array.from({ length: 20 }, () => play.start({ pid: 1, start: 1 }, "node"));
    const answers = agents.map((agent) => play.hook("preToolUse", { toolName: "x" }, play.fork(agent), agent));
    assert.equal(answers.filter((answer) => answer === undefined).length, 16);
  });

  it("cannot make the log inconsistent, whatever it says in whatever order", () => {
    const tool = fc.constantFrom("bash", "create", "write_bash", "grep", "", "x".repeat(500));
    const step = fc.record({
      what: fc.constantFrom("preToolUse", "postToolUse", "postToolUseFailure", "sessionEnd", "start", "fork", "write"),
      tool,
      args: fc.oneof(fc.constant(bash), fc.jsonValue(), fc.constant({ path: "a", sessionId: 3 })),
      who: fc.nat(5),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const play = new Play();
        const known: encode.Who[] = [play.agent];
        for (const { what, tool: toolName, args: toolArgs, who } of steps) {
          const parent = known[who % known.length] ?? play.agent;
          if (what === "start") known.push(play.start(parent, "bash"));
          else if (what === "fork") known.push(play.fork(parent));
          else if (what === "write") play.write(parent, "/w/a");
          else play.hook(what, { toolName, toolArgs });
        }
        const [begun, ended] = [new Set<string>(), new Set<string>()];
        for (const event of play.events) {
          const id: unknown = event["tool"];
          if (event.type === "tool.start") {
            assert.ok(!begun.has(event["toolInfo"].id), "ids are unique");
            begun.add(event["toolInfo"].id);
          } else if (event.type === "tool.end") {
            assert.ok(begun.has(event["toolInfo"].id) && !ended.has(event["toolInfo"].id), "one end behind its start");
            ended.add(event["toolInfo"].id);
          } else if (id !== undefined) assert.ok(begun.has(String(id)), "only calls that began cause anything");
        }
      }),
      { numRuns: 300 },
    );
  });
});
