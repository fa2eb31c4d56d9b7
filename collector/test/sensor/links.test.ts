import assert from "node:assert/strict";
import { join } from "node:path";
import { build, runWatched, watch, withFolder } from "./sensor.ts";

describe("the sensor on names that lead elsewhere", function () {
  this.timeout(60_000);

  // Of each set of names, what is told: a path that the text alone does not give is marked with a question mark.
  const sets: readonly (readonly [string, string, readonly string[]])[] = [
    [
      "follows the links of /proc to what the process itself has",
      "own",
      [
        "create ~/a",
        "chmod ~/a",
        "rename ~/b < ~/a",
        "create ~/c",
        "create ~/c/d",
        "chmod ~/c",
        "create ~/e",
        "unlink ~/b",
      ],
    ],
    [
      "tells what is done by other links of /proc, and that it does not know where",
      "others",
      ["create /proc/N/cwd/a ?", "create …/b ?", "create /proc/self/cwd/c ?", "create ~/d ?", "create ~/c/e ?"],
    ],
    [
      "does not take what is above a link for what is above its name",
      "above",
      ["create ~/a", "create ~/a/b", "create ~/link < ~/a/b", "create ~/c ?", "create ~/a/d", "create ~/e"],
    ],
    [
      "does not lead out of the root of a process",
      "rooted",
      [
        "create ~/root",
        "create ~/root/in",
        "create ~/root/a",
        "create …/b ?",
        "create ~/root/in/c",
        "create ~/b2 ?",
        "create ~/root/in/.hidden",
        "create ~/root/in/link < ~/root/in/c",
        "create ~/root/in/up < ~/c ?",
      ],
    ],
    [
      "tells what is done where other file systems cover /proc and /sys",
      "covered",
      ["create /sys/a", "rename /sys/b < /sys/a", "unlink /proc/b ?"],
    ],
  ];
  const lines = new Map<string, string[]>();

  before(() =>
    watch(async (sensor, cgroup) => {
      for (const [, set] of sets) {
        await withFolder(async (folder) => {
          const { pid } = await runWatched(sensor, cgroup, [join(build(), "links"), set, folder]);
          const told = sensor
            .of("file")
            .filter((f) => f.pid === pid)
            .map((f) =>
              [f.op, f.path, ...(f.from === "" ? [] : ["<", f.from]), ...(f.relative ? ["?"] : [])].join(" "),
            );
          lines.set(
            set,
            told.map((line) => line.replaceAll(folder, "~").replace(`/proc/${pid}/`, "/proc/N/")),
          );
        });
      }
    }).then(() => undefined),
  );

  for (const [title, set, expected] of sets) {
    it(title, () => {
      // What stands above the test's folder is the machine's choice.
      const told = lines.get(set)?.map((line) => line.replace(/^create \S*\/b \?$/, "create …/b ?"));
      assert.deepEqual(told, expected);
    });
  }
});
