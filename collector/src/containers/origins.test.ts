import assert from "node:assert/strict";
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as encode from "../../test/frames/encode.ts";
import { MemoryLog } from "../../test/frames/memoryLog.ts";
import { EventLog } from "../events/eventLog.ts";
import { Pipeline } from "../events/pipeline.ts";
import { FrameReader } from "../sensor/frames.ts";

const CGROUPS = { docker: "/docker/", scope: "/system.slice/docker-" };
const ID = "0123456789abcdef".repeat(4);
const OTHER = "fedcba9876543210".repeat(4);
const BUILD = "v0vh0b4weopl94ac79kpe4trr";

/** A machine in frames: a worker with two steps, and daemons that fork for them. */
class Machine {
  readonly #log = new MemoryLog();
  readonly #events = new EventLog(this.#log);
  readonly #reader: FrameReader;
  readonly #pipeline: Pipeline;
  /** Beyond what the kernel gives. */
  #pid = 5_000_000;
  #cgroup = 0;
  #time = encode.TIME;
  readonly #worker: encode.Who;
  readonly #daemon: encode.Who;
  readonly dataRoot = mkdtempSync(join(tmpdir(), "runglass-origins-"));

  constructor(limited = false) {
    this.#pipeline = new Pipeline(this.#events, () => 0, undefined, undefined, undefined, limited);
    this.#reader = new FrameReader((frame) => this.#pipeline.take(frame));
    this.#reader.push(encode.hello());
    [this.#worker, this.#daemon] = [this.#who(), this.#who()];
    this.#push(encode.exec(this.#worker, { exe: "/r/bin/Runner.Worker", argv: ["w"], existing: true }));
    const argv = ["dockerd", "--data-root", this.dataRoot];
    this.#push(encode.exec(this.#daemon, { exe: "/usr/sbin/dockerd", argv, existing: true }));
  }

  #who(): encode.Who {
    this.#time += 10;
    return { pid: ++this.#pid, start: this.#pid * 1000, time: this.#time };
  }
  #push(...frames: readonly Buffer[]): void {
    this.#reader.push(Buffer.concat(frames));
  }

  wait(us: number): void {
    this.#time += us;
  }

  /** A process that the worker starts for a step. */
  step(action: string): encode.Who {
    const who = this.#who();
    this.#push(encode.fork(who, this.#worker));
    this.#push(encode.step(who, { parent: this.#worker, variables: { GITHUB_ACTION: action } }));
    this.#push(encode.exec(who, { exe: "/bin/sh", argv: ["sh"], parent: this.#worker }));
    return who;
  }

  /** A program that `parent` starts. */
  client(parent: encode.Who, line: string, cwd = "/"): encode.Who {
    const who = this.#who();
    const argv = line.split(" ");
    this.#push(encode.fork(who, parent), encode.exec(who, { exe: `/usr/bin/${argv[0]}`, argv, parent, cwd }));
    return who;
  }
  ends(who: encode.Who): void {
    this.#push(encode.exit({ ...who, time: (this.#time += 10) }));
  }

  /** What Docker keeps of a container. */
  state(id: string, name: string, image: string, command: readonly string[], labels: object = {}): void {
    const folder = join(this.dataRoot, "containers", id);
    mkdirSync(folder, { recursive: true });
    const [Path, ...Args] = command;
    const state = { ID: id, Name: `/${name}`, Path, Args, Config: { Image: image, Labels: labels } };
    writeFileSync(join(folder, "config.v2.json"), JSON.stringify(state));
    chownSync(join(folder, "config.v2.json"), 0, 0);
  }

  /** A program that the daemon starts in a group of that path; gives its id. */
  started(path: string, argv: readonly string[], insidePid = 1): encode.Who {
    const who = this.#who();
    const cgroup = this.#cgroupOf(path);
    const place = path.includes("docker") ? { insidePid, pidNamespace: 4_026_532_000 + cgroup } : {};
    this.#push(encode.fork(who, this.#daemon), encode.cgroup(who, cgroup, path));
    this.#push(encode.exec(who, { exe: argv[0] ?? "", argv, parent: this.#daemon, cgroup, ...place }));
    return who;
  }
  readonly #cgroups = new Map<string, number>();
  #cgroupOf(path: string): number {
    const known = this.#cgroups.get(path) ?? ++this.#cgroup;
    this.#cgroups.set(path, known);
    return known;
  }
  child(parent: encode.Who, argv: readonly string[]): encode.Who {
    const who = this.#who();
    this.#push(encode.fork(who, parent), encode.exec(who, { exe: argv[0] ?? "", argv, parent }));
    return who;
  }

  /** What the last event of a process says of its step. */
  stepOf(who: encode.Who): string {
    this.#events.flush();
    const event = this.#log.of("process.exec").findLast((one) => one["exec"].pid === who.pid);
    const marks = (event?.["detached"] === true ? "+" : "") + (event?.["stepGuess"] === true ? "?" : "");
    return `${String(event?.["step"] ?? "none")}${marks}`;
  }
  coverage(): unknown[] {
    this.#events.flush();
    return this.#log.of("coverage").map((event) => [event["hook"], event["state"]]);
  }
  close(): void {
    rmSync(this.dataRoot, { recursive: true });
  }
}

describe("the step of what a daemon starts", () => {
  let machine: Machine;
  let one: encode.Who;
  let two: encode.Who;
  beforeEach(() => {
    machine = new Machine();
    [one, two] = [machine.step("one"), machine.step("two")];
  });
  afterEach(() => machine.close());

  it("is that of the client that named the container, also where another asks for the same", () => {
    machine.client(one, "docker run --name a alpine true");
    machine.client(two, "docker run --name b alpine true");
    machine.state(ID, "b", "alpine", ["true"]);
    const init = machine.started(CGROUPS.docker + ID, ["true"]);
    assert.equal(machine.stepOf(init), "two+?");
    assert.equal(machine.stepOf(machine.child(init, ["/bin/x"])), "two+?");
  });

  it("is that of the only step that asks for image and command", () => {
    machine.client(one, "docker run alpine sh -c one");
    machine.client(two, "docker run alpine sh -c two");
    machine.state(ID, "happy_name", "alpine", ["/entry.sh", "sh", "-c", "one"]);
    assert.equal(machine.stepOf(machine.started(CGROUPS.docker + ID, ["/entry.sh", "sh", "-c", "one"])), "one+?");
  });

  it("is none where two steps ask for the same, and where nothing fits", () => {
    machine.client(one, "docker run alpine true");
    machine.client(two, "docker run alpine true");
    machine.state(ID, "x", "alpine", ["true"]);
    machine.state(OTHER, "y", "debian", ["true"]);
    assert.equal(machine.stepOf(machine.started(CGROUPS.docker + ID, ["true"])), "none");
    assert.equal(machine.stepOf(machine.started(CGROUPS.docker + OTHER, ["true"])), "none");
  });

  it("is the client's that wrote the id down", () => {
    const cid = join(machine.dataRoot, "cid");
    machine.client(one, `docker run --cidfile cid alpine true`, machine.dataRoot);
    machine.client(two, `docker run alpine true`);
    writeFileSync(cid, ID);
    chownSync(cid, 0, 0);
    machine.state(ID, "x", "alpine", ["true"]);
    assert.equal(machine.stepOf(machine.started(CGROUPS.docker + ID, ["true"])), "one+?");
  });

  it("is that of the exec for what it runs, and the container's for what nobody else asks for", () => {
    machine.client(one, "docker run --name a alpine sleep 9");
    machine.state(ID, "a", "alpine", ["sleep", "9"]);
    machine.started(CGROUPS.docker + ID, ["sleep", "9"]);
    machine.client(two, `docker exec -i ${ID.slice(0, 12)} ./script.sh x`);
    const script = machine.started(CGROUPS.docker + ID, ["/bin/sh", "./script.sh", "x"], 20);
    assert.equal(machine.stepOf(script), "two+?");
    assert.equal(machine.stepOf(machine.started(CGROUPS.docker + ID, ["/healthy"], 30)), "one+?");
  });

  it("is not that of a client that asks for the like of what runs already, nor of one that is long over", () => {
    machine.state(ID, "a", "alpine", ["true"]);
    machine.state(OTHER, "b", "alpine", ["true"]);
    machine.started(CGROUPS.docker + ID, ["true"]);
    machine.ends(machine.client(one, "docker run alpine true"));
    assert.equal(machine.stepOf(machine.started(CGROUPS.docker + ID, ["true"], 7)), "none");
    machine.wait(4_000_000);
    assert.equal(machine.stepOf(machine.started(CGROUPS.docker + OTHER, ["true"])), "none");
  });

  it("is that of who starts a container again", () => {
    machine.client(one, "docker run -d --name a alpine serve");
    machine.state(ID, "a", "alpine", ["serve"]);
    machine.started(CGROUPS.scope + ID + ".scope", ["serve"]);
    machine.wait(9_000_000);
    machine.client(two, "docker start a");
    assert.equal(machine.stepOf(machine.started(CGROUPS.scope + ID + ".scope", ["serve"])), "two+?");
  });

  it("is that of the only step that builds, and of the project's for compose", () => {
    machine.client(one, "docker build .");
    assert.equal(machine.stepOf(machine.started(`/docker/buildkit/${BUILD}`, ["/bin/sh", "-c", "make"])), "one+?");
    machine.client(two, "docker compose up -d", "/project");
    const labels = {
      "com.docker.compose.project": "project",
      "com.docker.compose.project.working_dir": "/project",
    };
    machine.state(ID, "project-db-1", "postgres", ["postgres"], labels);
    assert.equal(machine.stepOf(machine.started(CGROUPS.docker + ID, ["postgres"])), "two+?");
    machine.client(two, "docker build .");
    const later = "z".repeat(25);
    assert.equal(machine.stepOf(machine.started(`/docker/buildkit/${later}`, ["/bin/sh"])), "none");
  });

  it("is that of systemd-run for its unit, by the name or by the command", () => {
    machine.client(one, "systemd-run --unit=job make all");
    machine.client(two, "systemd-run make some");
    machine.client(two, "systemd-run make same");
    machine.client(one, "systemd-run make same");
    const executor = machine.started("/system.slice/job.service", ["systemd-executor"]);
    assert.equal(machine.stepOf(executor), "one+?");
    assert.equal(machine.stepOf(machine.started("/system.slice/run-u7.service", ["systemd-executor"])), "none");
    assert.equal(machine.stepOf(machine.started("/system.slice/run-u7.service", ["make", "some"])), "two+?");
    assert.equal(machine.stepOf(machine.started("/system.slice/run-u8.service", ["make", "same"])), "none");
    assert.equal(machine.stepOf(machine.started("/system.slice/cron.service", ["make", "some"])), "none");
  });

  it("is asked for without end, and nothing grows", () => {
    for (let i = 0; i < 2_000; i++) machine.client(one, `docker run --name n${i} alpine true`);
    machine.state(ID, "n1999", "alpine", ["true"]);
    machine.state(OTHER, "n0", "alpine", ["true"]);
    assert.equal(machine.stepOf(machine.started(CGROUPS.docker + ID, ["true"])), "one+?");
    assert.equal(machine.stepOf(machine.started(CGROUPS.docker + OTHER, ["true"])), "none");
  });

  it("is said to be missing, once, where not the whole machine is watched", () => {
    const limited = new Machine(true);
    try {
      const step = limited.step("one");
      for (const line of ["docker version", "docker run a", "docker run b", "systemd-run x", "podman run c"])
        limited.client(step, line);
      assert.deepEqual(limited.coverage(), [
        ["containers", "off"],
        ["services", "off"],
      ]);
    } finally {
      limited.close();
    }
  });
});
