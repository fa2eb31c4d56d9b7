import assert from "node:assert/strict";
import * as encode from "../../test/frames/encode.ts";
import { MemoryLog, type LoggedEvent } from "../../test/frames/memoryLog.ts";
import { EventLog } from "../events/eventLog.ts";
import { Pipeline } from "../events/pipeline.ts";
import { FrameReader } from "../sensor/frames.ts";

const ID = "0123456789abcdef".repeat(4);
const OTHER = "fedcba9876543210".repeat(4);
/** Pids beyond what the kernel gives: /proc knows none of them. */
const runtime = { pid: 5_000_000, start: 1_000_000_000 };
const init = { pid: 5_000_001, start: 2_000_000_000 };
const child = { pid: 5_000_002, start: 3_000_000_000 };
const daemon = { pid: 5_000_003, start: 1_000_000_001 };
const starter = { pid: 5_000_004, start: 1_000_000_002 };
const NAMESPACE = 4_026_532_300;

const execsOf = (...frames: readonly Buffer[]): LoggedEvent["exec"][] => {
  const log = new MemoryLog();
  const events = new EventLog(log);
  const pipeline = new Pipeline(events, () => 0);
  const reader = new FrameReader((frame) => pipeline.take(frame));
  reader.push(Buffer.concat([encode.hello(), ...frames]));
  pipeline.finish();
  events.flush();
  return log.of("process.exec").map((event) => event["exec"]);
};

describe("the container of a process", () => {
  it("is the one that its control group is named after, with the pid inside", () => {
    const [outside, inside] = execsOf(
      encode.cgroup(runtime, 7, "/system.slice/docker.service"),
      encode.exec(runtime, { cgroup: 7 }),
      encode.cgroup(init, 8, `/system.slice/docker-${ID}.scope`),
      encode.exec(init, { cgroup: 8, insidePid: 1, pidNamespace: NAMESPACE }),
    );
    assert.deepEqual([outside.container, outside.containerInfo], [undefined, undefined]);
    assert.deepEqual([inside.container, inside.containerInfo], [ID, { runtime: "docker", by: "cgroup", pid: 1 }]);
  });

  it("is its parent's for a fork, and its own again from its next program on", () => {
    const place = { cgroup: 8, insidePid: 1, pidNamespace: NAMESPACE };
    const execs = execsOf(
      encode.cgroup(init, 8, `/docker/${ID}`),
      encode.exec(init, place),
      encode.fork(child, init, 0, init, { ...place, insidePid: 7 }),
      encode.exit(child, 1),
      encode.exec(init, { cgroup: 0 }),
    );
    assert.deepEqual(
      execs.map(({ container, containerInfo }) => [container, containerInfo?.pid]),
      [
        [ID, 1],
        [ID, 7],
        [undefined, undefined],
      ],
    );
  });

  it("is known by the namespace where the process has left the control group", () => {
    const [, left] = execsOf(
      encode.cgroup(init, 8, `/docker/${ID}`),
      encode.exec(init, { cgroup: 8, insidePid: 1, pidNamespace: NAMESPACE }),
      encode.cgroup(child, 9, "/elsewhere"),
      encode.exec(child, { cgroup: 9, insidePid: 7, pidNamespace: NAMESPACE }),
    );
    assert.deepEqual([left.container, left.containerInfo], [ID, { runtime: "docker", by: "namespace", pid: 7 }]);
  });

  it("stays that of its namespace, whatever group the process is put into", () => {
    const [, , third] = execsOf(
      encode.cgroup(init, 8, `/docker/${ID}`),
      encode.exec(init, { cgroup: 8, insidePid: 1, pidNamespace: NAMESPACE }),
      encode.cgroup(child, 9, `/docker/${OTHER}`),
      encode.exec(child, { cgroup: 9, insidePid: 7, pidNamespace: NAMESPACE }),
      encode.exec(child, { cgroup: 1, insidePid: 7, pidNamespace: NAMESPACE }),
    );
    assert.equal(third.container, ID);
  });

  it("is what the monitor says that started it where the control group does not tell", () => {
    const execs = execsOf(
      encode.exec(runtime, { exe: "/usr/bin/conmon", argv: ["conmon", "-c", ID, "--exit-command", "/usr/bin/podman"] }),
      encode.fork(daemon, runtime),
      encode.fork(starter, daemon),
      encode.exec(starter, { exe: "/usr/bin/crun", argv: ["crun", "create"], parent: daemon }),
      encode.fork(init, starter, 0, starter, { insidePid: 1, pidNamespace: NAMESPACE }),
      encode.exec(init, { parent: starter, insidePid: 1, pidNamespace: NAMESPACE }),
      encode.exec(init, { parent: daemon, insidePid: 1, pidNamespace: NAMESPACE }),
      encode.exec(child, { parent: init, insidePid: 2, pidNamespace: NAMESPACE }),
    );
    assert.deepEqual(
      execs.map(({ container, containerInfo }) => [container, containerInfo?.runtime, containerInfo?.by]),
      [
        [undefined, undefined, undefined],
        [undefined, undefined, undefined],
        [undefined, undefined, undefined],
        [`pidns-${NAMESPACE}`, undefined, "namespace"],
        [ID, "podman", "monitor"],
        [ID, "podman", "namespace"],
      ],
    );
  });

  it("is a namespace without a name where nothing else tells", () => {
    const [lone] = execsOf(encode.exec(init, { insidePid: 1, pidNamespace: NAMESPACE }));
    assert.deepEqual([lone.container, lone.containerInfo], [`pidns-${NAMESPACE}`, { by: "namespace", pid: 1 }]);
  });
});
