import assert from "node:assert/strict";
import { UserError } from "../errors.ts";
import { collectArguments } from "./collectArguments.ts";
import { readInputs, type Inputs } from "./inputs.ts";

const argumentsOf = (
  inputs: Partial<Inputs>,
): { readonly args: readonly string[]; readonly warnings: readonly string[] } =>
  collectArguments({ ...readInputs({}), ...inputs }, "/log", "/token");

describe("collectArguments", () => {
  const always = ["--out", "/log", "--exclude", String(process.pid), "--until-told"];

  it("judges nothing where there is no list to judge by", () => {
    assert.deepEqual(argumentsOf({}).args, always);
    assert.deepEqual(argumentsOf({ allowedEndpoints: " \n" }).args, always);
  });

  it("says what the inputs say", () => {
    const { args } = argumentsOf({
      allowedEndpoints: "-x\n# none",
      cgroup: "/sys/fs/cgroup/job",
      listen: "127.0.0.1:0",
      disableFileMonitoring: true,
    });
    const listen = ["--listen", "127.0.0.1:0", "--token-file", "/token"];
    const policy = ["--egress-policy", "audit", "--allowed-endpoints=-x\n# none"];
    assert.deepEqual(args, [...always, "--cgroup", "/sys/fs/cgroup/job", ...listen, "--no-files", ...policy]);
  });

  it("means the whole machine where it blocks and no control group is named", () => {
    const policy = ["--egress-policy", "block", "--allowed-endpoints="];
    assert.deepEqual(argumentsOf({ egressPolicy: "block" }).args, [...always, "--whole-machine", ...policy]);
    const audited = argumentsOf({ egressPolicy: "block", cgroup: "/c", onUnenforceable: "audit" });
    assert.deepEqual(audited.args, [...always, "--cgroup", "/c", ...policy, "--on-unenforceable", "audit"]);
  });

  it("takes a list of Harden-Runner's as it is meant, and says what it does not allow", () => {
    const list = "github.com:443 *.github.com:443 *pypi.org:443\n";
    const { args, warnings } = argumentsOf({ dialect: "harden-runner", allowedEndpoints: list });
    assert.equal(args.at(-1), "--allowed-endpoints=github.com\n*.github.com\npypi.org\n*.pypi.org");
    assert.match(warnings.join("\n"), /line 1, column \d+: it allows every name that begins with/);
    assert.match(warnings.join("\n"), /\*pypi\.org:443 does not allow names such as evilpypi\.org/);
  });

  it("refuses a list of Harden-Runner's that would have let the job run open", () => {
    const list = "github.com:443 https://pypi.org/";
    const refused = (error: unknown): boolean =>
      error instanceof UserError &&
      error.exitCode === 2 &&
      /runs the job open.*line 1, column 16: /.test(error.message);
    assert.throws(() => argumentsOf({ dialect: "harden-runner", allowedEndpoints: list }), refused);
  });
});
