import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FakeRunner } from "./fakeRunner.ts";
import { prepare, record, scratch } from "./support.ts";

describe("record: who reads what is secret", () => {
  before(prepare);
  let folder: ReturnType<typeof scratch>;
  beforeEach(() => {
    folder = scratch();
  });
  afterEach(() => folder.remove());

  it("has the file that was read, whatever it was called, and what it is", async () => {
    const key = join(folder.path, ".ssh/deploy");
    mkdirSync(join(folder.path, ".ssh"));
    writeFileSync(key, "");
    writeFileSync(join(folder.path, ".ssh/known_hosts"), "");
    symlinkSync(key, join(folder.path, "harmless.txt"));
    const { events } = await record(
      "/bin/sh",
      "-c",
      'cat "$0/harmless.txt" "$0/harmless.txt" "$0/.ssh/known_hosts" /etc/passwd /proc/self/environ',
      folder.path,
    );
    const reads = events.of("file.read");
    assert.deepEqual(
      reads.map(({ file }) => [file.path, file.kind]),
      reads.map(() => [key, "ssh key"]),
    );
    assert.equal(
      reads.reduce((sum, { count }) => sum + (count ?? 1), 0),
      2,
    );
    const reader = events.of("process.exec").find(({ process }) => process === reads[0]?.process);
    assert.match(reader?.exec.exe ?? "", /\/cat$|\/coreutils$/);
    assert.deepEqual(events.of("finding"), []);
  });

  it("finds who looks into the runner's worker, with evidence", async () => {
    const runner = new FakeRunner(folder.path);
    const look =
      'cat "/proc/$PPID/environ" >/dev/null; cat "/proc/$PPID/task/$PPID/environ" >/dev/null; exec 3<"/proc/$PPID/mem"';
    const { events } = await record(
      ...runner.job([{ action: "look", name: "Look", command: ["/bin/sh", "-c", look] }]),
    );
    const worker = events.of("process.exec").find(({ exec }) => exec.exe === runner.worker)?.process;
    const findings = events.of("finding");
    assert.deepEqual(
      findings.map(({ finding }) => [finding.rule, finding.severity, finding.title]),
      [
        ["runner-process-read", "high", "A process reads the environment of the runner's Runner.Worker"],
        ["runner-process-read", "high", "A process reads the environment of the runner's Runner.Worker"],
        ["runner-process-read", "high", "A process reads the memory of the runner's Runner.Worker"],
      ],
    );
    for (const { finding, process, step } of findings) {
      const read = events.of("file.read").find(({ seq }) => seq === finding.evidence[0]);
      assert.equal(read?.file.owner, worker);
      assert.equal(read?.process, process);
      assert.equal(step, "look");
      assert.match(read?.file.path ?? "", /^\/proc\/\d+\/(?:task\/\d+\/)?(?:environ|mem)$/);
    }
  });
});
