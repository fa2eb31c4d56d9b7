import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import type { RunEvent } from "../../protocol/events.ts";
import type { Step } from "./fakeAgent.ts";
import { Events, prepare, scratch, start, until } from "./support.ts";
import { AGENT, HOOK, prepareHook, recordAgent } from "./toolSupport.ts";

const pre = (tool: string, args: Record<string, unknown>): Step => ({ do: "pre", tool, args });
const post = (tool: string, args: Record<string, unknown>): Step => ({ do: "post", tool, args });

const call = (tool: string, args: Record<string, unknown>, ...during: readonly Step[]): Step[] => [
  pre(tool, args),
  ...during,
  post(tool, args),
];

/** What the log says about the tool of the processes whose command line holds `label`, each once. */
const toolsOf = (events: Events, label: string): string[] => {
  const ids = new Set(
    events
      .of("process.exec")
      .filter(({ exec }) => exec.argv.join(" ").includes(label) && !/fakeAgent|runglass-hook/.test(exec.argv.join(" ")))
      .map(({ process }) => process),
  );
  return [...ids].map((id) => {
    const all = events.all.filter((event) => event.process === id && !event.type.startsWith("tool."));
    const last = all.at(-1);
    return `${last?.tool ?? ""}${last?.toolGuess === true ? "?" : ""}`;
  });
};
const toolOfFile = (events: Events, name: string): (string | undefined)[] => [
  ...new Set(
    events
      .of("file.write")
      .filter(({ file }) => file.path.endsWith(`/${name}`))
      .map(({ tool }) => tool),
  ),
];
const toolEvents = (events: Events): string[] =>
  events.all.flatMap((event) =>
    event.type === "tool.start" || event.type === "tool.end"
      ? [`${event.type === "tool.start" ? "+" : "-"}${event.toolInfo.id} ${event.toolInfo.name}`]
      : [],
  );

describe("record: tool calls", function () {
  this.timeout(120_000);
  before(prepare);
  before(prepareHook);

  it("keep what they cause where the machine's clock is set anew while the run goes on", async () => {
    // For Node the wall clock is an hour ahead from its first moment on; the kernel's times are not.
    const ahead = "--import=data:text/javascript,const%20n=Date.now;Date.now=()=>n()%2B3600000";
    const command = "/bin/true stepped";
    const plan = (): Step[] => call("bash", { command }, { do: "exec", command });
    const { outcome, events } = await recordAgent(plan, { NODE_OPTIONS: ahead });
    assert.equal(outcome.code, 0, outcome.stderr);
    assert.deepEqual(toolsOf(events, "stepped"), ["t1"]);
    const times = events.all.map(({ t }) => t);
    assert.ok(Math.max(...times) - Math.min(...times) < 1_800_000_000, "all times are of one clock");
  });

  it("cause processes, files and connections that carry their id, in each way that an agent runs things", async () => {
    const server = createServer((socket) => socket.end()).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const dial = `exec 5<>/dev/tcp/127.0.0.1/${port}`;
    const { outcome, events } = await recordAgent(() => [
      { do: "exec", command: "/bin/true before" },
      // A shell of its own; with a daemon that outlives the call.
      ...call(
        "bash",
        { command: `/bin/true own; setsid sh -c "sleep 1; echo x > daemon; /bin/true daemon" &` },
        {
          do: "exec",
          command: `/bin/true own; setsid sh -c "sleep 1; echo x > daemon; /bin/true daemon" &`,
        },
      ),
      // A persistent one.
      ...call(
        "bash",
        { command: "echo 1 > first; /bin/true first" },
        {
          do: "shell",
          shell: "main",
          command: "echo 1 > first; /bin/true first",
        },
      ),
      ...call(
        "bash",
        { command: `(${dial}); echo 2 > second; /bin/true second | cat` },
        {
          do: "shell",
          shell: "main",
          command: `(${dial}); echo 2 > second; /bin/true second | cat`,
        },
      ),
      // The agent itself.
      ...call(
        "create",
        { path: "made.txt", file_text: "text" },
        { do: "write", path: "made.txt" },
        { do: "write", path: "log.txt" },
      ),
      ...call(
        "edit",
        { path: "made.txt", old_str: "t", new_str: "x" },
        {
          do: "write",
          path: "made.txt",
          beside: "made.txt.tmp",
        },
      ),
      // Two at a time.
      pre("bash", { command: "sleep 0.3; /bin/true left" }),
      pre("bash", { command: "sleep 0.3; /bin/true right" }),
      { do: "exec", command: "sleep 0.3; /bin/true right", wait: false },
      { do: "exec", command: "sleep 0.3; /bin/true left" },
      post("bash", { command: "sleep 0.3; /bin/true left" }),
      post("bash", { command: "sleep 0.3; /bin/true right" }),
      { do: "failed", tool: "grep", args: { pattern: "x" } },
      { do: "sleep", ms: 1000 },
      { do: "exec", command: "/bin/true after" },
      pre("bash", { command: "never ended" }),
    ]);
    server.close();
    assert.equal(outcome.code, 0, outcome.stderr);
    events.assertWhole();
    const told = "+t1 bash -t1 bash +t2 bash -t2 bash +t3 bash -t3 bash +t4 create -t4 create +t5 edit -t5 edit";
    const ending = "+t6 bash +t7 bash -t6 bash -t7 bash +t8 grep -t8 grep +t9 bash -t9 bash";
    assert.equal(toolEvents(events).join(" "), `${told} ${ending}`);
    const expected: Readonly<Record<string, string>> = {
      "true before": "",
      "true own": "t1",
      "sleep 1": "t1",
      "true daemon": "t1",
      "true first": "t2",
      "true second": "t3",
      cat: "t3",
      "true right": "t7",
      "true left": "t6",
      "true after": "",
    };
    for (const [label, tool] of Object.entries(expected)) {
      const found = toolsOf(events, label);
      assert.ok(found.length > 0 && found.every((each) => each === tool), `${label}: ${found.join()} is not ${tool}`);
    }
    assert.deepEqual(
      ["daemon", "first", "second", "made.txt", "log.txt", "made.txt.tmp"].map((name) => toolOfFile(events, name)),
      [["t1"], ["t2"], ["t3"], ["t4", "t5"], [undefined], ["t5"]],
    );
    const dialled = events.of("net.connect").filter(({ flow }) => flow.remote.port === port);
    assert.deepEqual(
      dialled.map(({ tool }) => tool),
      ["t3"],
    );
    assert.ok(
      events
        .of("tool.end")
        .every(({ toolInfo, ok }) => ok === (toolInfo.id === "t9" ? undefined : toolInfo.id !== "t8")),
    );
  });

  it("are known of an agent that ran before, and of its shell, where the whole machine is watched", async () => {
    const { path, remove } = scratch();
    try {
      const [out, socket, ready, done] = ["run.ndjson", "hooks/s", "ready", "done"].map((name) => join(path, name));
      const command = `/bin/true label-${process.pid}; echo > by-shell`;
      const plan: readonly Step[] = [
        { do: "shell", shell: "main", command: "true" },
        { do: "await", path: ready! },
        ...call("bash", { command }, { do: "shell", shell: "main", command }),
        { do: "write", path: done! },
      ];
      const agent = spawn(process.execPath, [AGENT, JSON.stringify(plan)], {
        cwd: path,
        env: { ...process.env, HOOK, RUNGLASS_HOOK_SOCKET: socket! },
      });
      const ended = once(agent, "exit");
      const running = start(["collect", "--out", out!, "--hook-socket", socket!]);
      await until(() => running.stderr().includes("watching"), "it watches");
      writeFileSync(ready!, "");
      await until(() => existsSync(done!), "the agent's work");
      assert.deepEqual((await ended)[0], 0);
      await until(() => readFileSync(out!, "utf8").includes("by-shell"), "the events are in the log");
      running.child.kill("SIGTERM");
      assert.equal((await running.outcome).code, 0, running.stderr());
      assert.ok(!existsSync(join(path, "hooks")), "what was made is taken away");
      const events = new Events(out!);
      assert.equal(toolEvents(events).join(" "), "+t1 bash -t1 bash");
      assert.deepEqual(
        [toolsOf(events, `true label-${process.pid}`), toolOfFile(events, "by-shell")],
        [["t1"], ["t1"]],
      );
      // Nothing else of the whole machine is the call's.
      const agentPid = events.of("tool.start")[0]?.process?.split("-")[0];
      assert.equal(agentPid, String(agent.pid));
      const others = events.all.filter((event) => event.tool !== undefined && !event.type.startsWith("tool."));
      assert.ok(others.length <= 10, JSON.stringify(others).slice(0, 2000));
    } finally {
      remove();
    }
  });

  it("begin in the log before what they cause", async () => {
    const { events } = await recordAgent(() =>
      Array.from({ length: 20 }, (_, n) => [
        ...call("bash", { command: `/bin/true ${n}` }, { do: "exec", command: `/bin/true ${n}` }),
      ]).flat(),
    );
    const begun = new Set<string>();
    let caused = 0;
    for (const event of events.all as readonly RunEvent[]) {
      if (event.type === "tool.start") begun.add(event.toolInfo.id);
      else if (event.tool !== undefined) {
        assert.ok(begun.has(event.tool), JSON.stringify(event));
        if (event.type === "process.exec") caused++;
      }
    }
    assert.deepEqual([begun.size, caused >= 20], [20, true]);
  });

  it("are counted exactly: a thousand messages, two at a time", async () => {
    const { outcome, events } = await recordAgent((directory) => [
      { do: "storm", tools: 500, atATime: 2, path: join(directory, "x") },
    ]);
    assert.equal(outcome.code, 0, outcome.stderr);
    events.assertWhole();
    // On a machine that is busy beyond its means a hook gives up rather than to wait on; then it says so.
    const givenUp = outcome.stderr.split("\n").filter((line) => line.includes("nothing was told")).length;
    assert.ok(givenUp < 50, outcome.stderr);
    const starts = events.of("tool.start");
    const ends = events.of("tool.end").filter(({ ok }) => ok === true);
    for (const told of [starts, ends]) {
      assert.ok(told.length <= 500 && told.length >= 500 - givenUp, `${told.length} told, ${givenUp} given up`);
      assert.equal(new Set(told.map(({ toolInfo }) => toolInfo.id)).size, told.length);
    }
    // Each is a call of its own, by its arguments.
    assert.equal(new Set(starts.map(({ toolInfo }) => JSON.stringify(toolInfo.input))).size, starts.length);
  });
});
