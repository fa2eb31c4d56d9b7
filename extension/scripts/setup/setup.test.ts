import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { run } from "./command.mjs";
import { installable } from "./distroPackages.mjs";
import { SetupFailure } from "./failure.mjs";
import { isRecentEnough } from "./npm.mjs";
import { isInstalled } from "./npmPackages.mjs";
import { root } from "./paths.mjs";
import { parseOsRelease } from "./platform.mjs";
import { createProgress, elapsed } from "./progress.mjs";
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
