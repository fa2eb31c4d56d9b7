import assert from "node:assert/strict";
import { parseArtifactName } from "../../protocol/artifactNames.ts";
import { prepare } from "../record/support.ts";
import { ActionJob, keeperFolders, stepNamed } from "./actionJob.ts";

/** Kills, as root can, the uploader of the keeper that was started from this folder. */
const KILL = `
import { readdirSync, readFileSync } from "node:fs";
const part = (pid, file) => { try { return readFileSync("/proc/" + pid + "/" + file, "latin1"); } catch { return ""; } };
const pids = readdirSync("/proc").filter((name) => /^\\d+$/.test(name));
const ours = (pid) => part(pid, "cmdline").includes(process.argv[2]) && part(pid, "cmdline").includes("keeper.cjs\\0keep");
const keeper = pids.find(ours);
const kept = (pid) => part(pid, "stat").split(") ").at(-1).split(" ")[1] === keeper;
const uploader = pids.find((pid) => kept(pid) && part(pid, "cmdline").includes("uploader.cjs"));
process.kill(Number(uploader), "SIGKILL");
`;

describe("the Action's uploads", function () {
  this.timeout(60_000);
  before(prepare);
  let job: ActionJob;
  beforeEach(async () => (job = await ActionJob.create()));
  afterEach(() => job.remove());

  it("neither repeat nor leave out a line where the service fails, and the uploader is killed", async () => {
    job.service.fail("CreateArtifact", { kind: "lost" });
    job.service.fail("FinalizeArtifact", { kind: "lost" });
    job.service.fail("blob block", { kind: "status", status: 500 });
    const result = await job.run(
      [],
      ["- name: Kill", `  run: sleep 2; ${process.execPath} kill.mjs ${job.folder}; sleep 2`],
      { files: { "kill.mjs": KILL } },
    );
    assert.equal(stepNamed(result, "Kill").conclusion, "success", JSON.stringify(result));
    assert.equal(result.conclusion, "success", JSON.stringify(result));
    const log = job.log();
    log.assertWhole();
    assert.equal(job.segments(), log.text);
    assert.ok(job.service.calls.includes("ListArtifacts"), "whether one whose answer was lost is there was asked");
  });

  it("are of the whole log alone, where that is asked for; of the whole machine where no control group is named", async () => {
    const before = keeperFolders();
    const result = await job.run(["upload: end", "cgroup: ''"], ["- name: Work", "  run: sleep 1"]);
    assert.equal(result.conclusion, "success", JSON.stringify(result));
    await job.over();
    assert.deepEqual(keeperFolders(), before);
    assert.deepEqual(
      job.service.names.map((name) => name.slice(0, 14)),
      ["runglass-log--", "runglass-verdi"],
    );
    const verdict = parseArtifactName(job.service.names[1] ?? "");
    assert.ok(verdict?.kind === "verdict", job.service.names[1]);
    assert.deepEqual([verdict.policy, verdict.denied, verdict.broken], ["none", 0, false]);
    const log = job.log();
    log.assertWhole();
    assert.ok(log.of("step.start").some(({ stepInfo }) => stepInfo.name === "Work"));
    assert.ok(log.of("process.exec").some(({ exec, step }) => exec.pid === process.pid && step === undefined));
  });

  it("are none, where that is asked for; and `main` begins where the runner has not run `pre`", async () => {
    const steps = ["- name: Work", "  run: sleep 1"];
    const result = await job.run(["upload: none"], steps, { uses: "./collector" });
    assert.equal(result.conclusion, "success", JSON.stringify(result));
    assert.deepEqual(job.service.calls, []);
    const [late] = stepNamed(result, "Run ./collector").annotations;
    assert.match(late?.message ?? "", /the steps before this one were not watched/);
    const said = stepNamed(result, "Post").log.join("\n");
    const place = /The log is on this machine: (\/var\/lib\/runglass\/\S+)/.exec(said)?.[1];
    assert.ok(place !== undefined, said);
    const log = job.logAt(place);
    log.assertWhole();
    assert.ok(log.of("step.start").some(({ stepInfo }) => stepInfo.name === "Work"));
    job.forget(place);
  });
});
