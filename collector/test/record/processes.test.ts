import assert from "node:assert/strict";
import { Events, prepare, record, run, scratch } from "./support.ts";

/** The system's own, not a wrapper of someone's version manager. */
const PYTHON = "/usr/bin/python3";

describe("record: processes", () => {
  before(prepare);

  it("knows the command, its children and how each ended", async () => {
    const script =
      "/bin/echo label-child; /bin/sh -c 'exit 7' label-seven; /bin/sh -c 'kill -KILL $$' label-killed; exit 3";
    const { outcome, events } = await record("/bin/sh", "-c", script, "label-top");
    assert.equal(outcome.code, 3);
    assert.equal(outcome.stdout, "label-child\n");
    const top = events.of("process.exec").find((event) => event.exec.argv.at(-1) === "label-top")!;
    assert.deepEqual(top.exec.argv, ["/bin/sh", "-c", script, "label-top"]);
    assert.deepEqual([top.exec.cwd, top.exec.uid, top.exec.user], [process.cwd(), 0, "root"]);
    assert.equal(top.exec.parent, undefined);
    const children = events.of("process.exec").filter((event) => event.exec.parent === top.process);
    assert.deepEqual(
      children.map((event) => event.exec.argv.at(-1)),
      ["label-child", "label-seven", "label-killed"],
    );
    assert.deepEqual(
      children
        .map((event) => [event.exec.ppid, events.exitOf(event.process).exit])
        .map(([ppid, exit]) => [ppid, (exit as { code: number }).code, (exit as { signal: number }).signal]),
      [
        [top.exec.pid, 0, 0],
        [top.exec.pid, 7, 0],
        [top.exec.pid, 0, 9],
      ],
    );
    assert.equal(events.of("process.exec").length, 4, "no helper of ours is in the log");
    assert.deepEqual(
      events.all.filter((event) => event.t > Date.now() * 1000 || event.t < Date.now() * 1000 - 60e6),
      [],
    );
  });

  it("says how long a process lived", async () => {
    const { events } = await record("/bin/sleep", "0.25");
    const { durationUs } = events.exitOf(events.labelled("0.25").process).exit;
    assert.ok(durationUs >= 250_000 && durationUs < 2_000_000, String(durationUs));
  });

  it("keeps the id of a process over its execs", async () => {
    const { events } = await record("/bin/sh", "-c", "exec /bin/sh -c 'exec /bin/echo label-last'");
    const ids = new Set(events.of("process.exec").map((event) => event.process));
    assert.equal(ids.size, 1);
    assert.deepEqual(
      events.of("process.exec").map((event) => event.exec.argv[0]),
      ["/bin/sh", "/bin/sh", "/bin/echo"],
    );
    assert.equal(events.of("process.exit").length, 1);
  });

  it("keeps the id when a thread execs", async () => {
    const code = `import os, threading, time
threading.Thread(target=lambda: os.execv("/bin/echo", ["echo", "label-thread"])).start()
time.sleep(5)`;
    const { events } = await record(PYTHON, "-c", code);
    const [python, echo] = events.of("process.exec");
    assert.equal(echo?.exec.argv[1], "label-thread");
    assert.equal(echo?.process, python?.process);
    assert.equal(events.of("process.exit").length, 1);
  });

  it("keeps a daemon, forked twice, below who started it", async () => {
    const code = `import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(0.1)
        os.execv("/bin/echo", ["echo", "label-daemon"])
    os._exit(0)
os.wait()
time.sleep(0.3)`;
    const { events } = await record(PYTHON, "-c", code);
    const [python, middle, daemon] = events.of("process.exec");
    assert.equal(daemon?.exec.argv[1], "label-daemon");
    assert.equal(middle?.exec.forked, true);
    assert.equal(middle?.exec.parent, python?.process);
    assert.equal(daemon?.exec.parent, middle?.process);
    assert.notEqual(daemon?.exec.ppid, middle?.exec.pid, "its real parent is gone");
    assert.equal(events.of("process.exit").length, 3);
  });

  it("does not mention forks that do nothing", async () => {
    const code = "import os\nfor _ in range(20):\n    if os.fork() == 0: os._exit(0)\n    os.wait()";
    const { events } = await record(PYTHON, "-c", code);
    assert.equal(events.of("process.exec").length, 1);
    assert.equal(events.of("process.exit").length, 1);
  });

  it("introduces a fork that writes a file", async () => {
    const { events } = await record(
      "/bin/sh",
      "-c",
      "(echo x > /tmp/runglass-label-fork; rm /tmp/runglass-label-fork)",
    );
    const write = events.of("file.write").find((event) => event.file.op !== "unlink")!;
    const fork = events
      .of("process.exec")
      .find((event) => event.process === write.process && event.exec.forked === true);
    assert.ok(fork, events.text);
    assert.equal(fork.exec.parent, events.of("process.exec")[0]?.process);
    assert.ok(fork.seq < write.seq);
  });

  it("counts every process of many, each with its exit", async () => {
    const { events } = await record(
      "/bin/sh",
      "-c",
      "i=0; while [ $i -lt 500 ]; do /bin/true label-$i; i=$((i+1)); done",
    );
    const labels = events
      .of("process.exec")
      .flatMap((event) => (/^label-\d+$/.test(event.exec.argv[1] ?? "") ? [event] : []));
    assert.equal(new Set(labels.map((event) => event.exec.argv[1])).size, 500);
    assert.equal(new Set(labels.map((event) => event.process)).size, 500);
    assert.equal(events.of("process.exit").length, 501);
  });

  it("takes arguments of any shape", async () => {
    const odd = ["", " ", 'quote"', "back\\slash", "new\nline", "é漢😀", "\u001b[31m", "-"];
    const { events, outcome } = await record("/usr/bin/printf", "%s|", ...odd);
    assert.equal(outcome.stdout, `${odd.join("|")}|`);
    assert.deepEqual(events.of("process.exec")[0]?.exec.argv.slice(2), odd);
  });

  it("cuts a very long command line and says so", async () => {
    const { events } = await record("/bin/true", "x".repeat(100_000));
    const [exec] = events.of("process.exec");
    assert.equal(exec?.exec.truncated, true);
    assert.ok(exec.exec.argv[1]!.length > 10_000);
  });

  it("runs the command as another user", async () => {
    const { path, remove } = scratch();
    const out = `${path}/run.ndjson`;
    const outcome = await run([
      "record",
      "--out",
      out,
      "--user",
      "nobody",
      "--",
      "/bin/sh",
      "-c",
      "id -un; echo $USER",
    ]);
    const [exec] = new Events(out).of("process.exec");
    remove();
    assert.deepEqual([outcome.code, outcome.stdout], [0, "nobody\nnobody\n"]);
    assert.deepEqual([exec?.exec.argv[0], exec?.exec.user], ["/bin/sh", "nobody"]);
  });
});
