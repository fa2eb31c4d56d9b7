import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { findCgroupTree } from "../../src/cgroup/mount.ts";
import { Events, prepare, scratch, start, until } from "./support.ts";

describe("collect", () => {
  before(prepare);
  let folder: ReturnType<typeof scratch>;
  let out: string;
  beforeEach(() => {
    folder = scratch();
    out = join(folder.path, "run.ndjson");
  });
  afterEach(() => folder.remove());

  const has = (text: string): boolean => existsSync(out) && readFileSync(out, "utf8").includes(text);

  it("watches the machine until it is told to stop, but not itself", async () => {
    const label = `label-${process.pid}`;
    const running = start(["collect", "--out", out]);
    await until(() => running.stderr().includes("watching"), "it watches");
    spawnSync("/bin/echo", [label]);
    await until(() => has(label), "the event is in the log");
    running.child.kill("SIGTERM");
    const outcome = await running.outcome;
    assert.equal(outcome.code, 0, outcome.stderr);
    const events = new Events(out);
    assert.equal(events.all.at(-1)?.type, "run.end");
    const echo = events.labelled(label);
    assert.equal(echo.exec.ppid, process.pid);
    const parent = events.of("process.exec").find((event) => event.process === echo.exec.parent);
    assert.deepEqual([parent?.exec.pid, parent?.exec.existing], [process.pid, true]);
    assert.ok(events.of("process.exec").every((event) => event.exec.pid !== running.child.pid));
    assert.ok(events.all.every((event) => event.type !== "file.write" || event.file.path !== out));
  });

  it("watches a cgroup, and what is moved into it", async () => {
    const cgroup = join(findCgroupTree().mount.path, `runglass-test-${process.pid}`);
    mkdirSync(cgroup);
    try {
      const running = start(["collect", "--cgroup", cgroup, "--out", out]);
      await until(() => running.stderr().includes("watching"), "it watches");
      spawnSync("/bin/echo", ["label-outside"]);
      spawnSync("/bin/sh", [
        "-c",
        `echo $$ > ${cgroup}/cgroup.procs; /bin/echo label-inside; exec /bin/true label-exec`,
      ]);
      await until(() => has("label-exec"), "the events are in the log");
      running.child.kill("SIGINT");
      assert.equal((await running.outcome).code, 0);
      const events = new Events(out);
      events.assertWhole();
      const inside = events.of("process.exec").find((event) => event.exec.argv.at(-1) === "label-inside");
      assert.ok(inside);
      assert.ok(!events.text.includes("label-outside"));
      const parent = events.of("process.exec").find((event) => event.process === inside.exec.parent);
      assert.equal(parent?.exec.existing, true);
      assert.match(events.of("run.start")[0]?.run.title ?? "", /runglass-test/);
    } finally {
      rmdirSync(cgroup);
    }
  });

  it("takes its token away also when a second signal hurries it", async () => {
    const running = start(["collect", "--out", out, "--listen", "127.0.0.1:0"]);
    await until(() => running.stderr().includes("watching"), "it watches");
    const [, url = ""] = /listening on (\S+)/.exec(running.stderr()) ?? [];
    const [, tokenFile = ""] = /token in (\S+)/.exec(running.stderr()) ?? [];
    const headers = { authorization: `Bearer ${readFileSync(tokenFile, "utf8").trim()}` };
    const id = new Events(out).of("run.start")[0]?.run.id;
    const client = new AbortController();
    await fetch(`${url}/v1/runs/${id}/events`, { headers, signal: client.signal });
    // It looks like a lost connection, and the client is waited for.
    client.abort();
    running.child.kill("SIGTERM");
    await until(() => readFileSync(out, "utf8").includes('"run.end"'), "it waits for the client");
    running.child.kill("SIGTERM");
    assert.equal((await running.outcome).code, 0);
    assert.ok(!existsSync(dirname(tokenFile)));
  });

  it("ends with an error when the sensor dies", async () => {
    const running = start(["collect", "--out", out]);
    await until(() => running.stderr().includes("watching"), "it watches");
    const children = spawnSync("ps", ["-o", "pid=", "--ppid", String(running.child.pid)], { encoding: "utf8" }).stdout;
    process.kill(Number(children.trim().split("\n")[0]), "SIGKILL");
    const outcome = await running.outcome;
    assert.equal(outcome.code, 3);
    assert.match(outcome.stderr, /the sensor was killed by SIGKILL/);
    assert.equal(new Events(out).all.at(-1)?.type, "run.end");
  });
});
