import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { blocking, hardened } from "../../test/judged.ts";
import { runLint } from "./lint.ts";

interface Report {
  readonly version: number;
  readonly files: readonly {
    readonly path: string;
    readonly diagnostics: readonly {
      rule: string;
      severity: string;
      range: { start: { line: number; character: number } };
      fixes: { edits: unknown[]; unsafe?: boolean }[];
    }[];
  }[];
}

describe("lint on the command line", () => {
  let folder = "";
  let workflows = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "runglass-lint-"));
    workflows = join(folder, ".github/workflows");
    mkdirSync(workflows, { recursive: true });
    mkdirSync(join(folder, "setup"));
    mkdirSync(join(folder, "node_modules/x/.github/workflows"), { recursive: true });
    writeFileSync(join(folder, "node_modules/x/.github/workflows/a.yml"), blocking("https://a"));
    writeFileSync(
      join(folder, "setup/action.yaml"),
      "runs:\n  using: composite\n  steps:\n    - uses: step-security/harden-runner@v2\n",
    );
    writeFileSync(join(workflows, "ok.yml"), "on: push\n");
    writeFileSync(join(workflows, "broken.yaml"), "\u0000{[");
    symlinkSync("/nowhere", join(workflows, "dangling.yml"));
    spawnSync("mkfifo", [join(workflows, "pipe.yml")]);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(() => writeFileSync(join(workflows, "ci.yml"), blocking("pypi.org:g443")));

  const lint = async (...argv: readonly string[]): Promise<{ code: number; out: string; said: string }> => {
    let [out, said] = ["", ""];
    const code = await runLint(argv, {
      write: (text) => (out += text),
      say: (text) => (said += `${text}\n`),
      version: "1.2.3",
    });
    return { code, out, said };
  };
  const json = async (...argv: readonly string[]): Promise<{ code: number; report: Report; said: string }> => {
    const { code, out, said } = await lint("--format", "json", ...argv);
    return { code, report: JSON.parse(out) as Report, said };
  };

  it("knows files by their whole path, also from inside of their folder", async () => {
    const before = process.cwd();
    const name = "copilot-setup-steps.yml";
    writeFileSync(join(workflows, name), "on: push\njobs:\n  copilot-setup-steps:\n    runs-on: ubuntu-latest\n");
    try {
      process.chdir(workflows);
      const { report } = await json(name);
      assert.deepEqual(report.files, [{ path: name, diagnostics: [] }]);
      assert.ok((await json(".")).report.files.some(({ path }) => path === name));
    } finally {
      process.chdir(before);
      rmSync(join(workflows, name));
    }
  });

  it("says of Copilot's file where it is on another branch than the one that Copilot reads", async () => {
    const name = join(workflows, "copilot-setup-steps.yml");
    writeFileSync(name, "on: workflow_dispatch\njobs:\n  copilot-setup-steps:\n    runs-on: ubuntu-latest\n");
    const git = join(folder, ".git");
    mkdirSync(join(git, "refs/remotes/origin"), { recursive: true });
    writeFileSync(join(git, "HEAD"), "ref: refs/heads/topic\n");
    writeFileSync(join(git, "refs/remotes/origin/HEAD"), "ref: refs/remotes/origin/main\n");
    try {
      assert.match(
        (await lint(name)).out,
        /Copilot reads this file from main; here it is topic \[copilot\/not-default-branch\]/,
      );
      writeFileSync(join(git, "HEAD"), "ref: refs/heads/main\n");
      assert.equal((await lint(name)).code, 0);
    } finally {
      rmSync(git, { recursive: true });
      rmSync(name);
    }
  });

  it("looks at workflows and actions below a folder, and at nothing else", async () => {
    const { code, report } = await json(folder);
    assert.equal(code, 1);
    assert.equal(report.version, 1);
    assert.deepEqual(
      report.files.map(({ path, diagnostics }) => [path.slice(folder.length + 1), diagnostics.map(({ rule }) => rule)]),
      [
        [".github/workflows/broken.yaml", []],
        [".github/workflows/ci.yml", ["endpoint/invalid-port"]],
        [".github/workflows/ok.yml", []],
        ["setup/action.yaml", ["policy/implicit-block", "step/local-composite", "step/unpinned-ref"]],
      ],
    );
    const [finding] = report.files[1]!.diagnostics;
    assert.deepEqual(finding?.range.start, { line: 9, character: 12 });
    assert.equal(finding?.severity, "error");
  });

  it("says nothing and ends with 0 where there is nothing to say", async () => {
    const { code, out } = await lint(join(workflows, "ok.yml"));
    assert.deepEqual([code, out], [0, "1 file: nothing to say\n"]);
  });

  it("mends what is safe to mend, once", async () => {
    const path = join(workflows, "ci.yml");
    assert.equal((await lint("--fix", path)).code, 0);
    assert.equal(readFileSync(path, "utf8"), blocking("pypi.org:443"));
    writeFileSync(path, hardened("egress-policy: audit", "allowed-endpoints: pypi.org:443"));
    const { code, out } = await lint(path, "--fix");
    assert.equal(code, 1);
    assert.match(out, /policy\/audit-with-list/);
    assert.equal(readFileSync(path, "utf8"), hardened("egress-policy: audit", "allowed-endpoints: pypi.org:443"));
  });

  it("tells as many findings of a file as anybody could read, and how many are left", async () => {
    const path = join(workflows, "ci.yml");
    writeFileSync(path, hardened("egress-policy: block", `allowed-endpoints: "${"a.b:c ".repeat(50_003)}"`));
    const { out, said, code } = await lint(path);
    assert.equal(code, 1);
    assert.equal(out.split("\n").length, 50_002);
    assert.match(said, /ci\.yml: \d+ findings more are not told/);
  });

  it("does not end with 0 where findings are not told, or fixes are left, however severe they are", async () => {
    const path = join(workflows, "ci.yml");
    const config = join(folder, ".github/runglass.yml");
    writeFileSync(config, `lint:\n  rules:\n    endpoint/invalid-port: hint\n    endpoint/duplicate: hint\n`);
    writeFileSync(path, hardened("egress-policy: block", `allowed-endpoints: "${"a.b:c ".repeat(50_003)}"`));
    const cut = await lint(path, "--fail-on", "error");
    rmSync(config);
    assert.doesNotMatch(cut.out, /: error:/);
    assert.match(cut.said, /findings more are not told/);
    assert.equal(cut.code, 1);
    writeFileSync(path, `x: "\n${"uses: step-security/harden-runner@v2\n".repeat(26_000)}`);
    const left = await lint(path, "--fix", "--fail-on", "error");
    assert.doesNotMatch(left.out, /: error:/);
    assert.match(left.said, /some fixes are left/);
    assert.equal(left.code, 1);
  }).timeout(30_000);

  it("prints SARIF and annotations", async () => {
    const { out } = await lint("--format=sarif", join(workflows, "ci.yml"));
    const sarif = JSON.parse(out) as {
      version: string;
      runs: {
        results: { ruleId: string; ruleIndex: number; level: string }[];
        tool: { driver: { rules: { id: string }[] } };
      }[];
    };
    assert.equal(sarif.version, "2.1.0");
    const [result] = sarif.runs[0]!.results;
    assert.equal(sarif.runs[0]!.tool.driver.rules[result!.ruleIndex]?.id, "endpoint/invalid-port");
    assert.equal(sarif.runs[0]!.tool.driver.rules.length, 82);
    const github = await lint("--format", "github", join(workflows, "ci.yml"));
    assert.match(
      github.out,
      /^::error file=.*ci\.yml,line=10,endLine=10,col=13,endColumn=26,title=endpoint\/invalid-port::"g443" is no port/,
    );
  });

  it("judges the others where a path or log cannot be read, and ends with 2", async () => {
    const { code, report, said } = await json("/nowhere/a", join(workflows, "ci.yml"), "--observed", "/nowhere/b");
    assert.equal(code, 2);
    assert.equal(report.files.length, 1);
    assert.match(
      said,
      /lint: \/nowhere\/b: there is no such file.*\n.*lint: \/nowhere\/a: there is no such file or folder: check/,
    );
  });

  it("names the option that was perhaps meant", async () => {
    for (const [argv, wanted] of [
      [["--formt", "json"], /^lint: unknown option "--formt": did you mean "--format"\?$/],
      [["--qwertyuiop"], /^lint: unknown option "--qwertyuiop": see "runglass lint --help"$/],
      [["-x"], /^lint: unknown option "-x": see "runglass lint --help"$/],
      [["--fix=1"], /^lint: Option '--fix' does not take an argument: see "runglass lint --help"$/],
      [["--format"], /^lint: .*--format.*: see "runglass lint --help"$/],
    ] as const) {
      const { code, said, out } = await lint(...argv);
      assert.deepEqual([code, out], [2, ""]);
      assert.match(said.trimEnd(), wanted);
    }
  });

  it("compares with recorded runs, whose broken lines it passes over", async () => {
    const log = join(folder, "run.ndjson");
    const flow = {
      id: "f",
      protocol: "tcp",
      local: { ip: "192.0.2.1", port: 1 },
      remote: { ip: "198.51.100.7", port: 443 },
    };
    const start = {
      run: { id: "1", job: "build", workflow: ".github/workflows/ci.yml" },
      host: { name: "", os: "", kernel: "", arch: "" },
      collector: { version: "" },
      policy: { mode: "none", endpoints: [] },
    };
    writeFileSync(
      log,
      [
        JSON.stringify({ v: 1, seq: 1, t: 1, type: "run.start", ...start }),
        "broken {",
        JSON.stringify({
          v: 1,
          seq: 2,
          t: 2,
          type: "net.connect",
          flow,
          host: { name: "pypi.org", source: "sni" },
          result: "ok",
        }),
        "",
      ].join("\n"),
    );
    writeFileSync(join(workflows, "ci.yml"), blocking("github.com:443"));
    const { out } = await lint("--observed", log, join(workflows, "ci.yml"));
    assert.match(out, /error: pypi\.org:443 is not allowed .*\[observed\/missing-endpoint\]/);
  });

  it("says of a log what of it cannot be read, and ends with 2 where that is all of it", async () => {
    writeFileSync(join(workflows, "ci.yml"), blocking("pypi.org:443"));
    const observe = async (text: string): Promise<unknown[]> => {
      const log = join(folder, "odd.ndjson");
      writeFileSync(log, text);
      const { code, said } = await lint("--observed", log, join(workflows, "ci.yml"));
      return [code, said.replace(`lint: ${log}: `, "").trimEnd()];
    };
    assert.deepEqual(await observe("# no log\n"), [2, "no line of it is an event: is it the log of a run?"]);
    assert.deepEqual(await observe('{"v":2,"type":"run.start"}\n'), [
      2,
      "it was written by a newer Runglass: update this one",
    ]);
    assert.deepEqual(await observe(""), [0, "it is empty"]);
    assert.deepEqual(await observe('{"v":1,"seq":1,"t":1,"type":"loss","source":"x","lost":1}\n'), [
      0,
      "it does not say which job it is of, so that no policy is compared with it",
    ]);
    const job = '{"v":1,"seq":1,"t":1,"type":"run.start","run":{"job":"build","workflow":"x"}}\n';
    assert.deepEqual(await observe(`${job}{"v":1,"seq"`), [0, ""]);
  });

  it("mends nothing that is suppressed, and takes a suppression away that has no effect any more", async () => {
    const path = join(workflows, "ci.yml");
    const list = (header: string, ...entries: string[]): string =>
      blocking(...entries).replace("allowed-endpoints: >", `allowed-endpoints: >${header}`);
    const kept = list(" # runglass: ignore[endpoint/invalid-port] the proxy wants it", "pypi.org:g443");
    writeFileSync(path, kept);
    assert.equal((await lint("--fix", path)).code, 0);
    assert.equal(readFileSync(path, "utf8"), kept);
    writeFileSync(path, list(" # runglass: ignore[endpoint/cidr] none", "pypi.org:g443"));
    assert.equal((await lint("--fix", path)).code, 0);
    assert.equal(readFileSync(path, "utf8"), list("", "pypi.org:443"));
  });

  for (const [argv, message] of [
    [["--format", "xml"], /--format xml: use one of text, json, sarif, github/],
    [["--what"], /--what/],
    [["--fail-on", "never"], /--fail-on never/],
  ] as const) {
    it(`refuses ${argv.join(" ")}`, async () => {
      const { code, said } = await lint(...argv);
      assert.equal(code, 2);
      assert.match(said, message);
    });
  }

  it("takes a repository's choice of rules, and tells what is wrong in it", async () => {
    const config = join(folder, ".github/runglass.yml");
    writeFileSync(join(workflows, "ci.yml"), blocking("pypi.org"));
    writeFileSync(config, "lint:\n  rules:\n    endpoint/missing-port: off\n");
    assert.equal((await lint(join(workflows, "ci.yml"))).code, 0);
    writeFileSync(config, "lint:\n  rules:\n    endpoint/missing-prt: off\n");
    const { code, said } = await lint(join(workflows, "ci.yml"));
    rmSync(config);
    assert.equal(code, 2);
    assert.match(said, /runglass\.yml:3:5: there is no rule "endpoint\/missing-prt": is it endpoint\/missing-port\?/);
  });

  it("counts what is asked to count", async () => {
    writeFileSync(join(workflows, "ci.yml"), blocking("pypi.org"));
    assert.equal((await lint(join(workflows, "ci.yml"))).code, 1);
    assert.equal((await lint("--fail-on", "warning", join(workflows, "ci.yml"))).code, 0);
  });
});
