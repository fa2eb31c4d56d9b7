import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { prepare, until } from "../record/support.ts";
import { ActionJob, keeperFolders, killing, stepNamed } from "./actionJob.ts";
import type { JobResult } from "./jobPlan.ts";

const errorsOf = (result: JobResult, step: string): string =>
  stepNamed(result, step)
    .annotations.filter(({ level }) => level === "error")
    .map(({ message }) => message)
    .join("\n");

describe("the Action where something goes wrong", function () {
  this.timeout(60_000);
  before(prepare);
  let job: ActionJob;
  beforeEach(async () => (job = await ActionJob.create()));
  afterEach(() => job.remove());

  it("fails the job when the collector is killed, and keeps what it had written", async () => {
    const result = await job.run([], killing("runglass.js collect", job.cgroup));
    assert.equal(stepNamed(result, "Afterwards").conclusion, "success", JSON.stringify(result));
    assert.equal(result.conclusion, "failure");
    assert.match(
      errorsOf(result, "Post"),
      /the collector was killed by SIGKILL\n.*the log is not whole: .*cut off here/,
    );
    assert.match(stepNamed(result, "Post").summary, /^> \[!CAUTION\]/);
    const log = job.log();
    assert.ok(log.of("process.exec").some(({ exec }) => exec.argv.at(-1)?.endsWith(".sh")));
    assert.equal(job.segments(), log.text);
  });

  it("fails the job when the process that keeps the collector is killed", async () => {
    const before = new Set(keeperFolders());
    const result = await job.run([], killing(job.folder, "keeper.cjs keep"));
    assert.equal(result.conclusion, "failure");
    assert.match(errorsOf(result, "Post"), /what this job did is not known: Runglass was ended before the job was/);
    const left = keeperFolders().filter((name) => !before.has(name));
    assert.equal(left.length, 1, "the log is still there");
    const folder = join("/var/lib/runglass", left[0]!);
    const ended = (): boolean => readFileSync(join(folder, "run.ndjson"), "utf8").includes('"type":"run.end"');
    await until(ended, "the collector ends when nobody keeps it");
    rmSync(folder, { recursive: true });
  });

  it("ends the run and uploads it when the job ends without its last step", async () => {
    let worker = 0;
    const running = job.run([], ["- name: Work", "  run: touch begun; sleep 40"], { onStart: (pid) => (worker = pid) });
    const ended = assert.rejects(running, /the worker ended: SIGKILL/);
    await until(() => existsSync(join(job.workspace, "begun")), "the step has begun", 20_000);
    process.kill(worker, "SIGKILL");
    await ended;
    const uploaded = (): boolean => job.service.names.some((name) => name.startsWith("runglass-log--"));
    await until(uploaded, "the log is uploaded", 20_000);
    const log = job.log();
    log.assertWhole();
    assert.equal(job.segments(), log.text);
  });

  const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
    ["an unknown input", ["egress-polcy: block"], /unknown input egress-polcy: did you mean egress-policy\?/],
    ["an input of Harden-Runner's", ["disable-telemetry: true"], /Harden-Runner's; Runglass sends nothing/],
    ["an expression that was not expanded", ['listen: "${{ inputs.where }}"'], /input listen: the expression/],
    ["a mode that is none", ["egress-policy: Block"], /input egress-policy: "Block": did you mean block\?/],
    [
      "a bad entry, by its line",
      ["allowed-endpoints: |", "  pypi.org", "  pypi.org:99999", "  a..b"],
      /this job is not watched: .*2 errors.*line 2, column 10: .*line 3, column 1: /,
    ],
    ["a control group that is none", ["cgroup: /tmp/none"], /not watched/],
  ];
  for (const [what, inputs, message] of refused) {
    it(`starts nothing with ${what}`, async () => {
      const before = keeperFolders();
      const result = await job.run(inputs, ["- name: Work", "  run: echo working"]);
      assert.equal(result.conclusion, "failure");
      assert.match(errorsOf(result, "Pre"), message);
      assert.equal(stepNamed(result, "Work").conclusion, "skipped");
      assert.deepEqual(keeperFolders(), before);
      assert.deepEqual(job.service.calls, []);
    });
  }
});
