import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as encode from "../frames/encode.ts";
import { BUNDLE, prepare, run, scratch, SENSOR, type StartOptions } from "./support.ts";

const machineNode = "/usr/bin/node";
/** The machine's own Node; where it is too old, the collector says so. */
const isTooOld =
  Number(spawnSync(machineNode, ["--version"], { encoding: "utf8" }).stdout.replace(/^v(\d+)\..*/s, "$1")) < 20;

const program = (folder: string, name: string, script: string): string => {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
};
const withSensor = (sensor: string): StartOptions => ({ env: { RUNGLASS_SENSOR: sensor } });

describe("runglass, given bad input", () => {
  before(prepare);
  let folder: ReturnType<typeof scratch>;
  before(() => {
    folder = scratch();
    chmodSync(folder.path, 0o755);
    writeFileSync(join(folder.path, "script"), "#! /no/such/sh\n", { mode: 0o755 });
  });
  after(() => folder.remove());

  /** One message, no stack; and the command was not started. */
  const refuses = async (
    argv: readonly string[],
    code: number,
    message: RegExp,
    options: StartOptions = {},
  ): Promise<void> => {
    const mark = join(folder.path, "started");
    const outcome = await run(
      argv.map((arg) => arg.replace("MARK", mark).replace("SCRIPT", join(folder.path, "script"))),
      options,
    );
    assert.equal(outcome.code, code, outcome.stderr);
    assert.match(outcome.stderr, message);
    assert.equal(outcome.stderr.trimEnd().split("\n").length, 1, outcome.stderr);
    assert.ok(outcome.stderr.startsWith("runglass: "));
    assert.ok(!existsSync(mark), "the command was not started");
  };
  const touch = ["--", "touch", "MARK"];

  const table: readonly (readonly [readonly string[], number, RegExp])[] = [
    [[], 2, /name a command: see "runglass --help"/],
    [["recrod"], 2, /unknown command "recrod": did you mean "record"\?/],
    [["--vresion"], 2, /unknown option/],
    [["--format", "json", "summary"], 2, /unknown option "--format": .*a command's options stand behind it/],
    [["help", "recrod"], 2, /unknown command "recrod": did you mean "record"\?/],
    [["verify", "/no/such/log"], 2, /there is no file \/no\/such\/log/],
    [["lint", "--format", "xml"], 2, /--format xml: use one of text, json, sarif, github/],
    [["lint", "--formt", "json"], 2, /lint: unknown option "--formt": did you mean "--format"\?/],
    [["lint", "/nowhere/at/all"], 2, /\/nowhere\/at\/all: there is no such file or folder: check the path/],
    [["policy", "check"], 2, /name the policy/],
    [["record"], 2, /name the command to run behind "--"/],
    [["record", "--"], 2, /name the command/],
    [["record", "touch", "MARK"], 2, /put "--" before the command/],
    [["record", "--lissten", "1", ...touch], 2, /unknown option "--lissten": did you mean "--listen"\?/],
    [["record", "--listen", "8080", ...touch], 2, /--listen 8080/],
    [["record", "--token-file", "t", ...touch], 2, /says nothing without --listen/],
    [
      ["record", "--", "no-such-command-anywhere"],
      2,
      /the command "no-such-command-anywhere" is not found: it is in no directory of PATH/,
    ],
    [["record", "--", "/no/such/file"], 2, /"\/no\/such\/file" is not found: no program is there/],
    [["record", "--", "/etc/passwd"], 2, /is not executable/],
    [["record", "--", "SCRIPT"], 2, /script cannot start: its first line names \/no\/such\/sh, and nothing is there/],
    [["record", "--", "/etc"], 2, /"\/etc" is not found: no program is there/],
    [["record", "--", ""], 2, /is not the name of a command/],
    [["record", "--user", "no-such-user", ...touch], 2, /no user of that name/],
    [
      ["record", "--egress-policy", "block", "--default-rules", "loopback,all", ...touch],
      2,
      /--default-rules: "all" is none of loopback, private/,
    ],
    [["record", "--default-rules", "none", ...touch], 2, /--default-rules says nothing without --egress-policy/],
    [
      ["record", "--egress-policy", "audit", "--allowed-endpoints", "pypi.org:g443", ...touch],
      2,
      /--allowed-endpoints, line 1, column 10: "g443" is no port: .*; write "443"; nothing was started/,
    ],
    [
      ["record", "--egress-policy", "block", "--allowed-endpoints", "*", ...touch],
      2,
      /line 1, column 1: a \* may only stand in front/,
    ],
    [
      ["record", "--egress-policy", "block", "--allowed-endpoints", "@/no/such/list", ...touch],
      2,
      /--allowed-endpoints @\/no\/such\/list: .*no such file/,
    ],
    [["record", "--egress-policy", "block", "--allowed-endpoints", "@/etc", ...touch], 2, /this is no file/],
    [["record", "--egress-policy", "on", ...touch], 2, /it is "audit" or "block"/],
    [["record", "--allowed-endpoints", "a:443", ...touch], 2, /without --egress-policy/],
    [["record", "--out", "/no/such/folder/x", ...touch], 2, /\/no\/such\/folder\/x/],
    [["record", "--out", "", ...touch], 2, /--out names no file/],
    [["collect", "ls"], 2, /runglass record -- COMMAND/],
    [["collect", "--cgroup", "/tmp"], 2, /no cgroup v2 directory/],
    [["collect", "--cgroup", "/sys/fs/cgroup/no/such"], 2, /no cgroup v2 directory/],
    [["collect", "--egress-policy", "block"], 2, /it holds for the whole machine then: .* --whole-machine/],
    [["doctor", "x"], 2, /takes no arguments/],
  ];
  for (const [argv, code, message] of table) {
    it(`refuses "${argv.join(" ")}" with ${code}`, () => refuses(argv, code, message));
  }

  it("needs root, and starts nothing without", async () => {
    // Where any user can read them, whoever may read the checkout.
    const bundle = join(folder.path, "runglass.mjs");
    copyFileSync(BUNDLE, bundle);
    spawnSync("cp", [SENSOR, folder.path]);
    const node = isTooOld ? join(folder.path, "node") : machineNode;
    if (isTooOld) copyFileSync(process.execPath, node);
    for (const command of [["record", "--", "touch", join(folder.path, "mark")], ["collect"]]) {
      const via = ["--reuid=65534", "--regid=65534", "--clear-groups", node, bundle, ...command];
      const outcome = spawnSync("setpriv", via, { encoding: "utf8", cwd: "/" });
      assert.equal(outcome.status, 3, outcome.stderr);
      assert.match(outcome.stderr, /needs root.*sudo/);
    }
    assert.ok(!existsSync(join(folder.path, "mark")));
  });

  it("says where the log cannot be when nobody says where to write it", () =>
    refuses(
      ["record", ...touch],
      3,
      /cannot make a directory for the log: ENOENT.*: say with --out where the log goes/,
      {
        env: { TMPDIR: "/no/such/folder" },
      },
    ));

  it("runs under the machine's own Node too", async () => {
    assert.ok(existsSync(machineNode));
    const outcome = await run(["record", "--out", join(folder.path, "old.ndjson"), "--", "/bin/true"], {
      via: [machineNode],
    });
    if (isTooOld) {
      assert.equal(outcome.code, 3);
      assert.match(outcome.stderr, /^runglass: needs Node 20 or newer, and this is [\d.]+: [^\n]+\n$/);
    } else assert.deepEqual([outcome.code, outcome.stderr], [0, ""]);
  });

  it("helps, for all and for each command", async () => {
    const all = await run(["--help"]);
    assert.equal(all.code, 0);
    for (const name of ["record", "collect", "serve", "summary", "doctor"]) {
      assert.match(all.stdout, new RegExp(`^  ${name} `, "m"));
      const one = await run([name, "--help"]);
      assert.equal(one.code, 0);
      assert.match(one.stdout, new RegExp(`^Usage: runglass ${name} `));
      assert.equal(one.stderr, "");
      assert.deepEqual(await run(["help", name]), one);
    }
    assert.match((await run(["--version"])).stdout, /^\d+\.\d+\.\d+\n$/);
  });

  it("does not take what could not be printed for printed", () => {
    for (const argv of [["--version"], ["serve", "--help"]]) {
      const { status, stderr } = spawnSync("sh", ["-c", '"$@" >/dev/full', "sh", process.execPath, BUNDLE, ...argv], {
        encoding: "utf8",
      });
      assert.equal(status, 3, argv.join(" "));
      assert.match(stderr, /^runglass: cannot write to standard output: ENOSPC[^\n]*\n$/);
    }
  });

  describe("and a sensor that fails", () => {
    const record = ["record", "--out", "OUT", ...touch];
    const refusesWith = async (sensor: string, message: RegExp): Promise<void> => {
      const out = join(folder.path, "failed.ndjson");
      await refuses(
        record.map((arg) => arg.replace("OUT", out)),
        3,
        message,
        withSensor(sensor),
      );
      assert.ok(!existsSync(out), "a failed start leaves no log in the way of the next");
    };

    it("is missing", () => refusesWith("/no/such/sensor", /the sensor is not at \/no\/such\/sensor: RUNGLASS_SENSOR/));
    it("is a directory", () => refusesWith("/etc", /the sensor is not at/));
    it("is not executable", () => refusesWith("/etc/passwd", /may not be run/));
    it("is for another machine", () => {
      const path = join(folder.path, "other-machine");
      const header = Buffer.alloc(64);
      header.write("\u007fELF", "latin1");
      // e_machine: arm64, or there x86-64.
      header.writeUInt16LE(process.arch === "arm64" ? 62 : 183, 18);
      writeFileSync(path, header, { mode: 0o755 });
      return refusesWith(path, /the sensor .*other-machine is for (arm64|x64), and this is/);
    });
    it("is no program", () => {
      const path = join(folder.path, "noise");
      writeFileSync(path, Buffer.from([1, 2, 3]), { mode: 0o755 });
      return refusesWith(path, /the sensor ended with exit code 127: .*not found/);
    });
    it("has no interpreter", () => {
      const path = join(folder.path, "no-interpreter");
      writeFileSync(path, "#!/no/such/interpreter\n", { mode: 0o755 });
      return refusesWith(path, /cannot start the sensor .*no-interpreter: .*ENOENT/);
    });
    it("says what the kernel refuses", () =>
      refusesWith(
        program(folder.path, "refuse", 'echo "runglass-sensor: the kernel has no BTF: do this" >&2; exit 3'),
        /^runglass: the kernel has no BTF: do this$/m,
      ));
    it("says nothing", () =>
      refusesWith(program(folder.path, "silent", "exit 1"), /ended with exit code 1 and said nothing/));
    it("sends garbage", () =>
      refusesWith(
        program(folder.path, "garbage", `echo "${"not a frame ".repeat(9)}"; sleep 9`),
        /no frame, at byte 0/,
      ));
    it("is of another version", () => {
      const frames = join(folder.path, "hello");
      writeFileSync(frames, encode.hello(9));
      return refusesWith(
        program(folder.path, "other", `cat ${frames}; sleep 9`),
        /version 9 and this collector version \d+:/,
      );
    });
    it("does not know its arguments", () =>
      refusesWith(
        program(folder.path, "usage", 'echo "runglass-sensor: unknown option --cgroup" >&2; exit 2'),
        /from one build/,
      ));
  });

  it("says in doctor what is there and what is not", async () => {
    const good = await run(["doctor"]);
    assert.equal(good.code, 0, good.stdout);
    assert.match(good.stdout, new RegExp(`^ok\\s+machine\\s+${process.arch} `, "m"));
    assert.match(good.stdout, /^ok\s+BTF/m);
    assert.match(good.stdout, /^ok\s+process\.exec/m);
    const bad = await run(["doctor"], { env: { RUNGLASS_SENSOR: "/no/such" } });
    assert.equal(bad.code, 3);
    assert.match(bad.stdout, /^NO\s+sensor\s+the sensor is not at/m);
  });

  it("says in doctor how a sensor failed that says nothing itself, and what to do", async () => {
    const sensor = join(folder.path, "sensor");
    const doctor = async (script: string): Promise<string> => {
      writeFileSync(sensor, script, { mode: 0o755 });
      const { code, stdout } = await run(["doctor"], { env: { RUNGLASS_SENSOR: sensor } });
      assert.equal(code, 3);
      assert.ok(!stdout.includes("Command failed"), stdout);
      return stdout;
    };
    assert.match(
      await doctor("#!/bin/sh\nexit 7\n"),
      /^NO\s+sensor\s+.* ended with code 7 and said nothing\n\s+-> build it/m,
    );
    assert.match(await doctor("#!/bin/sh\nkill -SEGV $$\n"), /^NO\s+sensor\s+.* ended by SIGSEGV .*\n\s+-> see dmesg/m);
    assert.match(await doctor("#!/no/such/interpreter\n"), /^NO\s+sensor\s+.* cannot be started: .*\n\s+-> build it/m);
  });

  it("does not take a directory for a log", async () => {
    const path = join(folder.path, "directory");
    mkdirSync(path);
    await refuses(["record", "--out", path, ...touch], 2, /directory/);
  });
});
