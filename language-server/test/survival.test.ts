// While somebody types somewhere in a file, its policies must still be there: the same entries at the same places.
import assert from "node:assert/strict";
import { readWorkflow } from "../src/model/workflow.ts";
import { policiesOf } from "../src/model/policies.ts";
import { hardened, WORKFLOW } from "./judged.ts";
import { measureSurvival, SUBJECTS } from "./survival.ts";

const modes = (text: string): string[] =>
  policiesOf(readWorkflow(WORKFLOW, text)).map(({ mode, job }) => `${job?.id} ${mode}`);

describe("a policy in a file that is being typed", () => {
  it("is found after nineteen of twenty single edits elsewhere, of each kind", function () {
    this.timeout(60_000);
    assert.ok(SUBJECTS.length >= 60, `${SUBJECTS.length} files`);
    for (const { kind, tried, found, lost } of measureSurvival(1, 20)) {
      assert.ok(tried >= 40, `${kind}: ${tried}`);
      assert.ok(found >= tried * 0.95, `${kind}: ${found} of ${tried}; ${JSON.stringify(lost[0])}`);
    }
  });

  it("keeps its job, and what its step says, where a quote above it is not closed", () => {
    const text = hardened("egress-policy: block", "allowed-endpoints: >", "  github.com:443");
    assert.deepEqual(modes(text.replace("on: push", 'on: "push')), ["undefined block"]);
    assert.deepEqual(modes(text.replace("runs-on: ubuntu-latest", "runs-on: [ubuntu-latest")), ["build block"]);
    assert.deepEqual(modes(text.replace("    steps:", "    step")), ["build block"]);
    assert.deepEqual(modes(text.replace("        with:", '        name: "x\n        with:')), ["build block"]);
  });

  it("is not made of text that looks like one", () => {
    const text =
      'on: "push\njobs:\n  a:\n    steps:\n      - run: |\n          - uses: step-security/harden-runner@v2\n      # - uses: step-security/harden-runner@v2\n';
    assert.deepEqual(modes(text), []);
  });
});
