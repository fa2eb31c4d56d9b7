import assert from "node:assert/strict";
import { fixed, found, only } from "../../../test/judged.ts";

const PATH = ".github/workflows/copilot-setup-steps.yml";
const RULE = "copilot/";
const MONITOR = ["  - uses: step-security/harden-runner@v2", "    with:", "      egress-policy: audit"];

const setup = (...lines: readonly string[]): string =>
  ["on: workflow_dispatch", "jobs:", "  copilot-setup-steps:", ...lines.map((line) => `    ${line}`), ""].join("\n");
const sound = ["runs-on: ubuntu-latest", "steps:", ...MONITOR];

describe("rules about Copilot's files", () => {
  it("have nothing to say of a sound one, nor of other files", () => {
    assert.deepEqual(found(setup(...sound), RULE, PATH), []);
    assert.deepEqual(found("on: x\njobs:\n  a:\n    runs-on: macos-latest\n", RULE, ".github/workflows/ci.yml"), []);
  });

  it("judge the file of Copilot's reviews as well, whose job may have its name", () => {
    const review = ".github/workflows/copilot-code-review.yml";
    assert.deepEqual(found(setup(...sound), RULE, review), []);
    const own = setup(...sound).replace("copilot-setup-steps", "copilot-code-review");
    assert.deepEqual(found(own, RULE, review), []);
    assert.deepEqual(found(own, RULE, PATH), [`copilot/job-name "copilot-code-review"`]);
    assert.deepEqual(found(setup("timeout-minutes: 90", "name: x", ...sound), RULE, review), [
      `copilot/timeout-max "90"`,
      `copilot/ignored-key "name: x"`,
    ]);
  });

  it("job-name, single-job", () => {
    const text = "on: push\njobs:\n  setup:\n    runs-on: ubuntu-latest\n  more:\n    runs-on: ubuntu-latest\n";
    assert.deepEqual(found(text, RULE, PATH), [`copilot/job-name "setup"`, `copilot/single-job "more"`]);
    assert.ok(fixed(text, "copilot/job-name", PATH).includes("\n  copilot-setup-steps:\n"));
  });

  for (const [lines, finding, after] of [
    [["env:", "  A: b", ...sound], `copilot/ignored-key "env:\\n      A: b"`, sound],
    [["timeout-minutes: 90", ...sound], `copilot/timeout-max "90"`, ["timeout-minutes: 59", ...sound]],
    [
      ["permissions:", "  contents: write", ...sound],
      `copilot/broad-permissions "contents: write"`,
      ["permissions:", "  contents: read", ...sound],
    ],
    [
      ["permissions: write-all", ...sound],
      `copilot/broad-permissions "permissions: write-all"`,
      ["permissions: read-all", ...sound],
    ],
    [["runs-on: macos-latest", "steps:", ...MONITOR], `copilot/unsupported-runner "macos-latest"`, sound],
    [["runs-on: self-hosted", "steps:", ...MONITOR], `copilot/unsupported-runner "self-hosted"`, sound],
    [
      [...sound, "  - uses: actions/checkout@v5", "    with:", "      fetch-depth: 0", "      lfs: true"],
      `copilot/fetch-depth-ignored "fetch-depth: 0"`,
      [...sound, "  - uses: actions/checkout@v5", "    with:", "      lfs: true"],
    ],
    [
      ["runs-on: ubuntu-latest", "steps:", "  - run: make"],
      `copilot/no-egress-monitor "copilot-setup-steps"`,
      undefined,
    ],
    [
      [...sound, "  - run: make", "    env:", "      COPILOT_AGENT_FIREWALL_ENABLED: false", "      B: c"],
      `copilot/firewall-env "COPILOT_AGENT_FIREWALL_ENABLED: false"`,
      [...sound, "  - run: make", "    env:", "      B: c"],
    ],
    [
      [
        "runs-on: ubuntu-latest",
        "steps:",
        "  - uses: step-security/harden-runner@v2",
        "    with:",
        "      egress-policy: block",
        "      allowed-endpoints: github.com:443 uploads.github.com:443",
      ],
      `copilot/agent-hosts-blocked "allowed-endpoints: github.com:443 uploads.github.com:443"`,
      undefined,
    ],
  ] as const) {
    it(finding, () => {
      const text = setup(...lines);
      assert.deepEqual(found(text, RULE, PATH), [finding]);
      if (after !== undefined) assert.equal(fixed(text, finding.split(" ")[0]!, PATH), setup(...after));
    });
  }

  it("wrong-path, missing-validation-triggers, not-default-branch", () => {
    assert.deepEqual(found(setup(...sound), "copilot/wrong", PATH.replace(".yml", ".yaml")), [
      `copilot/wrong-path "on: workflow_dispatch"`,
    ]);
    const text = setup(...sound).replace("workflow_dispatch", "schedule");
    assert.deepEqual(found(text, RULE, PATH), [`copilot/missing-validation-triggers "on"`]);
    const branch = { current: "topic", main: "main" };
    assert.deepEqual(found(setup(...sound), RULE, PATH, { branch }), [
      `copilot/not-default-branch "on: workflow_dispatch"`,
    ]);
    assert.deepEqual(found(setup(...sound), RULE, PATH, { branch: { current: "main", main: "main" } }), []);
  });

  it("agent-hosts-blocked: an error without the host of any plan, a note where some of it does not work", () => {
    const listing = (...hosts: readonly string[]): string =>
      setup(
        "runs-on: ubuntu-latest",
        "steps:",
        "  - uses: step-security/harden-runner@v2",
        "    with:",
        "      egress-policy: block",
        `      allowed-endpoints: '${hosts.map((host) => `${host}:443`).join(" ")}'`,
      );
    const others = ["uploads.github.com", "user-images.githubusercontent.com"];
    const id = "copilot/agent-hosts-blocked";
    assert.deepEqual(found(listing("*.githubcopilot.com", ...others), RULE, PATH), []);
    assert.deepEqual(found(listing("api.business.githubcopilot.com", ...others), RULE, PATH), []);
    const told = (...hosts: readonly string[]): unknown[] => {
      const { severity, message } = only(listing(...hosts), id, PATH);
      return [severity, message.replace(/^.*: add /, "")];
    };
    const plans = "*.githubcopilot.com:443";
    assert.deepEqual(told("github.com", ...others), ["error", plans]);
    assert.deepEqual(told("api.githubcopilot.com", ...others), ["info", plans]);
    assert.deepEqual(told("api.business.githubcopilot.com", "uploads.github.com"), ["info", `${others[1]}:443`]);
    assert.equal(
      fixed(listing("api.githubcopilot.com"), id, PATH),
      listing("api.githubcopilot.com", "*.githubcopilot.com", ...others),
    );
  });
});
