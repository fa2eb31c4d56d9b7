import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { changesSince, commitOf, isBelowHead, mergeBase, parseNames, withPatches } from "./gitDiff.ts";

describe("changes of a local repository", () => {
  let root = "";
  const git = (...args: readonly string[]): string => {
    const env = {
      ...process.env,
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_AUTHOR_NAME: "a",
      GIT_AUTHOR_EMAIL: "a@example.test",
      GIT_COMMITTER_NAME: "a",
      GIT_COMMITTER_EMAIL: "a@example.test",
      GIT_AUTHOR_DATE: "2026-05-31T06:00:00Z",
      GIT_COMMITTER_DATE: "2026-05-31T06:00:01Z",
    };
    return execFileSync("git", ["-C", root, ...args], { env, encoding: "utf8" });
  };
  const options = (): { git: string; root: string } => ({ git: "git", root });
  const put = (path: string, text: string): Promise<void> => writeFile(join(root, path), text);

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "rg-git-"));
    git("init", "--quiet", "--initial-branch=main");
    const long = Array.from({ length: 30 }, (_, i) => `line ${i}\n`).join("");
    await put("kept.txt", long);
    await put("moved.txt", long.replaceAll("line", "word"));
    await put("gone.txt", "gone\n");
    git("add", "--all");
    git("commit", "--quiet", "-m", "Base");
    git("checkout", "--quiet", "-b", "work");
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it("are those of the commits, of the working tree, and of files that git does not know", async () => {
    await put("kept.txt", "changed\n");
    git("commit", "--quiet", "-a", "-m", "Change kept\n\nWith a reason.");
    await mkdir(join(root, "sub dir"));
    await rename(join(root, "moved.txt"), join(root, "sub dir/moved ünd.txt"));
    git("add", "--all");
    await rm(join(root, "gone.txt"));
    await put("new\nline.txt", "diff --git a/x b/x\n@@ -1 +1 @@\n");
    await put("image.bin", "\0\0");
    await put("run.ndjson", "a log names everything\n");
    const base = await mergeBase(options(), "main");
    assert.equal(base, git("rev-parse", "main").trim());
    const { files, commits } = await changesSince(options(), base ?? "");
    assert.deepEqual(
      files.map(({ path, previousPath, status }) => [path, previousPath, status]).toSorted(),
      [
        ["gone.txt", undefined, "removed"],
        ["image.bin", undefined, "added"],
        ["kept.txt", undefined, "modified"],
        ["new\nline.txt", undefined, "added"],
        ["sub dir/moved ünd.txt", "moved.txt", "renamed"],
      ].toSorted(),
    );
    const patchOf = (path: string): string | undefined => files.find((file) => file.path === path)?.patch;
    assert.match(patchOf("gone.txt") ?? "", /^@@ -1 \+0,0 @@\n-gone/);
    assert.equal(patchOf("new\nline.txt"), "@@ -0,0 +1,2 @@\n+diff --git a/x b/x\n+@@ -1 +1 @@");
    assert.equal(patchOf("image.bin"), undefined);
    const why = files.flatMap(({ path, noLines }) => (noLines === undefined ? [] : [[path, noLines]]));
    assert.deepEqual(why.toSorted(), [
      ["image.bin", "binary"],
      ["sub dir/moved ünd.txt", "unchanged"],
    ]);
    assert.deepEqual(
      commits.map(({ message, authoredAt, committedAt, files: own }) => [
        message.trim(),
        authoredAt,
        committedAt,
        own.length,
      ]),
      [["Change kept\n\nWith a reason.", Date.parse("2026-05-31T06:00:00Z"), Date.parse("2026-05-31T06:00:01Z"), 1]],
    );
    assert.match(commits[0]?.files[0]?.patch ?? "", /\+changed/);
  });

  it("know whether a commit is still part of the branch", async () => {
    const first = git("rev-parse", "HEAD").trim();
    await put("kept.txt", "changed\n");
    git("commit", "--quiet", "-a", "-m", "Change kept");
    const second = git("rev-parse", "HEAD").trim();
    assert.equal(await isBelowHead(options(), first), true);
    git("reset", "--quiet", "--hard", first);
    await put("kept.txt", "changed otherwise\n");
    git("commit", "--quiet", "-a", "-m", "Change kept otherwise");
    assert.equal(await isBelowHead(options(), second), false);
    assert.equal(await isBelowHead(options(), "9".repeat(40)), undefined);
  });

  it("count what is more than is kept of them", async () => {
    for (let i = 0; i < 32; i += 1) git("commit", "--quiet", "--allow-empty", "-m", `Commit ${i}`);
    await Promise.all(Array.from({ length: 302 }, (_, i) => put(`new${i}.txt`, "x\n")));
    const { files, commits, totalFiles, totalCommits } = await changesSince(options(), "main");
    assert.deepEqual([files.length, commits.length, totalFiles, totalCommits], [300, 30, 302, 32]);
  });

  it("take no option for a commit's name, and none that is not there", async () => {
    assert.equal(await commitOf(options(), "--output=/tmp/x"), undefined);
    assert.equal(await commitOf(options(), "nowhere"), undefined);
    assert.equal(await commitOf(options(), "HEAD"), git("rev-parse", "HEAD").trim());
    assert.equal(await mergeBase(options(), "nowhere"), undefined);
  });

  it("run no program that the repository names", async () => {
    const mark = join(root, "ran");
    git("config", "diff.external", `touch ${mark}; true`);
    git("config", "core.fsmonitor", `touch ${mark}; true`);
    git("config", "diff.x.textconv", `touch ${mark}; cat`);
    await put(".gitattributes", "* diff=x\n");
    await put("kept.txt", "changed\n");
    const { files } = await changesSince(options(), "HEAD");
    assert.ok(files.some(({ path }) => path === "kept.txt"));
    assert.ok(!files.some(({ path }) => path === "ran"));
  });
});

describe("what git prints", () => {
  it("is read whatever it is", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (names, diff) => {
        const files = parseNames(names);
        assert.equal(withPatches(files, diff).length, files.length);
      }),
    );
  });
});
