import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { placeInWorkflow, policyPlace } from "./workflowPlaces.ts";

const WORKFLOW = `name: CI
on: push
jobs:
  lint:
    steps:
      - uses: runglass/runglass/collector@v1
        with:
          allowed-endpoints: a.example
  build:
    runs-on: ubuntu-latest
    steps:
      - name: Watch
        with:
          egress-policy: block
          allowed-endpoints: |
            pypi.org
        uses: "runglass/runglass/collector@0123456789abcdef0123456789abcdef01234567" # v1
      - uses: actions/checkout@v5
        with:
          allowed-endpoints: nobody's
  bare:
    steps:
    - uses: ./collector
    - run: echo
`;

describe("the place of a policy in a workflow file", () => {
  it("is the line of the list in the step of the job that uses us", () => {
    assert.equal(placeInWorkflow(WORKFLOW, "lint"), 8);
    assert.equal(placeInWorkflow(WORKFLOW, "build"), 15);
    assert.equal(placeInWorkflow(WORKFLOW, "bare"), 23);
    assert.equal(placeInWorkflow(WORKFLOW.replace(/ +allowed-endpoints: \|\n.*\n/, ""), "build"), 14);
  });

  it("is nowhere in what is no such file, and is found in no time", () => {
    assert.equal(placeInWorkflow("jobs:\n  a:\n    steps: []\n", "a"), undefined);
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string(), (text, job) => {
        const line = placeInWorkflow(text, job);
        assert.ok(line === undefined || (line >= 1 && line <= text.split("\n").length));
      }),
    );
  });

  it("comes of a regular file only, and of that of the setup steps in an agent's session", () => {
    const folder = mkdtempSync(join(tmpdir(), "runglass-places-"));
    try {
      mkdirSync(join(folder, ".github/workflows"), { recursive: true });
      const ci = join(folder, ".github/workflows/ci.yml");
      writeFileSync(join(folder, ".github/workflows/copilot-setup-steps.yml"), WORKFLOW);
      const environment = { GITHUB_WORKSPACE: folder, GITHUB_JOB: "build" };
      const of = (reference: string) => policyPlace({ ...environment, GITHUB_WORKFLOW_REF: reference });
      assert.deepEqual(of("o/r/dynamic/copilot-swe-agent/copilot@refs/heads/main"), {
        file: ".github/workflows/copilot-setup-steps.yml",
        line: 15,
      });
      const reference = "o/r/.github/workflows/ci.yml@refs/heads/main";
      assert.equal(of(reference), undefined);
      execFileSync("mkfifo", [ci]);
      assert.equal(of(reference), undefined);
      rmSync(ci);
      symlinkSync(join(folder, ".github/workflows/copilot-setup-steps.yml"), ci);
      assert.equal(of(reference), undefined);
      rmSync(ci);
      writeFileSync(ci, WORKFLOW);
      assert.deepEqual(of(reference), { file: ".github/workflows/ci.yml", line: 15 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
