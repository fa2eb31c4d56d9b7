import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { branchesOf } from "./branches.ts";

describe("the branches of a repository", () => {
  let folder = "";
  before(() => (folder = mkdtempSync(join(tmpdir(), "runglass-branches-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const git = (at: string, ...argv: readonly string[]): void =>
    void execFileSync("git", ["-C", at, "-c", "user.name=a", "-c", "user.email=a@b", ...argv], { stdio: "pipe" });

  it("are read from git's files: of a clone, of a worktree, and of neither", () => {
    const [origin, clone, tree] = ["origin", "clone", "tree"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    mkdirSync(origin);
    git(origin, "init", "-q", "-b", "trunk");
    git(origin, "commit", "-q", "--allow-empty", "-m", "one");
    assert.equal(branchesOf(join(origin, "a.yml")), undefined);
    git(folder, "clone", "-q", origin, clone);
    const inner = join(clone, ".github/workflows/a.yml");
    assert.deepEqual(branchesOf(inner), { current: "trunk", main: "trunk" });
    git(clone, "switch", "-q", "-c", "topic/one");
    assert.deepEqual(branchesOf(inner), { current: "topic/one", main: "trunk" });
    git(clone, "worktree", "add", "-q", tree, "-b", "two");
    assert.deepEqual(branchesOf(join(tree, "a.yml")), { current: "two", main: "trunk" });
    git(clone, "switch", "-q", "--detach");
    assert.equal(branchesOf(inner), undefined);
  });

  it("are not looked for on other computers", () => {
    const [real, tree] = [join(folder, "real"), join(folder, "linked")];
    mkdirSync(join(real, "refs/remotes/origin"), { recursive: true });
    mkdirSync(tree);
    writeFileSync(join(real, "HEAD"), "ref: refs/heads/topic\n");
    writeFileSync(join(real, "refs/remotes/origin/HEAD"), "ref: refs/remotes/origin/main\n");
    const branches = (gitFolder: string, common = "."): unknown => {
      writeFileSync(join(tree, ".git"), `gitdir: ${gitFolder}\n`);
      writeFileSync(join(real, "commondir"), `${common}\n`);
      return branchesOf(join(tree, "a.yml"));
    };
    assert.deepEqual(branches(real), { current: "topic", main: "main" });
    assert.deepEqual(branches(real, real), { current: "topic", main: "main" });
    // Here, two slashes are one.
    assert.equal(branches(`/${real}`), undefined);
    assert.equal(branches(real, `/${real}`), undefined);
    assert.equal(branches("\\\\server\\share"), undefined);
    assert.equal(branches("/\\server/share"), undefined);
  });

  it("are not known where something else is in the place of git's files", () => {
    const odd = join(folder, "odd");
    mkdirSync(join(odd, ".git/refs/remotes/origin"), { recursive: true });
    writeFileSync(join(odd, ".git/refs/remotes/origin/HEAD"), "ref: refs/remotes/origin/main\n");
    execFileSync("mkfifo", [join(odd, ".git/HEAD")]);
    assert.equal(branchesOf(join(odd, "a.yml")), undefined);
    rmSync(join(odd, ".git/HEAD"));
    writeFileSync(join(odd, ".git/HEAD"), "x".repeat(100_000));
    assert.equal(branchesOf(join(odd, "a.yml")), undefined);
  });
});
