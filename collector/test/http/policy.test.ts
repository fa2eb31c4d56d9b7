// `runglass policy` as a process: suggestions, checks and refusals.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { MAIN, runCli } from "./runCli.ts";
import { Cleanup, temporaryDirectory } from "./support.ts";

const flow = (id: string, port: number): object => ({
  id,
  protocol: "tcp",
  local: { ip: "192.0.2.1", port: 1 },
  remote: { ip: "198.51.100.7", port },
});
const log = [
  { type: "net.connect", flow: flow("f1", 443), host: { name: "pypi.org", source: "dns" }, result: "ok" },
  { type: "net.connect", flow: flow("f2", 22), host: { name: "github.com", source: "dns" }, result: "ok" },
  { type: "run.end", counts: {}, lost: 0 },
]
  .map((event, at) => `${JSON.stringify({ v: 1, seq: at + 1, t: 1_790_000_000_000_000, ...event })}\n`)
  .join("");

describe("runglass policy", function () {
  this.timeout(60_000);
  const cleanup = new Cleanup();
  let directory = "";
  let run = "";
  before(async () => {
    directory = await temporaryDirectory(cleanup);
    run = join(directory, "run.ndjson");
    writeFileSync(run, log);
  });
  after(() => cleanup.run());
  const policyFile = (text: string): string => {
    const path = join(directory, "policy.txt");
    writeFileSync(path, text);
    return path;
  };

  it("suggests in both dialects and as JSON", async () => {
    const own = await runCli(cleanup, "policy", "suggest", run);
    assert.equal(own.code, 0, own.stderr);
    assert.deepEqual(own.stdout.match(/^[^ ]+/gm), ["github.com:22", "pypi.org:443"]);
    const other = await runCli(cleanup, "policy", "suggest", "--dialect", "harden-runner", run);
    assert.match(other.stdout, /\nallowed-endpoints: >\n {2}github\.com:22\n {2}pypi\.org:443\n$/);
    const json = await runCli(cleanup, "policy", "suggest", run, "--format=json");
    const { entries } = JSON.parse(json.stdout) as { entries: { entry: string; connections: number }[] };
    assert.deepEqual(
      entries.map(({ entry, connections }) => [entry, connections]),
      [
        ["github.com:22", 1],
        ["pypi.org:443", 1],
      ],
    );
  });

  it("takes a suggestion as a policy that fits", async () => {
    const { stdout } = await runCli(cleanup, "policy", "suggest", run);
    const fits = await runCli(cleanup, "policy", "check", policyFile(stdout), run);
    assert.equal(fits.code, 0, fits.stdout + fits.stderr);
    assert.match(fits.stdout, /2 endpoints in one run: 2 allowed, 0 would be blocked/);
  });

  it("says what would be blocked, with exit code 1", async () => {
    const { code, stdout } = await runCli(cleanup, "policy", "check", policyFile("pypi.org\n*.example.com\n"), run);
    assert.equal(code, 1);
    assert.match(stdout, /^would be blocked: github\.com:22\/tcp {2}\(once; /m);
    assert.match(stdout, /^not used: \*\.example\.com {2}\(line 2\)$/m);
  });

  it("refuses a policy with errors, each with its place, before it reads a log", async () => {
    const path = policyFile("pypi.org:g443\n  https://github.com\n");
    const { code, stderr, stdout } = await runCli(cleanup, "policy", "check", path, join(directory, "none.ndjson"));
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.ok(stderr.includes(`${path}:1:10: "g443" is no port: 1 to 65535, or * for every one; write "443"`), stderr);
    assert.ok(stderr.includes(`${path}:2:3: a URL needs a path`), stderr);
  });

  it("reads a policy from the shell, and never waits for who may write into a named pipe", async () => {
    const pipe = join(directory, "pipe");
    execFileSync("mkfifo", [pipe]);
    const { code, stderr } = await runCli(cleanup, "policy", "check", pipe, run);
    assert.equal(code, 2);
    assert.match(stderr, /pipe is not a regular file: save the policy to a file first/);
    const script = '"$0" "$1" policy check <(echo "pypi.org github.com:22") "$2"';
    const { stdout } = spawnSync("bash", ["-c", script, process.execPath, MAIN, run], { encoding: "utf8" });
    assert.match(stdout, /2 endpoints in one run: 2 allowed, 0 would be blocked/);
  });

  it("says what Harden-Runner would make of a list", async () => {
    const path = policyFile("pypi.org:443\ngithub.com:22\n");
    const { code, stdout } = await runCli(cleanup, "policy", "check", "--dialect=harden-runner", path, run);
    assert.equal(code, 1);
    assert.match(stdout, /:1:1: a line end does not separate entries: the agent reads "pypi\.org" with port 0/);
    assert.match(stdout, /2 endpoints in one run: 0 allowed, 2 would be blocked/);
  });

  for (const [argv, message] of [
    [[], /policy: say "suggest", "check" or "defaults"/],
    [["sugest"], /unknown action "sugest"/],
    [["suggest"], /name at least one run log/],
    [["check", "p"], /name the policy and at least one run log/],
    [["suggest", "x", "--dialect", "hardenrunner"], /did you mean "harden-runner"\?/],
    [["check", "p", "x", "--format", "json"], /--format belongs to suggest/],
    [["suggest", "/nowhere/x.ndjson"], /\/nowhere\/x\.ndjson/],
    [["defaults", "x"], /policy defaults: it takes no arguments/],
    [["check", "/nowhere/policy", "x"], /policy check: there is no file \/nowhere\/policy: check the path$/m],
    [["check", "/etc", "x"], /policy check: \/etc is a directory: name the policy in it$/m],
    [["check", "/dev/zero", "x"], /policy check: \/dev\/zero is not a regular file: save the policy to a file first$/m],
  ] as const) {
    it(`refuses "policy ${argv.join(" ")}" with one message`, async () => {
      const { code, stderr } = await runCli(cleanup, "policy", ...argv);
      assert.equal(code, 2);
      assert.match(stderr, message);
      assert.equal(stderr.trim().split("\n").length, 1);
    });
  }
});
