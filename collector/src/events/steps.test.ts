import assert from "node:assert/strict";
import fc from "fast-check";
import * as encode from "../../test/frames/encode.ts";
import { MemoryLog, type LoggedEvent } from "../../test/frames/memoryLog.ts";
import type { JobFacts } from "../../protocol/events.ts";
import { FrameReader } from "../sensor/frames.ts";
import { EventLog } from "./eventLog.ts";
import { Pipeline } from "./pipeline.ts";
import type { OnlyStep } from "./steps.ts";

const T = encode.TIME;
/** Pids that do not exist here: the kernel's greatest is 4,194,304. */
const who = (n: number, time = T): encode.Who => ({ pid: 5_000_000 + n, start: (1 + n) * 1_000_000_000, time });
const worker = who(0);
const from = (parent: encode.Who, child: encode.Who): Buffer => encode.fork(child, parent);
const begin = (child: encode.Who, action: string, more: Record<string, string> = {}, parent = worker): Buffer[] => [
  encode.fork(child, parent),
  encode.step(child, { parent, variables: { GITHUB_ACTION: action, ...more } }),
  encode.exec(child, { parent, exe: "/bin/bash", argv: ["bash", "-e"] }),
];
const composite = { GITHUB_ACTION_PATH: "/a" };
const writes = (process: encode.Who, path: string): Buffer => encode.file(process, "write", path);
const theWorker = encode.exec(worker, { exe: "/x/bin/Runner.Worker", argv: ["Runner.Worker"], existing: true });

const logOf = (frames: readonly Buffer[], only?: OnlyStep, job?: JobFacts): MemoryLog => {
  const log = new MemoryLog();
  const events = new EventLog(log);
  const pipeline = new Pipeline(events, () => 0, only, job);
  const reader = new FrameReader((frame) => pipeline.take(frame));
  reader.push(Buffer.concat([encode.hello(), ...frames]));
  pipeline.finish();
  events.flush();
  return log;
};
/** Step of each file written, by its path; with a `+` where it is detached. */
const stepsByPath = (log: MemoryLog): Record<string, string> =>
  Object.fromEntries(
    log
      .of("file.write")
      .map((event) => [event["file"].path, `${event["step"] ?? "none"}${event["detached"] === true ? "+" : ""}`]),
  );
const story = (log: MemoryLog): string[] =>
  log.events
    .filter((event) => event.type.startsWith("step."))
    .map((event) => `${event.type.slice(5)} ${event["stepInfo"].id}`);

describe("steps", () => {
  it("tell of their job where the log has not: once for each", () => {
    const job = (id: string): Record<string, string> => ({
      GITHUB_RUN_ID: id,
      GITHUB_REPOSITORY: "o/r",
      GITHUB_JOB: "b",
    });
    const known = { id: "1", repository: "o/r", job: "b" };
    const frames = [
      theWorker,
      ...begin(who(1), "a", job("1")),
      ...begin(who(2), "b", job("2")),
      ...begin(who(3), "c", { ...job("2"), GITHUB_SERVER_URL: "https://u:secret@github.com" }),
      ...begin(who(4), "d", { ...job("2"), GITHUB_SERVER_URL: "https://u:secret@github.com" }),
      ...begin(who(5), "e", { GITHUB_RUN_ID: "no number" }),
    ];
    const told = (log: MemoryLog): unknown[] => log.of("step.start").map((event) => event["run"]);
    const second = { ...known, id: "2" };
    const third = { ...second, url: "https://***@github.com/o/r/actions/runs/2" };
    assert.deepEqual(told(logOf(frames, undefined, known)), [undefined, second, third, undefined, undefined]);
    assert.deepEqual(told(logOf(frames)), [known, second, third, undefined, undefined]);
  });

  it("begin with a process of the worker, whose events and descendants carry them, and end with it", () => {
    const [bash, child, fork] = [who(1), who(2), who(3)];
    const log = logOf([
      theWorker,
      writes(worker, "/worker"),
      ...begin(bash, "__run"),
      writes(bash, "/bash"),
      from(bash, child),
      encode.exec(child, { parent: bash }),
      from(child, fork),
      writes(fork, "/fork"),
      encode.connect(child, { flow: 1, remote: "198.51.100.7", remotePort: 443, udp: true }),
      encode.exit(fork),
      encode.exit(child),
      encode.exit({ ...bash, time: T + 9 }),
    ]);
    assert.deepEqual(stepsByPath(log), { "/worker": "none", "/bash": "__run", "/fork": "__run" });
    assert.deepEqual(
      log.events.map((event) => [event.type, event["step"] ?? event["stepInfo"]?.id]),
      [
        ["process.exec", undefined],
        ["file.write", undefined],
        ["step.start", "__run"],
        ["process.exec", "__run"],
        ["file.write", "__run"],
        ["process.exec", "__run"],
        ["process.exec", "__run"],
        ["file.write", "__run"],
        ["net.connect", "__run"],
        ["process.exit", "__run"],
        ["process.exit", "__run"],
        ["process.exit", "__run"],
        ["step.end", "__run"],
      ],
    );
    assert.deepEqual(log.of("step.start")[0]?.["stepInfo"], { id: "__run", name: "__run" });
    assert.equal(log.of("step.end")[0]?.t, T + 9);
  });

  it("are told apart where one action has several: pre, main, post, and twice the same", () => {
    const log = logOf([
      theWorker,
      ...[1, 2, 3].flatMap((n) => [...begin(who(n), "checkout"), writes(who(n), `/${n}`), encode.exit(who(n))]),
    ]);
    assert.deepEqual(stepsByPath(log), { "/1": "checkout", "/2": "checkout#2", "/3": "checkout#3" });
    assert.deepEqual(story(log), [
      "start checkout",
      "end checkout",
      "start checkout#2",
      "end checkout#2",
      "start checkout#3",
      "end checkout#3",
    ]);
  });

  it("are one for the processes of a composite action, until another step begins", () => {
    const log = logOf([
      theWorker,
      ...[1, 2].flatMap((n) => [...begin(who(n), "a", composite), writes(who(n), `/${n}`), encode.exit(who(n, T + n))]),
      ...begin(who(3, T + 5), "b"),
      encode.exit(who(3)),
      ...begin(who(4), "a", composite),
      writes(who(4), "/4"),
      encode.exit(who(4)),
      encode.exit(worker),
    ]);
    assert.deepEqual(stepsByPath(log), { "/1": "a", "/2": "a", "/4": "a#2" });
    assert.deepEqual(story(log), ["start a", "end a", "start b", "end b", "start a#2", "end a#2"]);
    assert.equal(log.of("step.end")[0]?.t, T + 2, "its last process ended then");
  });

  it("of a composite action end with the run, where nothing of them runs any more", () => {
    const running = [theWorker, ...begin(who(1), "a", composite)];
    assert.deepEqual(story(logOf(running)), ["start a"]);
    assert.deepEqual(story(logOf([...running, encode.exit(who(1))])), ["start a", "end a"]);
  });

  it("never share an id, whatever actions are called", () => {
    const names = ["a", "a#2", "a", "a#2", "a"];
    const log = logOf([
      theWorker,
      ...names.flatMap((name, n) => [...begin(who(n + 1), name), encode.exit(who(n + 1))]),
    ]);
    const ids = log.of("step.start").map((event) => event["stepInfo"].id as string);
    assert.equal(new Set(ids).size, 5, ids.join(" "));
  });

  it("are not begun by a program of the worker's name inside a step, nor below nobody that is known", () => {
    const [bash, fake, child, lost] = [who(1), who(2), who(3), who(4)];
    const log = logOf([
      theWorker,
      ...begin(bash, "real"),
      from(bash, fake),
      encode.exec(fake, { parent: bash, exe: "/tmp/Runner.Worker" }),
      ...begin(child, "forged", {}, fake),
      writes(child, "/child"),
      ...begin(lost, "forged", {}, who(99)),
      writes(lost, "/lost"),
      encode.exit(bash),
      ...begin(who(5), "forged too", {}, fake),
      writes(who(5), "/later"),
    ]);
    assert.deepEqual(stepsByPath(log), { "/child": "real", "/lost": "none", "/later": "real+" });
    assert.deepEqual(story(log), ["start real", "end real"]);
  });

  it("are not begun by a process that a step has made the worker's child", () => {
    const [bash, sibling, again] = [who(1), who(2), who(3)];
    const forged = (child: encode.Who): Buffer =>
      encode.step(child, { parent: worker, variables: { GITHUB_ACTION: "x" } });
    const log = logOf([
      encode.exec(worker, { exe: "/x/bin/Runner.Worker", existing: true }),
      ...begin(bash, "real"),
      encode.fork(sibling, worker, 0, bash),
      forged(sibling),
      encode.exec(sibling, { parent: worker }),
      writes(sibling, "/sibling"),
      encode.exit(bash),
      writes(sibling, "/later"),
      // Its fork was lost: it may be the same.
      forged(again),
      encode.exec(again, { parent: worker }),
      writes(again, "/lost"),
      forged(again),
      encode.fork(who(4), worker, 0, again),
      forged(who(4)),
      writes(who(4), "/below"),
      encode.fork(who(5), worker, 0, who(98)),
      forged(who(5)),
      writes(who(5), "/by nobody"),
    ]);
    assert.deepEqual(stepsByPath(log), {
      "/sibling": "real",
      "/later": "real+",
      "/lost": "none",
      "/below": "none",
      "/by nobody": "none",
    });
    assert.deepEqual(story(log), ["start real", "end real"]);
  });

  it("are not changed by a later exec of their process", () => {
    const bash = who(1);
    const again = encode.step(bash, { parent: worker, variables: { GITHUB_ACTION: "other" } });
    const log = logOf([theWorker, ...begin(bash, "first"), again, encode.exec(bash), writes(bash, "/x")]);
    assert.deepEqual(stepsByPath(log), { "/x": "first" });
    assert.deepEqual(story(log), ["start first"]);
  });

  it("are kept, detached, by what goes on after its parent's end, and by what that starts", () => {
    const [bash, middle, daemon, worked, attached, below] = [who(1), who(2), who(3), who(4), who(5), who(6)];
    const log = logOf([
      theWorker,
      ...begin(bash, "s"),
      from(bash, middle),
      from(middle, daemon),
      from(daemon, worked),
      from(bash, attached),
      from(attached, below),
      writes(daemon, "/before"),
      encode.exit(middle),
      writes(daemon, "/after"),
      writes(worked, "/its child"),
      writes(below, "/attached"),
      encode.exit(bash),
      writes(below, "/after the step"),
      encode.exit(daemon),
      ...begin(who(7), "next"),
      writes(worked, "/in the next step"),
      from(worked, who(8)),
      encode.exec(who(8), { parent: { pid: 1, start: 1 } }),
      writes(who(8), "/new child"),
      writes(who(7), "/next"),
    ]);
    assert.deepEqual(stepsByPath(log), {
      "/before": "s",
      "/after": "s+",
      "/its child": "s+",
      "/attached": "s",
      "/after the step": "s+",
      "/in the next step": "s+",
      "/new child": "s+",
      "/next": "next",
    });
    const exit = log.of("process.exit").find((event) => event.process === log.of("file.write")[0]?.process);
    assert.equal(exit?.["detached"], true);
  });

  it("that run already are known, with what they have started", () => {
    const [bash, child] = [who(1), who(2)];
    const log = logOf([
      encode.exec(worker, { exe: "/x/bin/Runner.Worker", existing: true }),
      encode.step(bash, { parent: worker, variables: { GITHUB_ACTION: "s" }, existing: true }),
      encode.exec(bash, { parent: worker, existing: true }),
      encode.exec(child, { parent: bash, existing: true }),
      writes(child, "/x"),
    ]);
    assert.deepEqual(stepsByPath(log), { "/x": "s" });
    assert.equal(log.events[1]?.type, "step.start");
  });

  it("of two workers are kept apart, and end with their worker", () => {
    const second = who(50);
    const log = logOf([
      theWorker,
      encode.exec(second, { exe: "/y/bin/Runner.Worker", existing: true }),
      ...begin(who(1), "run"),
      ...begin(who(2), "run", {}, second),
      writes(who(1), "/1"),
      writes(who(2), "/2"),
      encode.exit({ ...worker, time: T + 3 }),
    ]);
    assert.deepEqual(stepsByPath(log), { "/1": "run", "/2": "run#2" });
    assert.deepEqual(story(log), ["start run", "start run#2", "end run"]);
    assert.equal(log.of("step.end")[0]?.t, T + 3);
  });

  it("mask secrets in what they are called, and cut it", () => {
    const secret = `ghp_${"a1B2".repeat(9)}`;
    const log = logOf([theWorker, ...begin(who(1), `${secret}-${"x".repeat(900)}`)]);
    assert.ok(!JSON.stringify(log.events).includes(secret.slice(8)));
    assert.ok(log.of("step.start")[0]?.["stepInfo"].id.length <= 100);
  });

  it("say when one is not known, as its environment could not be read", () => {
    const unread = { parent: worker, variables: {}, truncated: true };
    const log = logOf([theWorker, ...[1, 2].flatMap((n) => [from(worker, who(n)), encode.step(who(n), unread)])]);
    assert.deepEqual(
      log.of("coverage").map((event) => [event["hook"], event["state"]]),
      [["steps", "off"]],
    );
  });

  describe("of a command that is the only one", () => {
    const only = { action: "command", name: "npm test", number: 1 };
    const command = who(1);
    const known = [encode.ready(), encode.exec(command, { existing: true }), encode.exec(command, { argv: ["npm"] })];

    it("have everything, and end as it does", () => {
      const log = logOf(
        [...known, from(command, who(2)), writes(who(2), "/x"), encode.exit({ ...command, time: T + 7 }, 1)],
        only,
      );
      assert.deepEqual(log.events[0]?.["stepInfo"], { id: "command", number: 1, name: "npm test" });
      assert.ok(
        log.events.filter((event) => event.process !== undefined).every((event) => event["step"] === "command"),
      );
      const end = log.events.at(-1);
      assert.deepEqual([end?.type, end?.t, end?.["conclusion"]], ["step.end", T + 7, "failure"]);
    });

    it("end with the process that was there first, whatever else is in its control group", () => {
      const log = logOf(
        [
          ...known,
          encode.exec(who(2), { existing: true }),
          writes(who(2), "/x"),
          encode.exit({ ...command, time: T + 7 }),
          encode.exit({ ...who(2), time: T + 9 }, 1),
        ],
        only,
      );
      assert.deepEqual(stepsByPath(log), { "/x": "command" });
      const ends = log.of("step.end").map((event) => [event.t, event["conclusion"]]);
      assert.deepEqual(ends, [[T + 7, "success"]]);
    });

    it("leave to a worker below it what that starts", () => {
      const runner = who(2);
      const log = logOf(
        [
          ...known,
          from(command, runner),
          encode.exec(runner, { parent: command, exe: "/x/bin/Runner.Worker" }),
          ...begin(who(3), "run", {}, runner),
          writes(who(3), "/step"),
          writes(runner, "/worker"),
        ],
        only,
      );
      assert.deepEqual(stepsByPath(log), { "/step": "run", "/worker": "command" });
    });
  });

  it("belong to processes consistently, whatever happens", () => {
    const act = fc.record({
      what: fc.constantFrom("fork", "exec", "exit", "act", "step"),
      self: fc.integer({ min: 0, max: 11 }),
      parent: fc.integer({ min: 0, max: 11 }),
      composite: fc.boolean(),
      lost: fc.integer({ min: 0, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), fc.boolean(), (acts, hasOnly) => {
        const frames = acts.flatMap(({ what, self, parent, composite: embedded, lost }, n) => {
          if (lost === 0) return [];
          const child = who(self, T + n);
          if (what === "fork") return self === parent ? [] : [from(who(parent), child)];
          if (what === "exec") return [encode.exec(child, { parent: who(parent) })];
          if (what === "exit") return [encode.exit(child)];
          if (what === "act") return [writes(child, "/x")];
          const variables = { GITHUB_ACTION: `a${self % 2}`, ...(embedded ? composite : {}) };
          return [encode.step(child, { parent: who(parent), variables })];
        });
        const log = logOf(frames, hasOnly ? { action: "command", name: "c", number: 1 } : undefined);
        const [begun, over] = [new Set<string>(), new Set<string>()];
        const detached = new Set<string>();
        for (const event of log.events as readonly LoggedEvent[]) {
          const id = event["stepInfo"]?.id as string | undefined;
          if (event.type === "step.start") {
            assert.ok(id !== undefined && !begun.has(id));
            begun.add(id);
          } else if (event.type === "step.end") {
            assert.ok(id !== undefined && begun.has(id) && !over.has(id));
            over.add(id);
          } else if (event["step"] !== undefined) {
            assert.ok(begun.has(event["step"]), "an event's step has begun");
            const key = `${event.process} ${event["step"]}`;
            assert.ok(!detached.has(key) || event["detached"] === true, "what has left does not come back");
            if (event["detached"] === true) detached.add(key);
          } else {
            assert.equal(event["detached"], undefined);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
