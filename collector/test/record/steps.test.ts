import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import type { StepInfo } from "../../protocol/events.ts";
import { FakeRunner, type PlannedStep } from "./fakeRunner.ts";
import { BUNDLE, Events, prepare, record, run, scratch, start, until } from "./support.ts";

const PYTHON = "/usr/bin/python3";
/** We may run in a job ourselves. */
const OUTSIDE = { GITHUB_RUN_ID: "", GITHUB_ACTION: "" };

/** Programs of a step; each names its files, or arguments, by step, and with a `+` where it has left the step's tree. */
const operations = (step: string, files: string, port: number): string => `
cd "${files}"
echo x >plain
/bin/echo label-${step}-exec >/dev/null
(echo x >subshell; /bin/sh -c 'echo x >nested')
for i in 1 2 3; do /bin/true label-${step}-loop$i; done
: </dev/tcp/127.0.0.1/${port}
${PYTHON} -c 'import subprocess; subprocess.run(["/bin/sh", "-c", "echo x >vfork"], close_fds=False)'
${PYTHON} -c 'import os, threading, time
def go(): os.execv("/bin/sh", ["sh", "-c", "echo x >thread"])
threading.Thread(target=go).start(); time.sleep(9)'
sleep 0.2 | cat >/dev/null; echo x >pipeline
setsid /bin/sh -c 'echo x >setsid'
/bin/sh -c 'sleep 0.1; echo x >background' & wait
nohup /bin/sh -c 'while kill -0 '$$' 2>/dev/null; do sleep 0.02; done; echo x >nohup+; /bin/true label-${step}-nohup+; echo x >nohup-done' >/dev/null 2>&1 &
${PYTHON} -c 'import os, time
if os.fork() == 0:
    os.setsid()
    middle = os.getpid()
    if os.fork() != 0: os._exit(0)
    while os.getppid() == middle: time.sleep(0.01)
    os.execv("/bin/sh", ["sh", "-c", "echo x >daemon+; (sleep 0.2; echo x >daemon-child+); echo x >daemon-done"])
os.wait()'
echo x >last
`;

/** Of each thing that was done: the step it is labelled with, then the one that its event has. */
interface Labelled {
  readonly what: string;
  readonly expected: string;
  readonly told: string;
}

const told = (event: { readonly step?: string; readonly detached?: boolean }): string =>
  `${event.step ?? "none"}${event.detached === true ? "+" : ""}`;

/** Every labelled operation of a log; file operations are below `files`, in a folder named by the step. */
const labelled = (events: Events, files: string): Labelled[] => [
  ...events.of("file.write").flatMap((event): Labelled[] => {
    const [step, name] = event.file.path.startsWith(`${files}/`)
      ? event.file.path.slice(files.length + 1).split("/")
      : [];
    if (step === undefined || name === undefined) return [];
    const left = name.endsWith("+") || name.endsWith("-done");
    return [{ what: event.file.path, expected: step + (left ? "+" : ""), told: told(event) }];
  }),
  ...events.of("process.exec").flatMap((event): Labelled[] => {
    const [label, step, name = ""] = /^label-(.*)-(\w+\+?)$/.exec(event.exec.argv.at(-1) ?? "") ?? [];
    if (label === undefined || step === undefined) return [];
    return [{ what: label, expected: step + (name.endsWith("+") ? "+" : ""), told: told(event) }];
  }),
];

const wrong = (all: readonly Labelled[]): Labelled[] => all.filter(({ expected, told: is }) => expected !== is);

const infos = (events: Events, type: "step.start" | "step.end"): (StepInfo & { conclusion?: string })[] =>
  events.all.flatMap((event) =>
    event.type === type
      ? [{ ...event.stepInfo, ...("conclusion" in event ? { conclusion: event.conclusion as string } : {}) }]
      : [],
  );

describe("steps", function () {
  this.timeout(60_000);
  let folder: ReturnType<typeof scratch>;
  let out: string;
  let files: string;
  let runner: FakeRunner;
  let server: Server;
  let port: number;
  before(async () => {
    prepare();
    server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
  });
  after(() => server.close());
  beforeEach(() => {
    folder = scratch();
    out = join(folder.path, "run.ndjson");
    files = join(folder.path, "files");
    mkdirSync(files);
    const root = join(folder.path, "runner");
    mkdirSync(root);
    runner = new FakeRunner(root);
  });
  afterEach(() => folder.remove());

  /** Makes the folder of a step's files. */
  const filesOf = (step: string): string => {
    const path = join(files, step);
    mkdirSync(path);
    return path;
  };
  const script = (step: string, text: (path: string) => string): readonly string[] => [
    "/bin/bash",
    "-c",
    text(filesOf(step)),
  ];

  const recordJob = async (
    job: readonly string[],
    env: Readonly<Record<string, string>> = OUTSIDE,
  ): Promise<Events> => {
    const outcome = await run(["record", "--out", out, "--", ...job], { env });
    assert.equal(outcome.code, 0, outcome.stderr);
    const events = new Events(out);
    events.assertWhole();
    return events;
  };

  it("have every operation of their processes, whatever way these were started", async () => {
    const steps: PlannedStep[] = ["__run", "build", "__run_3"].map((action) => ({
      action,
      name: `Name of ${action}`,
      command: script(action, (path) => operations(action, path, port)),
    }));
    // The last one waits for what the others have left behind.
    steps.push({
      action: "end",
      name: "The end",
      command: script("end", () => `until [ $(ls ${files}/*/*-done | wc -l) = 6 ]; do sleep 0.02; done`),
    });
    const events = await recordJob(runner.job(steps));
    const all = labelled(events, files);
    assert.deepEqual(wrong(all), []);
    for (const action of ["__run", "build", "__run_3"]) {
      const mine = all.filter(({ expected }) => expected.replace("+", "") === action);
      assert.equal(new Set(mine.map(({ what }) => what)).size, 19, JSON.stringify(mine, null, 1));
      assert.equal(mine.filter(({ expected }) => expected.endsWith("+")).length, 6);
      assert.deepEqual(
        readdirSync(join(files, action)).filter(
          (name) => !mine.some(({ what }) => what.endsWith(`/${action}/${name}`)),
        ),
        [],
      );
    }
    const connects = events.of("net.connect").filter((event) => event.flow.remote.port === port);
    assert.deepEqual(connects.map(told), ["__run", "build", "__run_3"]);
    assert.deepEqual(infos(events, "step.start").slice(1), [
      { id: "__run", number: 2, name: "Name of __run" },
      { id: "build", number: 3, name: "Name of build" },
      { id: "__run_3", number: 4, name: "Name of __run_3" },
      { id: "end", number: 5, name: "The end" },
    ]);
    assert.deepEqual(
      infos(events, "step.end").map(({ id, conclusion }) => [id, conclusion]),
      [
        ["__run", "success"],
        ["build", "success"],
        ["__run_3", "success"],
        ["end", "success"],
        ["command", "success"],
      ],
    );
    const outside = events.all.filter((event) => event.process !== undefined && event.step === undefined);
    assert.deepEqual(outside, [], "what is in no step of the job is the command's");
  });

  it("are told apart when there are many short ones, without a log by their action", async () => {
    const path = filesOf("many");
    const steps = Array.from({ length: 200 }, (_, i): PlannedStep => {
      if (i % 2 === 0) return { action: `s${i}`, command: ["/bin/true", `label-s${i}-only`] };
      return { action: `s${i}`, command: ["/bin/sh", "-c", `: >${path}/s${i}`] };
    });
    const events = await recordJob(runner.job(steps, false));
    assert.deepEqual(wrong(labelled(events, join(files, "none"))), []);
    const starts = infos(events, "step.start").slice(1);
    assert.deepEqual(
      starts.map(({ id, name, number }) => [id, name, number]),
      steps.map(({ action }) => [action, action, undefined]),
    );
    assert.equal(labelled(events, join(files, "none")).length, 100);
    const writes = events.of("file.write").filter((event) => event.file.path.startsWith(path));
    assert.equal(writes.length, 100);
    assert.deepEqual(
      writes.map((event) => event.step),
      writes.map((event) => event.file.path.slice(path.length + 1)),
    );
    assert.equal(infos(events, "step.end").length, 201);
  });

  it("of composite actions are one, and pre, main and post are three", async () => {
    const composite = { GITHUB_ACTION_PATH: "/actions/a" };
    const command = (label: string): readonly string[] => ["/bin/true", `label-${label}-x`];
    const events = await recordJob(
      runner.job([
        { action: "checkout", name: "Pre", command: command("checkout") },
        { action: "comp", name: "Composite", command: command("comp"), env: composite },
        { action: "comp", name: "inner", command: command("comp"), env: composite, embedded: true },
        { action: "checkout", name: "Main", command: command("checkout#2") },
        { name: "helper", command: command("command"), embedded: true },
        { action: "checkout", name: "Post", command: ["/bin/sh", "-c", "exit 3"] },
      ]),
    );
    assert.deepEqual(wrong(labelled(events, files)), []);
    assert.deepEqual(
      infos(events, "step.end").map(({ id, name, conclusion }) => [id, name, conclusion]),
      [
        ["checkout", "Pre", "success"],
        ["comp", "Composite", "success"],
        ["checkout#2", "Main", "success"],
        ["checkout#3", "Post", "failure"],
        ["command", events.of("run.start")[0]?.run.title, "success"],
      ],
    );
  });

  it("cannot be forged by a program that sets the variable, or has the worker's name", async () => {
    const fake = join(folder.path, "elsewhere");
    mkdirSync(fake);
    const forged = new FakeRunner(fake).job([{ action: "forged", command: ["/bin/true", "label-real-forged"] }], false);
    const events = await recordJob(
      runner.job([
        {
          action: "real",
          command: [
            "/bin/bash",
            "-c",
            `GITHUB_ACTION=other /bin/true label-real-env; ${forged.map((part) => `'${part}'`).join(" ")}; ` +
              `(setsid ${forged.map((part) => `'${part}'`).join(" ")} &) ; sleep 1`,
          ],
        },
      ]),
    );
    const found = labelled(events, files).map(({ what, told: is }) => `${what} ${is}`);
    assert.deepEqual(found.toSorted(), ["label-real-env real", "label-real-forged real", "label-real-forged real+"]);
    assert.deepEqual(
      infos(events, "step.start").map(({ id }) => id),
      ["command", "real"],
    );
  });

  it("stay with a process that makes the worker the parent of its child", async () => {
    const path = filesOf("real");
    // clone(CLONE_PARENT | SIGCHLD)
    const code = `import ctypes, os, time
if ctypes.CDLL(None).syscall(56, 0x8011, 0, 0, 0, 0) == 0:
    open("${path}/before", "w").close()
    os.environ["GITHUB_ACTION"] = "forged"
    os.execv("/bin/sh", ["sh", "-c", "echo $PPID; echo x >after; exec /bin/sh -c \\": >again\\""])
time.sleep(0.5)`;
    const events = await recordJob(
      runner.job([
        { action: "real", command: ["/bin/sh", "-c", `cd ${path}; exec ${PYTHON} -c '${code}'`] },
        { action: "next", command: ["/bin/true", "label-next-x"] },
      ]),
    );
    const all = labelled(events, files);
    assert.deepEqual(wrong(all), []);
    assert.equal(new Set(all.map(({ what }) => what)).size, 4);
    assert.deepEqual(
      infos(events, "step.start").map(({ id }) => id),
      ["command", "real", "next"],
    );
    const after = events.of("file.write").find((event) => event.file.path === `${path}/after`);
    const worker = events.of("process.exec").find((event) => event.exec.exe === runner.worker);
    const cloned = events.of("process.exec").find((event) => event.process === after?.process);
    assert.equal(cloned?.exec.ppid, worker?.exec.pid, "the kernel calls it the worker's child");
  });

  it("are found behind a large environment, of any shape, and none of it is told", async () => {
    const env: Record<string, string> = { SECRET: "not-to-be-told", GITHUB_TOKEN: "not-to-be-told" };
    for (let i = 0; i < 10; i++) env[`A${i}`] = "GITHUB_ACTION=no".repeat(6_000);
    const many = Object.fromEntries(Array.from({ length: 8_000 }, (_, i) => [`v${i}`, ""]));
    const path = filesOf("many");
    const events = await recordJob(
      runner.job([
        { action: "large", command: ["/bin/true", "label-large-x"], env },
        // More variables than the kernel's part looks at: the collector reads them itself while the process is there.
        { env: { ...many, GITHUB_ACTION: "many" }, command: ["/bin/sh", "-c", `sleep 0.5; : >${path}/x`] },
      ]),
    );
    assert.deepEqual(wrong(labelled(events, files)), []);
    assert.equal(labelled(events, files).length, 2);
    assert.ok(!events.text.includes("not-to-be-told"));
  });

  it("are known when the collector starts inside of a job, with the job", async () => {
    const go = join(folder.path, "go");
    execFileSync("mkfifo", [go]);
    const env = {
      GITHUB_RUN_ID: "4711",
      GITHUB_REPOSITORY: "o/r",
      GITHUB_JOB: "copilot",
      GITHUB_SERVER_URL: "https://g.test",
    };
    const job = runner.job([
      { action: "done", name: "Done before", command: ["/bin/true"] },
      {
        action: "first",
        name: "First",
        env,
        command: script("first", (path) => `cat ${go}; echo x >${path}/a; (sleep 0.1; echo x >${path}/b)`),
      },
      {
        action: "second",
        name: "Second",
        command: script("second", (path) => `echo x >${path}/a; /bin/true label-second-x`),
      },
    ]);
    const child = spawn(job[0]!, job.slice(1), { stdio: "ignore" });
    const over = new Promise((resolve) => child.once("exit", resolve));
    const children = (): string =>
      execFileSync("/bin/sh", ["-c", `ps -o args= --ppid ${child.pid} || true`], { encoding: "utf8" });
    await until(() => children().includes("echo x"), "the first step runs");
    const collecting = start(["collect", "--out", out], { env: OUTSIDE });
    await until(() => collecting.stderr().includes("watching"), "it watches");
    writeFileSync(go, "go\n");
    await over;
    collecting.child.kill("SIGTERM");
    assert.equal((await collecting.outcome).code, 0);
    const events = new Events(out);
    assert.deepEqual(wrong(labelled(events, files)), []);
    assert.equal(new Set(labelled(events, files).map(({ what }) => what)).size, 4);
    assert.deepEqual(
      infos(events, "step.start").map(({ id, name, number }) => [id, name, number]),
      [
        ["first", "First", 3],
        ["second", "Second", 4],
      ],
    );
    assert.deepEqual(
      infos(events, "step.end").map(({ id, conclusion }) => [id, conclusion]),
      [
        ["first", "success"],
        ["second", "success"],
      ],
    );
    const { id, repository, job: name, url } = events.of("run.start")[0]!.run;
    assert.deepEqual([id, repository, name, url], ["4711", "o/r", "copilot", "https://g.test/o/r/actions/runs/4711"]);
  });

  it("are the one of the job in which record runs, also behind sudo", async () => {
    const collector = `env -i PATH="$PATH" '${process.execPath}' '${BUNDLE}' record --out '${out}'`;
    const job = runner.job([
      {
        action: "__run_7",
        name: "Watched",
        env: { GITHUB_RUN_ID: "4712" },
        command: ["/bin/bash", "-c", `${collector} -- /bin/true label-__run_7-x; exit $?`],
      },
    ]);
    const ran = spawnSync(job[0]!, job.slice(1), { encoding: "utf8" });
    assert.equal(ran.status, 0, ran.stderr);
    const events = new Events(out);
    events.assertWhole();
    assert.deepEqual(wrong(labelled(events, files)), []);
    assert.deepEqual(infos(events, "step.start"), [{ id: "__run_7", number: 2, name: "Watched" }]);
    assert.equal(events.of("run.start")[0]?.run.id, "4712");
  });

  it("are the command itself on a machine without a runner", async () => {
    const { events } = await record("/bin/sh", "-c", "/bin/true; exit 2");
    const { title } = events.of("run.start")[0]!.run;
    if (process.env["GITHUB_ACTION"] === undefined) {
      assert.deepEqual(infos(events, "step.start"), [{ id: "command", number: 1, name: title }]);
      assert.deepEqual(infos(events, "step.end"), [{ id: "command", number: 1, name: title, conclusion: "failure" }]);
    }
    assert.ok(events.all.every((event) => event.process === undefined || event.step !== undefined));
  });
});
