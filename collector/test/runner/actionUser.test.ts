// The Action where the steps' user is not root and has sudo, which is taken away: what that user can do then. There need be
// no sudo on this machine: one of ours stands in for it, in a mount namespace of the job's own.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { prepare } from "../record/support.ts";
import { ActionJob, stepNamed } from "./actionJob.ts";
import type { JobResult } from "./jobPlan.ts";
import { NOBODY, wrapWithSudo } from "./sudoMachine.ts";

/** What a step of the job's finds out, as JSON. */
const LOOK = `
import { spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
const attempt = (what) => { try { return what() ?? "done"; } catch (error) { return error.code; } };
const sudo = spawnSync("sudo", ["-n", "--", "id", "-u"], { encoding: "utf8" });
const token = ["eyJ0", "eXAi"].join("");
const pids = readdirSync("/proc").filter((name) => /^\\d+$/.test(name));
const part = (pid, file) => { try { return readFileSync("/proc/" + pid + "/" + file, "latin1"); } catch { return ""; } };
const leaks = pids.filter((pid) => (part(pid, "environ") + part(pid, "cmdline")).includes(token));
const here = process.argv[2];
const ours = (word) => (pid) => part(pid, "cmdline").includes(here) && part(pid, "cmdline").includes(word);
const say = (word) => new Promise((resolve) => {
  let said = "";
  const socket = connect(control, () => socket.write(word)).on("data", (data) => (said += data));
  socket.on("error", (error) => resolve(error.code)).on("close", () => resolve(said.trim()));
});
const keeper = pids.find(ours("keeper.cjs\\0keep"));
const kept = pids.filter((pid) => part(pid, "stat").split(") ")[1]?.split(" ")[1] === keeper);
const control = readFileSync("/proc/net/unix", "utf8").split("\\n").map((line) => line.split(" ").at(-1))
  .find((path) => path.includes("/runglass-" + keeper + "-") && path.endsWith("control.sock"));
const commands = process.env.RUNNER_TEMP + "/_runner_file_commands/";
const states = readdirSync(commands).filter((name) => name.startsWith("save_state_"));
const said = [await say("stop\\n"), await say("x".repeat(5000)), await say("\\n")];
spawn(process.execPath, ["hold.mjs", control], { detached: true, stdio: "ignore" }).unref();
console.log(JSON.stringify({
  states: states.length, saved: states.filter((name) => readFileSync(commands + name, "utf8").includes("word")).length,
  uid: process.getuid(), sudo: [sudo.status, sudo.stderr.trim()], leaks, kept: kept.length,
  kill: [keeper, ...kept].map((pid) => attempt(() => process.kill(pid, 9))),
  look: [attempt(() => readdirSync("/var/lib/runglass")), attempt(() => readFileSync(control.replace("control.sock", "run.ndjson")))],
  environ: kept.map((pid) => attempt(() => readFileSync("/proc/" + pid + "/environ").length)),
  said,
}));
`;

/** Keeps more connections to the Action's socket than there is room for, until the runner ends it. */
const HOLD = `
import { connect } from "node:net";
const hold = () => connect(process.argv[2]).on("error", () => undefined).on("close", () => setTimeout(hold, 1));
for (let i = 0; i < 300; i++) hold();
`;

/** An agent of its own: one call, with its hooks around. */
const AGENT = `
import { spawnSync } from "node:child_process";
const hook = (event) => spawnSync("bash", ["-c", '"$RUNGLASS_HOOK" ' + event], { input: JSON.stringify({
  sessionId: "s", timestamp: Date.now(), cwd: process.cwd(), toolName: "bash", toolArgs: { command: "/bin/echo by-a-tool" },
  ...(event === "postToolUse" ? { toolResult: { resultType: "success" } } : {}),
}) });
hook("preToolUse");
spawnSync("bash", ["-c", "/bin/echo by-a-tool"]);
hook("postToolUse");
`;

describe("the Action with a user who has sudo, and loses it", () => {
  let job: ActionJob;
  let result: JobResult;
  let seen: Readonly<Record<string, unknown>>;
  before(async function () {
    this.timeout(60_000);
    prepare();
    job = await ActionJob.create();
    result = await job.run(
      ["disable-sudo: true", "disable-file-monitoring: true"],
      [
        "- name: Look",
        `  run: ${job.folder}/externals/node24/bin/node look.mjs ${job.folder}`,
        `- run: ${job.folder}/externals/node24/bin/node agent.mjs`,
      ],
      {
        user: NOBODY,
        wrap: wrapWithSudo(job.folder),
        files: { "look.mjs": LOOK, "hold.mjs": HOLD, "agent.mjs": AGENT },
      },
    );
    assert.equal(result.conclusion, "success", JSON.stringify(result));
    seen = JSON.parse(stepNamed(result, "Look").log[0] ?? "") as Readonly<Record<string, unknown>>;
  });
  after(() => job?.remove());

  it("watches the job to its end", () => {
    const log = job.log();
    log.assertWhole();
    assert.equal(job.segments(), log.text);
    const node = log.of("process.exec").find(({ exec }) => exec.argv[1] === "look.mjs");
    assert.equal(node?.exec.uid, NOBODY.uid);
    assert.deepEqual([log.of("file.write"), log.of("file.read")], [[], []]);
    assert.ok(log.of("coverage").some(({ hook, state }) => hook === "files" && state === "off"));
  });

  it("hears of an agent's tool calls", () => {
    const log = job.log();
    const [call] = log.of("tool.start");
    assert.equal(call?.toolInfo.name, "bash", log.text);
    const echo = log.of("process.exec").find(({ exec }) => exec.argv[1] === "by-a-tool");
    assert.equal(echo?.tool, call.toolInfo.id);
  });

  it("leaves the user no way to become root", () => {
    assert.deepEqual([seen["uid"], seen["sudo"]], [NOBODY.uid, [1, "sudo: a password is required"]]);
  });

  it("shows the job's token to nobody, nor the log", () => {
    assert.deepEqual([seen["leaks"], seen["look"], seen["environ"]], [[], ["EACCES", "EACCES"], ["EACCES", "EACCES"]]);
  });

  it("cannot be ended by the job", () => {
    assert.ok(Number(seen["states"]) > 0, "the runner keeps what steps have saved");
    assert.equal(seen["saved"], 0, "the word is not among it any more");
    assert.equal(seen["kept"], 2, "the collector and the uploader");
    assert.deepEqual(seen["kill"], ["EPERM", "EPERM", "EPERM"]);
    const refused = JSON.stringify({ kind: "refused", reason: "this is not the word that ends the run" });
    assert.deepEqual(seen["said"], [refused, refused, refused]);
    const warnings = stepNamed(result, "Post").annotations.map(({ message }) => message);
    assert.deepEqual(warnings, ["somebody tried to end the run 3 times, and could not"]);
  });

  it("gives back what it took, where the machine is used again", () => {
    assert.match(readFileSync(join(job.folder, "etc/sudoers.d/runner"), "utf8"), /^nobody ALL/);
  });
});
