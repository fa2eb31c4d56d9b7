import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FrameOf } from "./decode.ts";
import { build, finish, makeCgroup, removeCgroup, runWatched, Sensor, start, watch } from "./sensor.ts";

describe("the sensor on steps", function () {
  this.timeout(60_000);
  let folder: string;
  let worker: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "runglass-test-"));
    worker = join(folder, "Runner.Worker");
    copyFileSync(join(build(), "worker"), worker);
  });
  after(() => rmSync(folder, { recursive: true }));

  /** The step frames of one workload of the fake worker; checks that each stands before the exec of its process. */
  const stepsOf = async (kind: string, program = worker): Promise<FrameOf<"step">[]> => {
    let steps: FrameOf<"step">[] = [];
    await watch(async (sensor, cgroup) => {
      const { lines, pid } = await runWatched(sensor, cgroup, [program, kind]);
      await sensor.until("the child's exit", () => sensor.of("exit").some((f) => f.pid === Number(lines[0])));
      steps = sensor.of("step");
      for (const step of steps) {
        const at = sensor.frames.indexOf(step);
        const exec = sensor.frames.findIndex((f) => f.type === "exec" && f.process === step.process);
        assert.ok(at < exec);
        assert.equal(step.pid, Number(lines[0]));
        assert.equal(step.ppid, pid);
        assert.equal(step.parent, sensor.of("exit").find((f) => f.pid === pid)?.process);
      }
      assert.ok(!JSON.stringify(sensor.of("step")).includes("not-to-be-told"));
    });
    return steps;
  };

  it("tells of the worker's direct children the listed variables, and of nothing else", async () => {
    const [step, ...more] = await stepsOf("all");
    assert.deepEqual(more, []);
    assert.equal(step?.truncated, false);
    assert.deepEqual(step?.variables, [
      "GITHUB_ACTOR=octocat",
      "GITHUB_REPOSITORY=octo/repo",
      "GITHUB_WORKFLOW=CI: build",
      "GITHUB_ACTION=__run_2",
      "GITHUB_ACTION_PATH=/a/b",
      "GITHUB_RUN_ID=77",
      "GITHUB_RUN_ATTEMPT=2",
      "GITHUB_JOB=copilot",
      "GITHUB_REF=refs/heads/main",
      "GITHUB_SHA=0123",
      "GITHUB_EVENT_NAME=dynamic",
      "GITHUB_SERVER_URL=https://github.com",
      "RUNNER_NAME=r1",
      "COPILOT_AGENT_SESSION_ID=5e55",
    ]);
  });

  it("reads no environment below a program of another name", async () => {
    assert.deepEqual(await stepsOf("all", join(build(), "worker")), []);
    const longer = join(folder, "Runner.Worker2");
    copyFileSync(worker, longer);
    assert.deepEqual(await stepsOf("all", longer), []);
  });

  it("tells nothing of a child without GITHUB_ACTION, and nothing of a grandchild", async () => {
    assert.deepEqual(await stepsOf("none"), []);
    assert.deepEqual(
      (await stepsOf("below")).map((step) => step.variables),
      [["GITHUB_ACTION=top"]],
    );
  });

  it("tells of a child that a thread of the worker starts", async () => {
    assert.deepEqual((await stepsOf("thread"))[0]?.variables, ["GITHUB_ACTION=thread"]);
  });

  it("takes no part of a variable for another one", async () => {
    const [step] = await stepsOf("odd");
    assert.equal(step?.truncated, false);
    assert.deepEqual(step?.variables, ["GITHUB_ACTION=first", "GITHUB_ACTION=second", "GITHUB_JOB=\xff\xfe\x01"]);
  });

  it("finds the variables in a megabyte of others", async () => {
    const [step] = await stepsOf("large");
    assert.deepEqual(step?.variables, ["GITHUB_ACTION=between", "GITHUB_JOB=last"]);
  });

  it("says when it could not look at all of them, or one is too long", async () => {
    const [many] = await stepsOf("many");
    assert.deepEqual([many?.truncated, many?.variables], [true, []]);
    const [full] = await stepsOf("full");
    assert.deepEqual([full?.truncated, full?.variables], [true, []]);
    const [long] = await stepsOf("too_long");
    assert.deepEqual([long?.truncated, long?.variables], [true, ["GITHUB_JOB=j"]]);
  });

  it("tells of a step that runs already, before its process", async () => {
    const cgroup = makeCgroup();
    const child = start([worker, "waiting"], cgroup);
    const pid = await new Promise<number>((resolve) =>
      child.stdout?.once("data", (chunk: Buffer) => resolve(Number(chunk))),
    );
    const sensor = new Sensor(["--cgroup", cgroup]);
    try {
      await sensor.ready();
      const [step, ...more] = sensor.of("step");
      assert.deepEqual(more, []);
      assert.deepEqual([step?.pid, step?.ppid, step?.existing], [pid, child.pid, true]);
      assert.deepEqual(step?.variables, ["GITHUB_ACTION=waiting", "GITHUB_JOB=j"]);
      const order = sensor.frames.filter((f) => f.existing).map((f) => `${f.type} ${f.pid}`);
      assert.deepEqual(order, [`exec ${child.pid}`, `step ${pid}`, `exec ${pid}`]);
      child.stdin?.end("\n");
      await finish(child);
      await sensor.stop();
    } finally {
      sensor.child.kill("SIGKILL");
      await removeCgroup(cgroup);
    }
  });
});
