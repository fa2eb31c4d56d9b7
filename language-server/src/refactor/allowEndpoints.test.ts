import assert from "node:assert/strict";
import { parseDocument } from "yaml";
import { hardened, WORKFLOW } from "../../test/judged.ts";
import { applyEdits } from "../lint/applyFixes.ts";
import { monitorStepsOf } from "../model/monitorSteps.ts";
import { policiesOf } from "../model/policies.ts";
import { readWorkflow } from "../model/workflow.ts";
import { allowEndpoints } from "./allowEndpoints.ts";
import { isRefusal } from "./refactoring.ts";

const after = (text: string, entries: string, job?: string): string => {
  const workflow = readWorkflow(WORKFLOW, text);
  const observed = { observed: [], selection: { start: 0, end: 0 }, isExplicit: true };
  const context = { workflow, policies: policiesOf(workflow), monitors: monitorStepsOf(workflow), ...observed };
  const result = allowEndpoints(context, entries, job);
  if (isRefusal(result)) return result.problem;
  const changed = applyEdits(text, result.edits);
  assert.deepEqual(parseDocument(changed).errors, [], changed);
  return changed;
};

const monitored = (...inputs: readonly string[]): string =>
  hardened(...inputs).replace(/uses: .*/, `uses: runglass/runglass/collector@${"1".repeat(40)}`);

describe("endpoints that are allowed", () => {
  it("go to the end of the list, and keep every other byte", () => {
    assert.equal(
      after(
        monitored("egress-policy: block # on purpose", "allowed-endpoints: |", "  pypi.org:443 # the index"),
        "api.octo.example:443",
      ),
      monitored(
        "egress-policy: block # on purpose",
        "allowed-endpoints: |",
        "  pypi.org:443 # the index",
        "  api.octo.example:443",
      ),
    );
    assert.equal(
      after(hardened("egress-policy: block"), "api.octo.example:443"),
      hardened("egress-policy: block", "allowed-endpoints: >", "  api.octo.example:443"),
    );
  });

  it("may be single requests, with their method, where the policy is ours", () => {
    assert.equal(
      after(
        monitored("egress-policy: audit", "allowed-endpoints: |", "  GET https://pypi.org/simple/*"),
        "PUT https://pypi.org/legacy/",
      ),
      monitored(
        "egress-policy: audit",
        "allowed-endpoints: |",
        "  GET https://pypi.org/simple/*",
        "  PUT https://pypi.org/legacy/",
      ),
    );
  });

  it("go to the policy of the run's job, and to none where that is not known", () => {
    const two = [
      "on: push",
      "jobs:",
      ...["one", "two"].flatMap((job) => [
        `  ${job}:`,
        "    runs-on: ubuntu-latest",
        "    steps:",
        "      - uses: step-security/harden-runner@v2",
        "        with:",
        "          egress-policy: block",
        "          allowed-endpoints: >",
        "            github.com:443",
      ]),
      "",
    ].join("\n");
    const changed = after(two, "pypi.org:443", "two");
    assert.ok(changed.startsWith(two.slice(0, two.indexOf("  two:"))));
    assert.ok(changed.endsWith("            github.com:443\n            pypi.org:443\n"), changed);
    assert.match(after(two, "pypi.org:443"), /no single step/);
    assert.match(after(two, "pypi.org:443", "three"), /has no step here/);
  });

  it("are no more than entries", () => {
    assert.match(after(hardened("egress-policy: block"), "pypi.org:443\n- run: x"), /no entry/);
    assert.match(after(hardened("allowed-endpoints: pypi.org:443"), "pypi.org:443"), /already/);
    assert.match(after(hardened("egress-policy: block"), "a".repeat(20_000)), /more endpoints/);
  });
});
