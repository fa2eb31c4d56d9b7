import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Docker, idIn, IMAGE, makeRoot, Podman } from "./containerEngines.ts";
import { FakeRunner, type PlannedStep } from "./fakeRunner.ts";
import { Events, prepare, record, scratch, start, type Typed, until } from "./support.ts";

const LABEL = `label-inside-${process.pid}`;

const has = (out: string, text: string): boolean => existsSync(out) && readFileSync(out, "utf8").includes(text);

/** What `collect` of the whole machine tells of `work`, once the program that ends it is in the log. */
const collected = async (out: string, work: () => unknown): Promise<Events> => {
  const running = start(["collect", "--out", out]);
  await until(() => running.stderr().includes("watching"), "it watches");
  await work();
  await until(() => has(out, `"argv":["/bin/true","${LABEL}"]`), "the events are in the log");
  running.child.kill("SIGTERM");
  const { code, stderr } = await running.outcome;
  assert.equal(code, 0, stderr);
  return new Events(out);
};

/** The only process that ran exactly this. */
const ran = (events: Events, ...argv: readonly string[]): Typed<"process.exec"> => {
  const found = events.of("process.exec").filter((event) => event.exec.argv.join(" ") === argv.join(" "));
  assert.equal(found.length, 1, `one process runs ${argv.join(" ")}`);
  return found[0]!;
};

const writesOf = (events: Events, process: string | undefined): string[] =>
  events
    .of("file.write")
    .flatMap((event) => (event.process === process ? [`${event.file.op} ${event.file.path}`] : []));

/** Its shell says its own pid inside, does things to files by several ways to name them, and runs one more program. */
const WORK = `echo $$; mkdir -p /tmp/a/b; cd /tmp/a; echo x >b/relative; echo x >../up; mv b/relative /tmp/moved; /bin/true ${LABEL}; exit 0`;
const FILES = ["create /tmp/a/b/relative", "create /tmp/up"];

describe("containers", function () {
  this.timeout(120_000);
  let folder: ReturnType<typeof scratch>;
  let root: string;
  let out: string;
  before(prepare);
  before(() => {
    folder = scratch();
    root = join(folder.path, "root");
    makeRoot(root);
  });
  beforeEach(() => (out = join(folder.path, `run-${Math.random()}.ndjson`)));
  after(() => folder.remove());

  /** What is the same for all engines. */
  const checkInside = (events: Events, id: string, shellPid: number, runtime: string): Typed<"process.exec"> => {
    const inside = ran(events, "/bin/true", LABEL);
    const shell = events.of("process.exec").findLast((event) => event.process === inside.exec.parent);
    assert.ok(shell !== undefined);
    for (const { exec } of [inside, shell]) {
      assert.equal(exec.container, id);
      assert.deepEqual([exec.containerInfo?.runtime, exec.containerInfo?.by], [runtime, "state"]);
      assert.match(exec.containerInfo?.image ?? "", /runglass\.example\/test:1/);
      assert.match(exec.containerInfo?.name ?? "", /^box/);
    }
    assert.equal(shell.exec.containerInfo?.pid, shellPid);
    assert.notEqual(shell.exec.pid, shellPid);
    assert.deepEqual([shell.exec.exe, shell.exec.cwd, inside.exec.cwd], ["/bin/busybox", "/", "/tmp/a"]);
    const files = writesOf(events, shell.process);
    for (const file of FILES) assert.ok(files.includes(file), `${file}: ${files.join(", ")}`);
    return inside;
  };

  describe("and other roots", () => {
    const work = (label: string): string =>
      `cd /tmp; echo x >made; mv made ../tmp/moved; cp /tmp/moved /tmp/copy; rm /tmp/moved copy; /bin/true ${label}; exit 0`;
    /** `base` stands before every path of what ran there. */
    const check = (events: Events, label: string, base: string): void => {
      const end = ran(events, "/bin/true", label);
      assert.deepEqual([end.exec.exe, end.exec.cwd], [`${base}/bin/busybox`, `${base}/tmp`]);
      const paths = events.of("file.write").flatMap(({ file }) => {
        const all = file.from === undefined ? [file.path] : [file.from, file.path];
        return /\/(made|moved|copy)$/.test(file.path) ? [`${file.op} ${all.join(" ")}`] : [];
      });
      assert.deepEqual(paths, [
        `create ${base}/tmp/made`,
        `rename ${base}/tmp/made ${base}/tmp/moved`,
        `create ${base}/tmp/copy`,
        `unlink ${base}/tmp/moved`,
        `unlink ${base}/tmp/copy`,
      ]);
      assert.equal(end.exec.container, undefined);
    };

    it("have the paths of the mount namespace, so behind chroot those outside of it", async () => {
      const { outcome, events } = await record("chroot", root, "/bin/sh", "-c", work(LABEL));
      assert.equal(outcome.code, 0, outcome.stderr);
      check(events, LABEL, root);
    });

    it("have their own paths in a mount namespace with another root", async () => {
      const pivot = `mount --bind ${root} ${root} && cd ${root} && mkdir -p old && pivot_root . old && exec /bin/sh -c "$0"`;
      const { outcome, events } = await record("unshare", "--mount", "/bin/sh", "-c", pivot, work(LABEL));
      assert.equal(outcome.code, 0, outcome.stderr);
      check(events, LABEL, "");
    });
  });

  describe("of podman", () => {
    let podman: Podman;
    before(() => {
      mkdirSync(join(folder.path, "podman"));
      podman = new Podman(join(folder.path, "podman"), root);
    });
    after(() => podman.close());

    it("are watched by record as what the command has started, and known by id, name and image", async () => {
      const cid = join(folder.path, "cid-podman");
      const options = ["--rm", "--network", "none", "--name", "box", "--cidfile", cid];
      const { outcome, events } = await record(...podman.run(...options, IMAGE, "/bin/sh", "-c", WORK));
      assert.equal(outcome.code, 0, outcome.stderr);
      const inside = checkInside(events, idIn(cid), Number(outcome.stdout), "podman");
      assert.deepEqual([inside.step, inside.detached], [process.env["GITHUB_ACTION"] ?? "command", true]);
      // runc starts itself from a mount that it has made for that and taken out of the tree.
      const starting = events.of("process.exec").filter(({ exec }) => exec.argv[1] === "init");
      assert.ok(starting.length > 0 && starting.every(({ exec }) => /runc/.test(exec.exe)));
      const outside = events.of("process.exec").filter((event) => /\/(podman|conmon)$/.test(event.exec.exe));
      assert.ok(outside.length >= 2 && outside.every((event) => event.exec.container === undefined));
    });
  });

  describe("of Docker", () => {
    let docker: Docker;
    before(async () => {
      mkdirSync(join(folder.path, "docker"));
      docker = await Docker.start(join(folder.path, "docker"), root);
    });
    after(() => docker.close());

    it("are watched by collect, and known by id, name and image", async () => {
      const cid = join(folder.path, "cid-docker");
      let said = "";
      const events = await collected(out, () => {
        const options = ["--rm", "--network", "none", "--name", "box-1", "--cidfile", cid];
        said = String(docker.run("run", ...options, IMAGE, "/bin/sh", "-c", WORK).stdout);
      });
      checkInside(events, idIn(cid), Number(said), "docker");
    });

    it("carry the step whose client asked for them, as a guess: by run, exec and build", async () => {
      const where = join(folder.path, "runner");
      mkdirSync(where);
      const shell = (action: string, script: string): PlannedStep => ({
        action,
        command: ["/bin/sh", "-c", script],
        env: { ...docker.env, DOCKER_BUILDKIT: "1", HOME: where },
      });
      const dockerfile = `FROM ${IMAGE}\nRUN /bin/true ${LABEL}-build; exit 0\n`;
      writeFileSync(join(where, "Dockerfile"), dockerfile);
      const inside = (name: string): string => `/bin/sh -c "/bin/true ${LABEL}-${name}; sleep 60"`;
      const job = new FakeRunner(where).job([
        shell("serve", `${docker.client} run -d --network none --name box-2 ${IMAGE} ${inside("run")}`),
        shell("use", `${docker.client} exec box-2 /bin/true ${LABEL}-exec`),
        shell("build", `${docker.client} build --network none -t runglass.example/built:1 ${where}`),
        shell("end", `${docker.client} rm --force box-2; /bin/true ${LABEL}`),
      ]);
      const events = await collected(out, () => spawn(job[0]!, job.slice(1), { stdio: "ignore" }));
      const stepOf = (name: string): unknown[] => {
        const { step, detached, stepGuess, exec } = ran(events, "/bin/true", `${LABEL}-${name}`);
        return [step, detached, stepGuess, exec.containerInfo?.runtime];
      };
      assert.deepEqual(stepOf("run"), ["serve", true, true, "docker"]);
      assert.deepEqual(stepOf("exec"), ["use", true, true, "docker"]);
      assert.deepEqual(stepOf("build"), ["build", true, true, "buildkit"]);
    });

    it("are not watched by record, which says so", async () => {
      const command = [docker.client, "run", "--rm", "--network", "none", IMAGE, "/bin/true", LABEL];
      const { outcome, events } = await record("env", `DOCKER_HOST=${docker.env.DOCKER_HOST}`, ...command);
      assert.equal(outcome.code, 0, outcome.stderr);
      assert.ok(events.of("process.exec").every(({ exec }) => exec.container === undefined));
      const off = events.of("coverage").filter(({ hook, state }) => hook === "containers" && state === "off");
      assert.equal(off.length, 1);
    });
  });
});
