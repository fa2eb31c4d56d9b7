// The hooks for pre-commit, run as it runs them: the entry's program with its arguments and the names of files, in the
// repository's own folder.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { blocking, hardened } from "../../test/judged.ts";
import { kindOf } from "../model/workflow.ts";

interface Hook {
  readonly id: string;
  readonly entry: string;
  readonly args: readonly string[];
  readonly language: string;
  readonly files: string;
}

const root = fileURLToPath(new URL("../../..", import.meta.url));
const hooks = parse(readFileSync(join(root, ".pre-commit-hooks.yaml"), "utf8")) as readonly Hook[];

describe("the hooks for pre-commit", () => {
  let folder = "";
  const path = ".github/workflows/ci.yml";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "runglass-hook-"));
    mkdirSync(join(folder, ".github/workflows"), { recursive: true });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** The exit code. A release has beside the Action what a checkout has in `dist`. */
  const run = (id: string, text: string): number | null => {
    const hook = hooks.find((one) => one.id === id);
    assert.ok(hook !== undefined && hook.language === "script");
    writeFileSync(join(folder, path), text);
    const [program = "", ...more] = hook.entry.split(" ");
    assert.match(program, /^collector\/dist\//);
    const built = join(root, program.replace("collector/", ""));
    const { status } = spawnSync(process.execPath, [built, ...more, ...hook.args, path], { cwd: folder });
    return status;
  };

  it("are for the files that are judged, and no others", () => {
    const paths = [
      path,
      "sub/.github/workflows/x.yaml",
      "action.yml",
      "a/action.yaml",
      ".github/workflows/a/b.yml",
      "x.yml",
      "myaction.yml",
      ".github/workflows/x.json",
    ];
    for (const { files } of hooks) {
      const pattern = new RegExp(files);
      for (const one of paths) assert.equal(pattern.test(one), kindOf(one) !== "other", one);
    }
  });

  it("fail at what must be mended, and let hints pass", () => {
    assert.equal(run("runglass-lint", hardened("egress-policy: audit")), 0);
    assert.equal(run("runglass-lint", blocking("pypi.org")), 0);
    assert.equal(run("runglass-lint", blocking("pypi.org:g443")), 1);
  });

  it("mend what is safe to mend", () => {
    assert.equal(run("runglass-lint-fix", blocking("pypi.org:g443")), 0);
    assert.equal(readFileSync(join(folder, path), "utf8"), blocking("pypi.org:443"));
  });
});
