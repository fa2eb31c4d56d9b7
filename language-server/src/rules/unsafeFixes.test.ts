// Fixes that change more than their author evidently meant: nobody applies them unasked, and each does what it says.
import assert from "node:assert/strict";
import { applyEdits } from "../lint/applyFixes.ts";
import type { LintOptions } from "../lint/lintText.ts";
import { blocking, found, hardened, only, WORKFLOW } from "../../test/judged.ts";
import { runNeeding } from "../../test/observedRuns.ts";
import { parseDocument } from "yaml";

const PIN = `step-security/harden-runner@${"0".repeat(40)}`;
const SETUP = ".github/workflows/copilot-setup-steps.yml";

interface Options extends LintOptions {
  readonly path?: string;
  /** Which of the fixes: the first where absent. */
  readonly at?: number;
}

/** Applies an unsafe fix of the only finding of a rule; the finding is gone then, and the text is YAML. */
const mended = (text: string, rule: string, { path = WORKFLOW, at = 0, ...options }: Options = {}): string => {
  const fix = only(text, rule, path, options).fixes[at];
  assert.ok(fix !== undefined, `${rule} has a fix`);
  assert.equal(fix.unsafe, true);
  const after = applyEdits(text, fix.edits);
  assert.deepEqual(parseDocument(after).errors, [], after);
  assert.deepEqual(found(after, rule, path, options), []);
  return after;
};

const job = (...lines: readonly string[]): string =>
  ["on: push", "jobs:", "  build:", ...lines.map((line) => `    ${line}`), ""].join("\n");
const steps = (...lines: readonly string[]): string =>
  job("runs-on: ubuntu-latest", "steps:", ...lines.map((line) => `  ${line}`));
const setup = (...lines: readonly string[]): string =>
  ["on: workflow_dispatch", "jobs:", "  copilot-setup-steps:", ...lines.map((line) => `    ${line}`), ""].join("\n");
const monitor = [`- uses: ${PIN}`, "  with:", "    egress-policy: audit"];

describe("fixes that are not applied unasked", () => {
  it("step: to the front, only once, without its condition, on another runner, by its commit", () => {
    assert.equal(mended(steps("- run: make", ...monitor), "step/not-first"), steps(...monitor, "- run: make"));
    assert.equal(
      mended(steps("- run: make", ...monitor).trimEnd(), "step/not-first"),
      `${steps(...monitor, "- run: make")}`,
    );
    assert.equal(mended(steps(...monitor, ...monitor), "step/duplicate"), steps(...monitor));
    assert.equal(
      mended(steps("- if: always()", `  uses: ${PIN}`, ...monitor.slice(1)), "step/conditional"),
      steps(...monitor),
    );
    const on = (label: string, mode: string): string =>
      hardened(`egress-policy: ${mode}`, "allowed-endpoints: github.com:443").replace("ubuntu-latest", label);
    assert.equal(mended(on("windows-2025", "block"), "step/unsupported-runner"), on("ubuntu-latest", "block"));
    assert.equal(
      mended(on("windows-2025", "block"), "step/unsupported-runner", { at: 1 }),
      on("windows-2025", "audit"),
    );
    const tagged = steps("- uses: step-security/harden-runner@v2.8.0 # old", ...monitor.slice(1));
    assert.match(mended(tagged, "step/outdated"), /harden-runner@v2\.20\.1 # old\n/);
    const pinned = steps(
      `- uses: step-security/harden-runner@${"1".repeat(40)} # tag=v2.8.1, pinned`,
      ...monitor.slice(1),
    );
    assert.match(
      mended(pinned, "step/outdated"),
      /harden-runner@b09bb98e06d4d774595224525879c09bc6e98c40 # tag=v2\.20\.1, pinned\n/,
    );
    const two = `${hardened("egress-policy: audit")}  other:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: step-security/harden-runner@v2\n        with:\n          egress-policy: audit\n`;
    assert.ok(
      mended(two, "step/unpinned-ref").includes(
        `      - uses: ${PIN} # v2.20.0\n        with:\n          egress-policy: audit\n  other`,
      ),
    );
    const alone = (ref: string): string => hardened("egress-policy: audit").replace(/@0+ # v2\.20\.0/, `@${ref}`);
    assert.match(
      mended(alone("v2.16.0"), "step/unpinned-ref"),
      /harden-runner@fa2e9d605c4eeb9fcad4c99c224cee0c6c7f3594 # v2\.16\.0\n/,
    );
    assert.match(mended(alone("v2"), "step/unpinned-ref"), /@b09bb98e06d4d774595224525879c09bc6e98c40 # v2\.20\.1\n/);
    assert.deepEqual(only(alone("main"), "step/unpinned-ref").fixes, []);
  });

  it("policy: what the store needs, sudo, and a list of what is needed", () => {
    const store = hardened("use-policy-store: true");
    assert.equal(
      mended(store, "policy/store-needs-api-key"),
      hardened("use-policy-store: true", "api-key: ${{ secrets.STEP_SECURITY_API_KEY }}"),
    );
    assert.match(
      mended(hardened("policy: release"), "policy/store-needs-id-token"),
      /\n {4}permissions:\n {6}contents: read\n {6}id-token: write\n {4}steps:/,
    );
    const sudo = `${hardened("egress-policy: audit", "disable-sudo: true")}      - run: sudo make\n`;
    assert.match(mended(sudo, "policy/sudo-disabled-but-used"), /disable-sudo: false/);
    const empty = hardened("egress-policy: block");
    const observed = [runNeeding(["pypi.org"])];
    assert.equal(
      mended(empty, "policy/block-empty-list", { observed }),
      hardened("egress-policy: block", "allowed-endpoints: >", "  pypi.org:443"),
    );
    assert.equal(
      mended(hardened("egress-policy: block", "allowed-endpoints: ''"), "policy/block-empty-list"),
      blocking("api.github.com:443", "github.com:443"),
    );
  });

  it("policy: a value that is known before the first step, and what runs needed in the place of a list that is not known", () => {
    const observed = [runNeeding(["pypi.org", "github.com"])];
    const list = (expression: string): string =>
      hardened("egress-policy: block", `allowed-endpoints: \${{ ${expression} }}`);
    const known = blocking("github.com:443", "pypi.org:443");
    const late = "policy/late-expression";
    assert.equal(mended(list("steps.a-b.outputs.host-list"), late), list("vars.HOST_LIST"));
    assert.equal(mended(list("steps['a'].outputs['hosts']"), late), list("vars.HOSTS"));
    assert.equal(mended(list("env.HOSTS"), late), list("vars.HOSTS"));
    assert.equal(mended(list("steps.a.outputs.hosts"), late, { observed }), known);
    assert.equal(mended(list("steps.a.outputs.hosts"), late, { observed, at: 1 }), list("vars.HOSTS"));
    assert.deepEqual(only(list("format('{0}', steps.a.outputs.hosts)"), late).fixes, []);
    const unknown = "policy/unresolved-expression";
    assert.equal(mended(list("secrets.HOSTS"), unknown, { observed }), known);
    assert.deepEqual(only(list("secrets.HOSTS"), unknown).fixes, []);
    const mixed = blocking("github.com:443", "${{ vars.MORE }}");
    assert.deepEqual(only(mixed, unknown, WORKFLOW, { observed }).fixes, []);
    const todo = hardened("egress-policy: audit # todo: change to block");
    assert.equal(mended(todo, "policy/audit-todo", { observed }), known);
    assert.equal(mended(todo, "policy/audit-todo"), hardened("egress-policy: block"));
  });

  it("policy: what stands in a misspelt input joins the one that is meant, where that is there", () => {
    const two = (wrong: string): string =>
      hardened("egress-policy: block", wrong, "allowed-endpoints: >", "  github.com:443", "disable-sudo: true");
    const after = (...more: string[]): string =>
      hardened(
        "egress-policy: block",
        "allowed-endpoints: >",
        ...["github.com:443", ...more].map((entry) => `  ${entry}`),
        "disable-sudo: true",
      );
    const id = "policy/unknown-input";
    assert.equal(mended(two("allowed-endpoint: github.com:443 pypi.org:443"), id), after("pypi.org:443"));
    assert.equal(mended(two("allowed-endpoint: github.com:443 pypi.org:443"), id, { at: 1 }), after());
    assert.equal(mended(two("allowed-endpoint: github.com:443"), id), after());
    assert.equal(mended(two("allowed-endpoint: ${{ vars.MORE }}"), id), after());
    assert.equal(mended(two("disable_sudo: true"), id), after());
  });

  it("endpoint: one port for a wildcard, and what runs have used", () => {
    const same = blocking("*.example.org:443", "*.example.org:80");
    assert.equal(mended(same, "endpoint/wildcard-port-conflict"), blocking("*.example.org:443"));
    const below = blocking("*.example.org:443", "*.a.example.org:8443");
    assert.equal(
      mended(below, "endpoint/wildcard-port-conflict"),
      blocking("*.example.org:443", "*.a.example.org:443"),
    );
    const observed = [
      runNeeding(["d1.cloudfront.net", "d2.cloudfront.net", "pypi.org", { host: "pypi.org", port: 80 }]),
    ];
    assert.equal(
      mended(blocking("*.cloudfront.net:443"), "endpoint/wildcard-public-suffix", { observed }),
      blocking("d1.cloudfront.net:443 d2.cloudfront.net:443"),
    );
    assert.equal(mended(blocking("pypi.org:80"), "endpoint/plaintext-http", { observed }), blocking("pypi.org:443"));
    assert.deepEqual(only(blocking("pypi.org:80"), "endpoint/plaintext-http").fixes, []);
  });

  it("copilot: one job, triggers, nothing that it does not read, and a monitor", () => {
    const path = SETUP;
    const sound = setup("runs-on: ubuntu-latest", "steps:", ...monitor.map((line) => `  ${line}`));
    const more = `${sound}  more:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n`;
    assert.equal(mended(more, "copilot/single-job", { path }), sound);
    const on = (triggers: string): string => sound.replace("on: workflow_dispatch", triggers);
    for (const [before, after] of [
      ["on: issues", "on: [issues, workflow_dispatch]"],
      ["on: [issues, label]", "on: [workflow_dispatch, issues, label]"],
      ["on:\n  - issues", "on:\n  - workflow_dispatch\n  - issues"],
      ["on:\n  schedule:\n    - cron: 0 0 * * *", "on:\n  workflow_dispatch:\n  schedule:\n    - cron: 0 0 * * *"],
    ] as const) {
      assert.equal(mended(on(before), "copilot/missing-validation-triggers", { path }), on(after));
    }
    assert.deepEqual(only(on("on: { issues: }"), "copilot/missing-validation-triggers", path).fixes, []);
    const checkout = `${sound}      - uses: actions/checkout@v5\n        with:\n          fetch-depth: 0\n`;
    assert.equal(
      mended(checkout, "copilot/fetch-depth-ignored", { path }),
      `${sound}      - uses: actions/checkout@v5\n`,
    );
    const bare = setup("runs-on: ubuntu-latest", "steps:", "  - run: make");
    assert.match(
      mended(bare, "copilot/no-egress-monitor", { path }),
      /steps:\n {6}- name: Watch the job \(Runglass\)\n {8}uses: runglass\/runglass\/collector@[^\n]*\n {8}with:\n {10}egress-policy: audit\n {6}- run: make\n$/,
    );
    const own = setup(
      "runs-on: ubuntu-latest",
      "steps:",
      `  - uses: runglass/runglass/collector@${"1".repeat(40)}`,
      "    with:",
      "      egress-policy: block",
      "      allowed-endpoints: |",
      "        github.com # git",
    );
    assert.match(
      mended(own, "copilot/agent-hosts-blocked", { path }),
      /github\.com # git\n {12}\*\.githubcopilot\.com:443/,
    );
    assert.deepEqual(
      found(
        own.replace("github.com #", "*.githubcopilot.com uploads.github.com user-images.githubusercontent.com #"),
        "copilot/",
        path,
      ),
      [],
    );
  });

  it("copilot: a variable without an effect, alone in its `env`", () => {
    const text = setup(
      "runs-on: ubuntu-latest",
      "steps:",
      ...monitor.map((line) => `  ${line}`),
      "  - run: make",
      "    env:",
      "      COPILOT_AGENT_FIREWALL_ENABLED: false",
    );
    const { fixes } = only(text, "copilot/firewall-env", SETUP);
    assert.ok(applyEdits(text, fixes[0]?.edits ?? []).endsWith("      - run: make\n"));
  });
});
