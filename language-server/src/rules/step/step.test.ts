import assert from "node:assert/strict";
import { fixed, found, hardened, only } from "../../../test/judged.ts";

const PIN = `step-security/harden-runner@${"0".repeat(40)}`;
const job = (...lines: readonly string[]): string =>
  ["on: push", "jobs:", "  build:", ...lines.map((line) => `    ${line}`), ""].join("\n");
const monitor = ["- uses: " + PIN, "  with:", "    egress-policy: audit"];
const steps = (...lines: readonly string[]): string[] => [
  "runs-on: ubuntu-latest",
  "steps:",
  ...lines.map((line) => `  ${line}`),
];

describe("rules about the step", () => {
  it("missing: says which jobs have none, and puts it in front", () => {
    const text = `${hardened("egress-policy: audit")}  other:\n    runs-on: ubuntu-latest\n    steps:\n      # first\n      - run: make\n`;
    assert.deepEqual(found(text, "step/"), [`step/missing "other"`]);
    const result = fixed(text, "step/missing");
    assert.deepEqual(found(result, "step/"), []);
    assert.ok(
      result.includes(
        `    steps:\n      # first\n      - name: Harden the runner (audit all outbound calls)\n        uses: ${PIN} # v2.20.0\n`,
      ),
      result,
    );
    assert.deepEqual(found(job(...steps("- run: make")), "step/"), []);
  });

  it("missing: also where the agent starts in one leg of the matrix only", () => {
    const other = (runner: string): string =>
      `${hardened("egress-policy: audit")}  other:\n    runs-on: ${runner}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, ubuntu-24.04-arm]\n    steps:\n      - run: make\n`;
    assert.deepEqual(found(other("${{ matrix.os }}"), "step/missing"), [`step/missing "other"`]);
    assert.deepEqual(found(other("ubuntu-24.04-arm"), "step/missing"), []);
  });

  it("not-first, duplicate", () => {
    const text = job(...steps("- run: make", ...monitor, ...monitor));
    assert.deepEqual(found(text, "step/"), [`step/not-first "${PIN}"`, `step/duplicate "${PIN}"`]);
  });

  it("conditional", () => {
    const text = job(...steps("- uses: " + PIN, "  if: github.ref == 'x'", "  with:", "    egress-policy: audit"));
    assert.deepEqual(found(text, "step/"), [`step/conditional "if: github.ref == 'x'"`]);
    assert.equal(fixed(text, "step/conditional"), job(...steps(...monitor)));
  });

  it("local-composite", () => {
    const text = ["runs:", "  using: composite", "  steps:", ...monitor.map((line) => `    ${line}`), ""].join("\n");
    assert.deepEqual(found(text, "step/", "setup/action.yml"), [`step/local-composite "${PIN}"`]);
  });

  it("unsupported-runner, also by the matrix", () => {
    const on = (runner: string, mode: string): string =>
      job(`runs-on: ${runner}`, "steps:", "  - uses: " + PIN, "    with:", `      egress-policy: ${mode}`);
    assert.deepEqual(found(on("windows-latest", "audit"), "step/"), []);
    assert.deepEqual(found(on("windows-latest", "block"), "step/"), [`step/unsupported-runner "windows-latest"`]);
    assert.deepEqual(found(on("macos-15", "block"), "step/"), [`step/unsupported-runner "macos-15"`]);
    assert.deepEqual(found(on("ubuntu-24.04-arm", "audit"), "step/"), [`step/unsupported-runner "ubuntu-24.04-arm"`]);
    assert.deepEqual(found(on("[self-hosted, linux, arm64]", "audit"), "step/"), [`step/unsupported-runner "arm64"`]);
    assert.deepEqual(found(on("ubuntu-slim", "audit"), "step/"), [`step/unsupported-runner "ubuntu-slim"`]);
    const matrix = job(
      "runs-on: ${{ matrix.os }}",
      "strategy:",
      "  matrix:",
      "    os: [ubuntu-latest, windows-2025]",
      "steps:",
      "  - uses: " + PIN,
      "    with:",
      "      egress-policy: block",
    );
    assert.deepEqual(found(matrix, "step/"), [`step/unsupported-runner "windows-2025"`]);
  });

  it("container-job", () => {
    const text = job("container: node:24", ...steps(...monitor));
    assert.deepEqual(found(text, "step/"), [`step/container-job "container: node:24"`]);
  });

  it("unpinned-ref, outdated", () => {
    const by = (ref: string): string[] =>
      found(
        job(...steps(`- uses: step-security/harden-runner@${ref}`, "  with:", "    egress-policy: audit")),
        "step/",
      ).map((one) => one.split(" ")[0]!);
    assert.deepEqual(by("v2"), ["step/unpinned-ref"]);
    assert.deepEqual(by("v2.8.0"), ["step/outdated", "step/unpinned-ref"]);
    assert.deepEqual(by("0123456"), ["step/unpinned-ref"]);
    assert.deepEqual(by(`${"a".repeat(40)} # v2.20.0`), []);
    assert.deepEqual(by(`${"a".repeat(40)} # v2.11.1`), ["step/outdated"]);
    assert.deepEqual(by("v1"), ["step/outdated", "step/unpinned-ref"]);
  });

  it("reports what several jobs share by an alias once, at its anchor", () => {
    const text = [
      "on: push",
      "jobs:",
      "  a:",
      "    runs-on: ubuntu-latest",
      "    steps: &steps",
      "      - uses: step-security/harden-runner@v2.8.0",
      "        with:",
      "          egress-policy: audit",
      "  b:",
      "    runs-on: ubuntu-latest",
      "    steps: *steps",
      "",
    ].join("\n");
    const finding = only(text, "step/outdated");
    assert.equal(finding.start, text.indexOf("step-security"));
    assert.deepEqual(found(text, "step/missing"), []);
  });
});
