import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { SENSOR_READS } from "../../src/events/secretFiles.ts";
import { CAP } from "../../src/sensor/layout.ts";
import type { FrameOf } from "./decode.ts";
import { URING_CHANGES } from "./uringChanges.ts";
import { build, finish, runWatched, type Sensor, sensorBinary, start, watch, withFolder } from "./sensor.ts";

/**
 * What was told of a process's files: `op path` or `op path < from`, with the folder of the test as `~`, and ` xN` where
 * it was done N times; in the order in which each was told first.
 */
const told = (sensor: Sensor, pid: number, folder: string): string[] => {
  const counts = new Map<string, number>();
  for (const f of sensor.of("file").filter((file) => file.pid === pid)) {
    const line = [f.op, f.path, ...(f.from === "" ? [] : ["<", f.from])].join(" ").replaceAll(folder, "~");
    counts.set(line, (counts.get(line) ?? 0) + f.count);
  }
  return [...counts].map(([line, count]) => (count === 1 ? line : `${line} x${count}`));
};

/** Runs one set of the workload, and gives what was told of it. */
const run = async (
  set: string,
  body: (lines: string[], frames: FrameOf<"file">[], folder: string) => void,
  more: readonly string[] = [],
  parent?: string,
): Promise<void> => {
  await withFolder(
    (folder) =>
      watch(async (sensor, cgroup) => {
        const { pid } = await runWatched(sensor, cgroup, [join(build(), "files"), set, folder, ...more]);
        const frames = sensor.of("file").filter((f) => f.pid === pid);
        body(told(sensor, pid, folder), frames, folder);
      }).then(() => undefined),
    parent,
  );
};

const total = (frames: readonly FrameOf<"file">[], op: string): number =>
  frames.reduce((sum, f) => sum + (f.op === op ? f.count : 0), 0);

describe("the sensor on files", function () {
  this.timeout(60_000);

  it("tells every open that creates, writes or truncates, and no other", () =>
    run("opens", (lines, frames) => {
      assert.deepEqual(lines, [
        "create ~/a",
        "create ~/b",
        "truncate ~/b",
        "write ~/a x2",
        "truncate ~/a",
        "create ~/c",
        "create ~/d",
        "write ~/d",
        "create ~/e",
      ]);
      assert.ok(frames.every((f) => !f.relative && !f.truncated));
    }));

  it("makes every path absolute and plain", () =>
    run("paths", (lines) => {
      assert.deepEqual(lines, [
        "create ~/sub",
        "create ~/sub/x",
        "create ~/y",
        "create ~/sub/l < ~/sub/x",
        "write ~/sub/x x2",
        "rename ~/z < ~/sub/x",
        "unlink ~/sub/l",
        "chmod ~/z",
      ]);
    }));

  it("tells new names and lost names", () =>
    run("names", (lines, _frames, folder) => {
      assert.deepEqual(lines, [
        "create ~/a",
        "rename ~/b < ~/a",
        "rename ~/c < ~/b",
        "rename ~/d < ~/c",
        "link ~/e < ~/d",
        "link ~/f < ~/d",
        "link ~/g < ~/d",
        "create ~/s < ~/d",
        `create ~/t < ${join(folder, "../up")}`,
        "create ~/u < /absolute/target",
        "unlink ~/e",
        "unlink ~/f",
        "create ~/m",
        "create ~/n",
        "unlink ~/m",
        "unlink ~/n",
        "create ~/o",
        "create ~/p",
      ]);
    }));

  it("says where a name could not be read", () =>
    run(
      "hidden-name",
      (_lines, frames, folder) => {
        assert.equal(total(frames, "chmod"), 20_000);
        for (const f of frames) assert.ok(f.path === `${folder}/f` || f.relative, `${f.op} ${f.path}`);
      },
      ["20000"],
    ));

  it("tells truncate and chmod, by name and by descriptor", () =>
    run("contents", (lines) => {
      assert.deepEqual(lines, ["create ~/a", "truncate ~/a x2", "chmod ~/a x4"]);
    }));

  it("passes over pipes, sockets, terminals, /dev/null and what is below /proc", () =>
    run("no-files", (lines) => assert.deepEqual(lines, [])));

  it("sees through mounts and changed roots", () =>
    run("namespaces", (lines) => {
      assert.deepEqual(lines, [
        "create ~/mount",
        "create ~/mount/inside",
        "unlink ~/mount/inside",
        "create ~/mount/deep",
        "create ~/mount/deep/rooted",
        "chmod ~/mount/deep/rooted",
        "create ~/mount/deep/relative",
      ]);
    }));

  it("cuts paths that are too long, and says so", () =>
    run("deep", (_lines, frames) => {
      assert.equal(frames.length, 31);
      const last = frames.at(-1);
      assert.ok(last?.truncated && last.path.length <= CAP.path && last.path.endsWith("/bottom"));
      assert.ok(!frames[0]?.truncated);
    }));

  it("folds what a process does again and again into few frames, and counts it exactly", () =>
    run(
      "repeat",
      (lines, frames) => {
        assert.deepEqual(lines, ["create ~/again", "write ~/again x20000"]);
        assert.ok(frames.length < 200, `${frames.length} frames`);
      },
      ["20000"],
    ));

  it("tells the count of what it folded within a moment, while the process goes on", () =>
    withFolder((folder) =>
      watch(async (sensor, cgroup) => {
        const child = start([join(build(), "files"), "repeat-and-wait", folder, "1000"], cgroup);
        await sensor.until("the first write", () => sensor.of("file").some((f) => f.op === "write"));
        const began = Date.now();
        await sensor.until("all writes", () => total(sensor.of("file"), "write") === 1000);
        assert.ok(Date.now() - began < 800, `${Date.now() - began} ms`);
        child.stdin?.end();
        await finish(child);
      }).then(() => undefined),
    ));

  it("never folds under a name that the file no longer has", () =>
    run(
      "repeat-rename",
      (lines) => {
        assert.deepEqual(lines, [
          "create ~/one",
          "write ~/one x500",
          "rename ~/two < ~/one",
          "write ~/two x500",
          "create ~/old",
          "rename ~/old/three < ~/two",
          "write ~/old/three x500",
          "rename ~/new < ~/old",
          "write ~/new/three x500",
        ]);
      },
      ["500"],
    ));

  const eachWrittenOnce = (n: number) => (lines: string[]) => {
    assert.deepEqual(
      lines.filter((line) => line.startsWith("write")),
      Array.from({ length: n }, (_, i) => `write ~/d${i}/f`),
    );
  };

  // In memory, where what is removed is gone at once.
  it("never takes a file for a removed one whose memory it has got", () =>
    run("recycle", eachWrittenOnce(2000), ["2000"], "/dev/shm"));

  it("never takes a file for one that the kernel has forgotten, whose memory it has got", () =>
    run("forgotten", eachWrittenOnce(30), ["30"]));

  it("counts exactly when more files than it remembers are written in turn", () =>
    run(
      "rotate",
      (lines) => {
        const creates = lines.filter((line) => line.startsWith("create"));
        const writes = lines.filter((line) => line.startsWith("write"));
        assert.equal(creates.length, 9000);
        assert.equal(writes.length, 9000);
        assert.ok(writes.every((line) => line.endsWith(" x3")));
      },
      ["9000"],
    ));

  // What each call that changes files is told as, in a folder that has `old`; empty where it is not told.
  const calls: readonly (readonly [string, readonly string[]])[] = [
    ["copy_file_range", ["create ~/new"]],
    ["sendfile", ["create ~/new"]],
    ["splice", ["create ~/new"]],
    ["mmap", ["write ~/old"]],
    ["fallocate", ["write ~/old"]],
    ["clone", ["create ~/new"]],
    ["exchange", ["create ~/new", "rename ~/new < ~/old", "rename ~/old < ~/new"]],
    ["whiteout", ["rename ~/new < ~/old", "create ~/old"]],
    ["tmpfile", ["create ~/#1", "link ~/new < ~/#1", "link ~/newer < ~/#1"]],
    ["xattr", ["chmod ~/old x6"]],
    ["chown", ["chmod ~/old x4"]],
    ["utimes", []],
    ["bind", ["create ~/socket"]],
    ["message", ["write ~/old"]],
    ["long-message", ["write ~/old x253"]],
    ["pidfd", ["write ~/old"]],
    ["mount", ["create ~/over"]],
  ];
  for (const [name, expected] of calls) {
    it(`tells ${name}${expected.length === 0 ? " not" : ""}`, () =>
      withFolder((folder) =>
        watch(async (sensor, cgroup) => {
          writeFileSync(join(folder, "old"), "something");
          const { pid } = await runWatched(sensor, cgroup, [join(build(), "calls"), name, folder]);
          assert.deepEqual(
            told(sensor, pid, folder).map((line) => line.replaceAll(/#\d+/g, "#1")),
            expected,
          );
        }).then(() => undefined),
      ));
  }

  it("tells who reads files of the listed names, by the file and not by what it was called, and other processes' memory", () =>
    withFolder((folder) =>
      watch(
        async (sensor, cgroup) => {
          writeFileSync(join(folder, "old"), "something");
          const { pid, lines } = await runWatched(sensor, cgroup, [join(build(), "calls"), "read", folder]);
          const [child = ""] = lines;
          const reads = told(sensor, pid, folder).filter((line) => /^read|proc/.test(line));
          assert.deepEqual(
            reads.map((line) => line.replaceAll(child, "N")),
            [
              "read ~/secret.pem x101",
              "read ~/kept/any",
              "read /proc/N/environ",
              "read /proc/N/task/N/mem",
              "write /proc/N/task/N/mem",
            ],
          );
          const owners = sensor.of("file").filter((f) => f.pid === pid && f.owner !== 0);
          assert.deepEqual(new Set(owners.map((f) => String(f.owner))), new Set([child]));
          assert.equal(owners.length, 3);
        },
        ["--reads", "kept/\n*.pem\nmem\nenviron\nfolder/name"],
      ).then(() => undefined),
    ));

  it("passes every path to the collector that this takes for a secret", () =>
    withFolder((folder) =>
      watch(
        async (sensor, cgroup) => {
          const paths = SENSOR_READS.split("\n").map((pattern) => {
            const path = join(folder, pattern.endsWith("/") ? `${pattern}some name` : pattern.replace("*", "-some-"));
            mkdirSync(dirname(path), { recursive: true });
            writeFileSync(path, "");
            return path;
          });
          const { pid } = await runWatched(sensor, cgroup, ["/bin/cat", ...paths]);
          const reads = sensor.of("file").filter((f) => f.op === "read" && f.pid === pid);
          assert.deepEqual(new Set(reads.map((f) => f.path)), new Set(paths));
        },
        ["--reads", SENSOR_READS],
      ).then(() => undefined),
    ));

  it("refuses names to read that it does not understand", () => {
    for (const name of ["", "*", "a*b", "abc*", "/a", "a/b/c", "a/*", "**.pem"]) {
      const { status, stderr } = spawnSync(sensorBinary, ["--all", "--reads", `fine\n${name}\n`], { encoding: "utf8" });
      assert.equal(status, 2, name);
      assert.match(stderr, /--reads: /);
    }
  });

  const evasions: readonly (readonly [string, string, readonly string[]])[] = [
    ["io_uring", "uring", URING_CHANGES],
    [
      "32-bit calls",
      "int80",
      [
        "create ~/made32",
        "truncate ~/made32 x2",
        "chmod ~/made32 x3",
        "rename ~/renamed32 < ~/made32",
        "unlink ~/renamed32",
      ],
    ],
    ["file handles", "handle", ["create ~/handled", "write ~/handled"]],
  ];
  for (const [name, set, expected] of evasions) {
    it(`sees what is done by ${name}`, () =>
      withFolder((folder) =>
        watch(
          async (sensor, cgroup) => {
            const { pid } = await runWatched(sensor, cgroup, [join(build(), "evasion"), set, folder]);
            assert.deepEqual(told(sensor, pid, folder), expected);
          },
          ["--reads", "*.pem"],
        ).then(() => undefined),
      ));
  }
});
