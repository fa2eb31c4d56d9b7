// Traps on the way from an event to a line. What the rules find where nothing is in the way is judged by the labelled set.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { RunEvent } from "../../../collector/protocol/events.ts";
import { LabelledRun, nothing } from "../../test/diff/labelledRun.ts";
import { ChangeIndex } from "./changeIndex.ts";
import type { Candidate, ChangeCommit, ChangedFile } from "./changes.ts";
import { pullChanges } from "./pullChanges.ts";
import { relate, type Relation } from "./relate.ts";
import { RepositoryRoots } from "./repositoryRoots.ts";
import { RunFacts } from "./runFacts.ts";

const added = (path: string, ...lines: readonly string[]): ChangedFile => ({
  path,
  status: "added",
  patch: [`@@ -0,0 +1,${lines.length} @@`, ...lines.map((line) => `+${line}`)].join("\n"),
});

const commit = (time: string, files: readonly ChangedFile[], authored = time): ChangeCommit => ({
  sha: "a1b2c3d4",
  message: `at ${time}`,
  authoredAt: Date.parse(`2026-05-31T${authored}Z`),
  committedAt: Date.parse(`2026-05-31T${time}Z`),
  files,
});

const newRun = (): LabelledRun => new LabelledRun("octo-org/app", "2026-05-31", "06:00:00");

/** Relates the last event of the run. */
const last = (run: LabelledRun, files: readonly ChangedFile[], commits: readonly ChangeCommit[] = []): Relation => {
  const facts = new RunFacts();
  for (const event of run.events) facts.take(event);
  const event = run.events.at(-1);
  assert.ok(event !== undefined);
  return relate(event, { facts, roots: new RepositoryRoots(facts), changes: new ChangeIndex({ files, commits }) });
};

const best = (relation: Relation): Candidate | undefined => relation.candidates[0];

describe("relate", () => {
  it("does not take another repository's file for this one's", () => {
    const run = newRun();
    const shell = run.exec(["bash"]);
    run.write(shell, "write", ".git/HEAD");
    run.write(shell, "write", "/tmp/other/.git/HEAD");
    run.write(shell, "write", "/tmp/other/README.md");
    const relation = last(run, [added("README.md", "# app")]);
    assert.deepEqual(relation.candidates, []);
    assert.equal(relation.none, "The file is outside the repository.");
  });

  it("finds the repository in a run of no job by its .git", () => {
    const facts = new RunFacts();
    const event = {
      v: 1,
      seq: 1,
      t: 1,
      type: "file.write",
      file: { op: "write", path: "/src/app/.git/index" },
    } as RunEvent;
    facts.take(event);
    assert.equal(new RepositoryRoots(facts).relative("/src/app/a/b.ts"), "a/b.ts");
    assert.equal(new RepositoryRoots(facts).relative("/src/application/b.ts"), undefined);
  });

  it("says nothing of secrets that are read", () => {
    const run = newRun();
    const shell = run.exec(["bash"], undefined, undefined, run.call("bash", { command: "python3 app.py" }));
    run.read(run.exec(["python3", "app.py"], shell), "/home/runner/.ssh/id_ed25519");
    const relation = last(run, [added("app.py", "import os")]);
    assert.deepEqual(relation.candidates, []);
    assert.ok(relation.none !== undefined);
  });

  for (const [command, name] of [
    ["pip install -r requirements.txt", "runs in its shell's directory, not in the agent's"],
    ["cd sub && pip install -r ../requirements.txt", "goes somewhere first, from a directory of the repository"],
  ] as const)
    it(`reads a tool call that ${name}`, () => {
      const run = newRun();
      const agent = run.exec(["node", "index.js"], undefined, undefined, undefined, { cwd: "/home/runner/work/_temp" });
      const call = run.call("bash", { command });
      const start = { ...run.events.at(-1), process: agent } as RunEvent;
      run.exec(["pip", "install", "-r", "requirements.txt"], agent, undefined, call, { cwd: run.root });
      run.events.push({ ...start, seq: run.events.length + 1, type: "tool.end" } as RunEvent);
      const found = best(last(run, [added("requirements.txt", "pillow==11.0.0")]));
      assert.equal(found?.path, "requirements.txt");
      assert.equal(found.line, 1);
    });

  it("goes to a file without lines where the patch is missing", () => {
    const run = newRun();
    run.write(run.exec(["bash"]), "write", "logo.png");
    assert.deepEqual(best(last(run, [{ path: "logo.png", status: "modified" }]))?.line, undefined);
    assert.equal(best(last(run, [{ path: "logo.png", status: "modified" }]))?.path, "logo.png");
  });

  it("goes to the old side for what is only removed", () => {
    const run = newRun();
    run.write(run.exec(["bash"]), "unlink", "old.ts");
    const patch = "@@ -1,2 +0,0 @@\n-const a = 1;\n-const b = 2;";
    const found = best(last(run, [{ path: "old.ts", status: "removed", patch }]));
    assert.deepEqual([found?.side, found?.line], ["left", 1]);
  });

  it("is not sure where a host stands in several files alike", () => {
    const run = newRun();
    run.connect(run.exec(["curl", "x"]), "api.octo.example");
    const line = 'const url = "https://api.octo.example/v1";';
    const relation = last(run, [added("src/a.ts", line), added("src/b.ts", line)]);
    assert.ok((best(relation)?.score ?? 1) < 0.8);
    assert.deepEqual(
      relation.candidates.map(({ path }) => path),
      ["src/a.ts", "src/b.ts"],
    );
  });

  it("prefers the one that its process runs", () => {
    const run = newRun();
    run.connect(run.exec(["node", "src/b.ts"]), "api.octo.example");
    const line = 'const url = "https://api.octo.example/v1";';
    const found = best(last(run, [added("src/a.ts", line), added("src/b.ts", line)]));
    assert.equal(found?.path, "src/b.ts");
    assert.ok((found?.score ?? 0) >= 0.8);
  });

  it("does not take an import for a host that is connected to", () => {
    const run = newRun();
    run.connect(run.exec(["git", "fetch"]), "github.com");
    assert.ok((best(last(run, [added("a.go", 'import "github.com/o/r"')]))?.score ?? 0) < 0.5);
  });

  it("takes the commit of the time, where a rebase gave all commits one time too", () => {
    const run = newRun();
    run.clock("06:05:00");
    run.write(run.exec(["bash"]), "create", "probe.ts");
    const commits = [
      commit("09:00:00", [added("first.ts", "first")], "06:02:00"),
      commit("09:00:01", [added("probe.ts", "probe")], "06:06:00"),
    ];
    const found = best(last(run, [added("first.ts", "first")], commits));
    assert.deepEqual([found?.path, found?.commit], ["probe.ts", "a1b2c3d4"]);
    assert.ok((found?.score ?? 1) < 0.8);
  });

  it("follows a file that was written under another name first", () => {
    const run = newRun();
    const shell = run.exec(["bash"]);
    run.write(shell, "rename", "src/a.ts", undefined, { from: "src/.a.ts.swp" });
    run.write(shell, "write", "src/.a.ts.swp");
    assert.equal(best(last(run, [added("src/a.ts", "const a = 1;")]))?.path, "src/a.ts");
  });

  it("inherits from the process above, and says so", () => {
    const run = newRun();
    const script = run.exec(["sh", "tools/fetch.sh"]);
    run.connect(run.exec(["curl", "$URL"], script), "elsewhere.example");
    const found = best(last(run, [added("tools/fetch.sh", "#!/bin/sh", 'curl "$URL"')]));
    assert.equal(found?.path, "tools/fetch.sh");
    assert.ok((found?.score ?? 1) < 0.8);
    assert.match(found?.reason ?? "", /process/);
  });

  it("finds a line that a later commit has taken out of a file that is still in the change", () => {
    const run = newRun();
    run.clock("06:01:00");
    run.connect(run.exec(["python3", "elsewhere.py"]), "retry.octo.example");
    const line = 'RETRY = "https://retry.octo.example/v1"';
    const commits = [
      commit("06:02:00", [added("app.py", "import os", line)]),
      commit("06:03:00", [{ path: "app.py", status: "modified", patch: `@@ -1,2 +1 @@\n import os\n-${line}` }]),
    ];
    const found = best(last(run, [added("app.py", "import os")], commits));
    assert.deepEqual([found?.path, found?.line, found?.commit], ["app.py", 2, "a1b2c3d4"]);
    assert.match(found?.reason ?? "", /not in the final diff/);
    // What still stands there is no news of a commit.
    assert.equal(best(last(run, [added("app.py", line)], commits))?.commit, undefined);
  });

  it("finds a file that is gone sooner than a line that only names its directory", () => {
    const run = newRun();
    run.clock("06:01:00");
    run.write(run.exec(["bash"]), "create", "internal/fetch/trace.go");
    const commits = [commit("06:02:00", [added("internal/fetch/trace.go", "package fetch")])];
    const found = best(last(run, [added("cmd/main.go", 'import "octo.example/app/internal/fetch"')], commits));
    assert.deepEqual([found?.path, found?.commit], ["internal/fetch/trace.go", "a1b2c3d4"]);
  });

  it("takes the manifest that the command names, and is not sure where none is named", () => {
    const files = [
      added("a/requirements.txt", "click==8.1.7", "httpx==0.27.0"),
      added("b/requirements.txt", "httpx==0.27.0"),
    ];
    const named = newRun();
    const pip = named.exec(["pip", "install", "-r", "b/requirements.txt"]);
    named.request(pip, "GET", "pypi.org", "/simple/httpx/");
    assert.equal(best(last(named, files))?.path, "b/requirements.txt");
    assert.ok((best(last(named, files))?.score ?? 0) >= 0.8);
    const inside = newRun();
    const cwd = `${inside.root}/a`;
    const other = inside.exec(["pip", "install", "httpx"], undefined, undefined, undefined, { cwd });
    inside.request(other, "GET", "pypi.org", "/simple/httpx/");
    assert.equal(best(last(inside, files))?.path, "a/requirements.txt");
    const unknown = newRun();
    unknown.request(unknown.exec(["python3", "fetch.py"]), "GET", "pypi.org", "/simple/httpx/");
    assert.ok((best(last(unknown, files))?.score ?? 1) < 0.8);
  });

  it("says nothing of what an interpreter keeps for itself", () => {
    const run = newRun();
    run.write(run.exec(["python3", "app.py"]), "create", "__pycache__/app.cpython-312.pyc");
    assert.deepEqual(last(run, [added("app.py", "import os")]).candidates, []);
  });

  it("does not take one command of a call for what another one names", () => {
    const files = [added("src/a.go", "package a")];
    const run = newRun();
    const call = run.call("bash", { command: "gofmt -w src/a.go && lint run ./..." });
    const shell = run.exec(["bash"], undefined, undefined, call);
    run.exec(["gofmt", "-w", "src/a.go"], shell);
    assert.equal(best(last(run, files))?.path, "src/a.go");
    run.exec(["lint", "run", "./..."], shell);
    assert.deepEqual(last(run, files).candidates, []);
  });

  it("goes to the source of a program that Cargo has built", () => {
    const run = newRun();
    run.exec(["agent/target/debug/agent"]);
    assert.equal(best(last(run, [added("agent/src/main.rs", "fn main() {}")]))?.path, "agent/src/main.rs");
    run.exec(["../target/release/tool"], undefined, undefined, undefined, { cwd: `${run.root}/sub` });
    assert.equal(best(last(run, [added("src/bin/tool.rs", "fn main() {}")]))?.path, "src/bin/tool.rs");
  });

  it("offers a bundle that names the host where nothing else does, and is not sure", () => {
    const run = newRun();
    run.connect(run.exec(["chromium"]), "stats.octo.example");
    const bundle = `a="https://stats.octo.example/c";${"x=1;".repeat(1000)}`;
    const found = best(last(run, [added("public/app.min.js", bundle)]));
    assert.equal(found?.path, "public/app.min.js");
    assert.ok((found?.score ?? 1) < 0.6);
  });

  it("names one line where an event for many files changes one of the diff's", () => {
    const run = newRun();
    run.writeMany(run.exec(["bash"]), "src", { "": ["a.ts", "b.ts"], "deep/": ["c.ts"] }, nothing);
    assert.equal(best(last(run, [added("src/deep/c.ts", "const c = 1;")]))?.path, "src/deep/c.ts");
  });

  it("never throws, and keeps scores between 0 and 1", () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom("__proto__", "constructor", "../..", "/", "a/../../b", "https://"),
    );
    const file = fc.record({ path: text, status: fc.constant("modified" as const), patch: text });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 6 }), fc.array(file, { maxLength: 4 }), text, (words, files, host) => {
        const run = newRun();
        const call = run.call("bash", { command: words.join(" "), path: host });
        const process = run.exec(words, undefined, undefined, call, { cwd: host });
        run.connect(process, host);
        const patched = files.map((one) => ({ ...one, patch: `@@ -1 +1 @@\n+${one.patch}` }));
        for (const { score } of last(run, patched).candidates) assert.ok(score >= 0 && score <= 1);
        run.write(process, "write", host);
        last(run, patched);
      }),
    );
  });
});

describe("pullChanges", () => {
  it("says why a file has no lines", () => {
    const file = { filename: "f", additions: 0, deletions: 0 };
    const changes = pullChanges(
      [
        { ...file, status: "added" },
        { ...file, status: "modified", additions: 40_000 },
        { ...file, status: "renamed", previousFilename: "g" },
        { ...file, status: "modified", additions: 1, patch: "@@ -1 +1 @@\n+x" },
      ],
      [],
    );
    assert.deepEqual(
      changes.files.map(({ noLines }) => noLines),
      ["binary", "tooLarge", "unchanged", undefined],
    );
  });

  it("drops what is no path of the repository", () => {
    const names = ["../../etc/passwd", "/etc/passwd", "a/../../b", "", "a\0b", "a/..b/ok.ts"];
    const files = names.map((filename) => ({ filename, status: "added" as const, additions: 1, deletions: 0 }));
    assert.deepEqual(
      pullChanges(files, []).files.map(({ path }) => path),
      ["a/..b/ok.ts"],
    );
  });
});
