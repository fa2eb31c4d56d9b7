import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArtifactName } from "../../protocol/artifactNames.ts";
import { type Events, prepare, run, until } from "../record/support.ts";
import { ActionJob, keeperFolders, stepNamed } from "./actionJob.ts";
import type { JobResult } from "./jobPlan.ts";

/** In a network of its own: a server, and a client that calls it three times. */
const CLIENT = `
import { connect, createServer } from "node:net";
const server = createServer((socket) => socket.end("ok")).listen(443, "198.51.100.89");
await new Promise((resolve) => server.once("listening", resolve));
for (let i = 0; i < 3; i++) await new Promise((resolve) => {
  connect(443, "198.51.100.89").on("data", () => undefined).once("close", resolve);
});
server.close();
`;
const CALL = `unshare --net sh -c 'ip link set lo up && ip addr add 198.51.100.89/32 dev lo && exec "$0" client.mjs'`;

describe("the Action in a job", () => {
  let job: ActionJob;
  let result: JobResult;
  let log: Events;
  let left: readonly string[];
  before(async function () {
    this.timeout(60_000);
    prepare();
    left = keeperFolders();
    job = await ActionJob.create();
    result = await job.run(
      ["egress-policy: audit", "listen: 127.0.0.1:0", "allowed-endpoints: |", "  pypi.org # the index"],
      [
        "- name: Call somebody",
        "  run: |",
        `    ${CALL} ${process.execPath}`,
        '    echo "key=${{ steps.watch.outputs.key }}"',
        "    (sleep 0.5; echo late > late.txt) > /dev/null 2>&1 &",
        "- run: sleep 1",
        "- name: Ask the collector",
        "  run: |",
        '    token=$(cat "${{ steps.watch.outputs.token-file }}"); echo "the token is $token"',
        '    curl -s -H "Authorization: Bearer $token" ${{ steps.watch.outputs.url }}/v1/runs',
      ],
      { files: { "client.mjs": CLIENT } },
    );
    log = job.log();
  });
  after(() => job.remove());

  it("lets the job be what it is", async () => {
    assert.equal(result.conclusion, "success", JSON.stringify(result));
    assert.deepEqual(result.orphans, []);
    await until(() => keeperFolders().every((name) => left.includes(name)), "what was needed for the job is gone");
  });

  it("leaves a log that is whole, of the steps by their names and numbers", async () => {
    log.assertWhole();
    const path = join(job.folder, "log.ndjson");
    writeFileSync(path, log.text);
    const verified = await run(["verify", path]);
    assert.equal(verified.code, 0, verified.stderr);
    const { run: about, policy } = log.of("run.start")[0]!;
    assert.deepEqual([about.id, about.job, about.repository], ["4711", "build", "octo/repo"]);
    assert.deepEqual([policy.mode, policy.endpoints], ["audit", ["pypi.org"]]);
    const names = log.of("step.start").map(({ stepInfo }) => `${stepInfo.number} ${stepInfo.name}`);
    assert.ok(names.includes("4 Call somebody"), names.join(", "));
    const connect = log.of("net.connect").find(({ flow }) => flow.remote.ip === "198.51.100.89");
    assert.deepEqual([connect?.verdict, connect?.step], ["would-block", "__run"]);
    const late = log.of("file.write").find(({ file }) => file.path.endsWith("/late.txt"));
    assert.deepEqual([late?.step, late?.detached], ["__run", true]);
  });

  it("tells of nothing that it does itself", () => {
    assert.ok(!log.text.includes("run.ndjson"));
    assert.ok(!log.text.includes("uploader.cjs"));
    assert.ok(!log.text.includes(job.service.token));
  });

  it("has uploaded the log in segments that join to the same bytes", () => {
    const key = stepNamed(result, "Run runglass").outputs["key"];
    assert.ok(stepNamed(result, "Call somebody").log.includes(`key=${key}`));
    assert.equal(job.segments(), log.text);
    let next = 1;
    for (const name of job.service.names) {
      const parsed = parseArtifactName(name);
      assert.equal(parsed?.key, key);
      if (parsed?.kind !== "segment") continue;
      assert.equal(parsed.first, next);
      next = parsed.last + 1;
    }
    assert.equal(next, log.all.length + 1);
  });

  it("keeps segments for a day, and the log as long as the repository says", () => {
    for (const { name, expiresAt } of job.service.artifacts) {
      const days = (Date.parse(expiresAt ?? "") - Date.now()) / 86_400_000;
      if (parseArtifactName(name)?.kind === "segment") assert.ok(days > 0.9 && days <= 1, `${days}`);
      else assert.equal(expiresAt, undefined);
    }
  });

  it("begins its summary with the verdict, and says what would allow what", () => {
    const { summary } = stepNamed(result, "Post");
    assert.match(summary, /^> \[!WARNING\]\n> 1 destination would be blocked by the policy\.\n/);
    assert.match(
      summary,
      /198\.51\.100\.89:443<\/code> \| <code>node<\/code> \|.*<code>198\.51\.100\.89<\/code> \| 3 \|/,
    );
    assert.match(summary, /The log is as it was written/);
  });

  it("serves the run meanwhile, with a token that no log shows", () => {
    const [shown, runs] = stepNamed(result, "Ask the collector").log;
    assert.equal(shown, "the token is ***");
    assert.match(runs ?? "", /"id":"4711"/);
  });

  it("annotates the list of endpoints in the workflow file", () => {
    assert.deepEqual(stepNamed(result, "Post").annotations, [
      {
        level: "warning",
        message:
          'would be blocked: 198.51.100.89:443 by node in step "Call somebody" (3 times); ' +
          "to allow it, add to allowed-endpoints: 198.51.100.89",
        file: ".github/workflows/ci.yml",
        line: 13,
      },
    ]);
  });
});
