// The Action with a policy that is enforced: what arrives is what a server counts that the job's processes cannot reach by
// any other way. The job is in a control group of its own, and nothing else of this machine is.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { BlockedNetwork, V4, type Counts } from "../record/blockedNetwork.ts";
import { NamedNetwork, RESOLVER } from "../record/namedNetwork.ts";
import { prepare, until, type Events } from "../record/support.ts";
import { ActionJob, killing, stepNamed } from "./actionJob.ts";
import type { JobResult } from "./jobPlan.ts";

const [ALLOWED, DENIED] = [8081, 8082];

const CONNECT = `
import errno, socket, sys
for port in sys.argv[1:]:
    try:
        socket.create_connection(("${V4}", int(port)), 5); print(port, "ok")
    except OSError as error:
        print(port, errno.errorcode.get(error.errno, error))
`;

describe("the Action with a policy that is enforced", () => {
  let job: ActionJob;
  let network: BlockedNetwork;
  let counts: Counts;
  let result: JobResult;
  let log: Events;
  before(async function () {
    this.timeout(60_000);
    prepare();
    job = await ActionJob.create();
    network = await BlockedNetwork.open(job.folder, [ALLOWED, DENIED]);
    const call = network.inside("python3", "connect.py", String(ALLOWED), String(DENIED)).join(" ");
    result = await job.run(
      ["egress-policy: block", "fail-on-block: true", `allowed-endpoints: ${V4}:${ALLOWED}`],
      ["- name: Call both", `  run: ${call}`],
      { files: { "connect.py": CONNECT } },
    );
    counts = await network.counts();
    log = job.log();
  });
  after(async () => {
    network?.close();
    await job?.remove();
  });

  it("lets through what its list allows, and nothing else", () => {
    assert.deepEqual(stepNamed(result, "Call both").log, [`${ALLOWED} ok`, `${DENIED} EPERM`], JSON.stringify(result));
    assert.deepEqual(Object.keys(counts), [`tcp4 ${ALLOWED}`]);
    assert.ok(stepNamed(result, "Pre").log.includes("The egress policy is enforced."));
  });

  it("lets the log through all the same, in segments and whole", () => {
    log.assertWhole();
    assert.equal(job.segments(), log.text);
    assert.equal(log.of("run.start")[0]?.policy.mode, "block");
    assert.equal(log.of("enforcement")[0]?.armed, true);
  });

  it("fails the job, as it was asked to, and says on the workflow's line what would have allowed it", () => {
    assert.equal(result.conclusion, "failure");
    const { annotations, summary } = stepNamed(result, "Post");
    const said = annotations.map((one) => ({ ...one, message: one.message.replace(/python[\d.]*/, "python") }));
    assert.deepEqual(said, [
      {
        level: "error",
        message: `blocked: ${V4}:${DENIED} by python in step "Call both"; to allow it, add to allowed-endpoints: ${V4}:${DENIED}`,
        file: ".github/workflows/ci.yml",
        line: 13,
      },
    ]);
    assert.match(summary, /^> \[!WARNING\]\n> \*\*Blocked: 1 destination\*\* that the policy does not allow\./);
    assert.match(summary, /198\.51\.100\.7:8082<\/code> \*\*blocked\*\*/);
  });
});

describe("the Action with a policy that is enforced, whose collector is killed", () => {
  let job: ActionJob;
  let network: BlockedNetwork;
  before(async function () {
    this.timeout(60_000);
    prepare();
    job = await ActionJob.create();
    network = await BlockedNetwork.open(job.folder, [ALLOWED, DENIED]);
  });
  after(async () => {
    network?.close();
    await job?.remove();
  });

  it("leaves the job without a network, fails it, and opens it when it is over", async function () {
    this.timeout(60_000);
    const call = network.inside("python3", "connect.py", String(ALLOWED), String(DENIED)).join(" ");
    const result = await job.run(
      ["egress-policy: block", `allowed-endpoints: ${V4}:${ALLOWED}`],
      [...killing("runglass.js collect", job.cgroup), "- name: Call both", `  run: sleep 1; ${call}`],
      { files: { "connect.py": CONNECT } },
    );
    assert.deepEqual(stepNamed(result, "Call both").log, [`${ALLOWED} EPERM`, `${DENIED} EPERM`]);
    assert.deepEqual(await network.counts(), {});
    assert.equal(result.conclusion, "failure");
    const { annotations } = stepNamed(result, "Post");
    assert.match(annotations[0]?.message ?? "", /^the collector was killed by SIGKILL/);
    assert.equal(job.segments(), job.log().text);
    const inside = ["sh", "-c", `echo $$ > ${job.cgroup}/cgroup.procs; cd ${job.workspace}; exec ${call}`] as const;
    const open = (): boolean => spawnSync(inside[0], inside.slice(1), { encoding: "utf8" }).stdout.includes("ok");
    await until(open, "it is open again", 30_000);
  });
});

describe("the Action with a policy of names that is enforced", () => {
  let job: ActionJob;
  let network: NamedNetwork;
  before(async function () {
    this.timeout(60_000);
    prepare();
    job = await ActionJob.create();
    network = await NamedNetwork.open(job.folder);
  });
  after(async () => {
    network?.close();
    await job?.remove();
  });

  it("lets names through and no others, and says which entry would allow what it blocked", async function () {
    this.timeout(60_000);
    await network.counts();
    const fetch = (url: string): string => network.inside("curl", "-sk", "-m", "20", "-o", "/dev/null", url).join(" ");
    const result = await job.run(
      [
        "egress-policy: block",
        "allowed-endpoints: |",
        `  ${RESOLVER}:53/udp ${RESOLVER}:53 # who answers`,
        "  pypi.org",
      ],
      [
        "- name: Ask both",
        "  run: |",
        `    ${fetch("https://pypi.org/simple/")} && echo served`,
        `    ${fetch("https://evil.example/")} || echo refused`,
      ],
    );
    assert.deepEqual(stepNamed(result, "Ask both").log, ["served", "refused"], JSON.stringify(result));
    const counts = await network.counts();
    assert.equal(counts["request 443 pypi.org"], 1, JSON.stringify(counts));
    assert.deepEqual(
      Object.keys(counts).filter((what) => what.includes("evil")),
      [],
    );
    // What is blocked does not fail the job where that is not asked for.
    assert.equal(result.conclusion, "success");
    const { annotations } = stepNamed(result, "Post");
    assert.equal(annotations.length, 1, JSON.stringify(annotations));
    assert.match(
      annotations[0]?.message ?? "",
      /^blocked: evil\.example by curl in step "Ask both".*; to allow it, add to allowed-endpoints: evil\.example$/,
    );
    assert.deepEqual([annotations[0]?.level, annotations[0]?.line], ["warning", 12]);
  });
});
