import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { lastLine, run } from "./command.mjs";
import { installable, isLockedByAnother } from "./distroPackages.mjs";
import { explainFileError, SetupFailure } from "./failure.mjs";
import { benchNeeds, testNeeds } from "./needs.mjs";
import { isRecentEnough } from "./npm.mjs";
import { isInstalled } from "./npmPackages.mjs";
import { root } from "./paths.mjs";
import { parseOsRelease } from "./platform.mjs";
import { canRedraw, createProgress, elapsed } from "./progress.mjs";
import { needsOf } from "./setup.mjs";
import { contentHash } from "./stamp.mjs";

const installed = (version: string): string => JSON.stringify({ packages: { "node_modules/a": { version } } });

describe("set-up", () => {
  it("reads what a distribution says of itself", () => {
    const text = 'PRETTY_NAME="Ubuntu 24.04.1 LTS"\nID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\n';
    const expected = { id: "ubuntu", like: ["debian"], version: "24.04", name: "Ubuntu 24.04.1 LTS" };
    assert.deepEqual(parseOsRelease(text), expected);
    assert.equal(parseOsRelease("").name, "an unknown distribution");
  });

  it("finds which packages can be installed", () => {
    const policy = [
      "clang:",
      "  Installed: (none)",
      "  Candidate: 1:14.0-55.7~deb12u1",
      "  Version table:",
      "bpftool:",
      "  Installed: (none)",
      "  Candidate: (none)",
    ].join("\n");
    assert.deepEqual([...installable(policy)], ["clang"]);
  });

  it("sees that a package is missing, or there in another version", () => {
    const lock = JSON.stringify({
      packages: {
        "": {},
        "node_modules/a": { version: "1.0.0" },
        "node_modules/b": { version: "2.0.0", optional: true },
      },
    });
    assert.equal(isInstalled(lock, installed("1.0.0")), true);
    assert.equal(isInstalled(lock, installed("1.0.1")), false);
    assert.equal(isInstalled(lock, "{}"), false);
  });

  it("sees that the compiled part of a package is missing, and asks for none of another machine's", () => {
    const lock = JSON.stringify({
      packages: {
        "": {},
        "node_modules/a-gnu": { version: "1.0.0", optional: true, os: ["linux"], cpu: ["x64"], libc: ["glibc"] },
        "node_modules/a-musl": { version: "1.0.0", optional: true, os: ["linux"], cpu: ["x64"], libc: ["musl"] },
        "node_modules/a-mac": { version: "1.0.0", optional: true, os: ["darwin"], cpu: ["x64"] },
        "node_modules/a-arm": { version: "1.0.0", optional: true, os: ["linux"], cpu: ["arm64"], libc: ["glibc"] },
      },
    });
    const withOnly = (name: string): string => JSON.stringify({ packages: { [name]: { version: "1.0.0" } } });
    for (const [arch, own, other] of [
      ["x64", "node_modules/a-gnu", "node_modules/a-arm"],
      ["arm64", "node_modules/a-arm", "node_modules/a-gnu"],
    ] as const) {
      assert.equal(isInstalled(lock, JSON.stringify({ packages: {} }), arch), false);
      assert.equal(isInstalled(lock, withOnly(own), arch), true);
      assert.equal(isInstalled(lock, withOnly(other), arch), false);
    }
  });

  it("knows the Nodes that npm leaves packages out for", () => {
    const versions = ["18.20.4", "20.18.3", "20.19.0", "21.7.0", "22.11.0", "22.12.0", "23.9.0", "24.0.0"];
    assert.deepEqual(versions.filter(isRecentEnough), ["20.19.0", "22.12.0", "24.0.0"]);
  });

  it("prints times in seconds, then minutes", () => {
    assert.equal(elapsed(1234), "1.2 s");
    assert.equal(elapsed(59_940), "59.9 s");
    assert.equal(elapsed(125_000), "2 min 05 s");
  });

  it("hashes content and names, not dates, and only what is wanted", async () => {
    const dir = await mkdtemp(join(tmpdir(), "runglass-stamp-"));
    try {
      const input = relative(root, dir);
      await writeFile(join(dir, "a"), "1");
      const first = await contentHash([input]);
      await writeFile(join(dir, "a"), "1");
      assert.equal(await contentHash([input]), first);
      await writeFile(join(dir, "b"), "2");
      assert.notEqual(await contentHash([input]), first);
      assert.equal(await contentHash([input], { wanted: (path: string) => path.endsWith("/a") }), first);
      assert.notEqual(await contentHash([input], { also: "6.18" }), await contentHash([input]));
      assert.equal(await contentHash([`${input}/missing`]), await contentHash([]));
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  it("says which command failed, how, and what it wrote last", async () => {
    await assert.rejects(
      run("sh", ["-c", "echo what happened >&2; exit 3"], { quiet: true, remedy: "Do this." }),
      (error) => {
        assert.ok(error instanceof SetupFailure);
        assert.match(error.message, /failed with exit code 3:\n\s+what happened/);
        assert.equal(error.remedy, "Do this.");
        return true;
      },
    );
    await assert.rejects(run("runglass-no-such-program", [], { quiet: true }), /could not be started/);
  });

  it("blames a full disk, not the network, where a program found no room", async () => {
    await assert.rejects(
      run("sh", ["-c", "echo 'npm error ENOSPC: no space left on device, write'; exit 1"], {
        quiet: true,
        remedy: "No.",
      }),
      (error) => error instanceof SetupFailure && /room/.test(error.remedy),
    );
  });

  it("explains what the machine does not let it write, and nothing else", () => {
    const failed = (code: string): Error => Object.assign(new Error(`${code}: no`), { code, path: "/src/a" });
    assert.match(explainFileError(failed("ENOSPC"), "/src")?.remedy ?? "", /room/);
    assert.match(explainFileError(failed("EACCES"), "/src/it's")?.message ?? "", /\/src\/a/);
    assert.match(explainFileError(failed("EACCES"), "/src/it's")?.remedy ?? "", /'\/src\/it'\\''s'/);
    assert.equal(explainFileError(failed("ENOENT"), "/src"), undefined);
    assert.equal(explainFileError(new TypeError("no"), "/src"), undefined);
    assert.equal(explainFileError(undefined, "/src"), undefined);
  });

  it("knows when another package manager is at work", () => {
    for (const said of [
      "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 871 (apt-get)",
      "E: Unable to lock directory /var/lib/apt/lists/",
      "E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?",
      "dpkg: error: dpkg frontend lock was locked by another process with pid 871",
    ]) {
      assert.equal(isLockedByAnother(said), true, said);
    }
    for (const said of [
      "E: Unable to locate package clang",
      "E: Could not open lock file /var/lib/apt/lists/lock - open (13: Permission denied)\nE: Unable to lock directory /var/lib/apt/lists/",
      "E: Could not open lock file /var/lib/dpkg/lock-frontend - open (30: Read-only file system)\nE: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?",
      "E: Could not get lock /var/cache/apt/archives/lock - open (28: No space left on device)\nE: Unable to lock directory /var/cache/apt/archives/",
    ]) {
      assert.equal(isLockedByAnother(said), false, said);
    }
  });

  it("installs for a start, or a build, nothing that only tests and benchmarks need", () => {
    const names = (needs: readonly { name: string }[]): string[] => needs.map(({ name }) => name);
    const rest = new Set(names([...testNeeds, ...benchNeeds]));
    assert.deepEqual(needsOf("packages"), []);
    for (const level of ["sensor", "build", "all"] as const) {
      assert.deepEqual(
        names(needsOf(level)).filter((name) => rest.has(name)),
        [],
      );
    }
    assert.ok(names(needsOf("bench")).length > names(needsOf("test")).length);
    for (const name of ["clang", "git", "chromium", "docker.io"])
      assert.ok(names(needsOf("test")).includes(name), name);
  });

  it("shows of a program's output the last line, without colours and moves", () => {
    assert.equal(lastLine("one\n  \u001b[32mtwo\u001b[0m\tof 2\n\n"), "two of 2");
    assert.equal(lastLine("10 %\r20 %\r"), "20 %");
    assert.equal(lastLine(""), "");
  });

  it("draws a line again on terminals that can", () => {
    assert.equal(canRedraw({ isTTY: true }, { TERM: "xterm" }), true);
    assert.equal(canRedraw({ isTTY: true }, { TERM: "dumb" }), false);
    assert.equal(canRedraw({}, { TERM: "xterm" }), false);
  });

  it("writes one line a stage where nobody watches", async () => {
    let text = "";
    const progress = createProgress({ write: (chunk: string) => (text += chunk) });
    await progress.stage(
      "things",
      async (stage) => stage.detail("piece"),
      () => "done",
    );
    await assert.rejects(
      progress.stage("others", async () => {
        throw new Error("no");
      }),
    );
    assert.match(text, /^ {2}✔ things +0\.0 s {2}done\n {2}✘ others +0\.0 s\n$/);
  });
});
