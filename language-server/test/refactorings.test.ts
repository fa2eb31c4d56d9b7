// Every refactoring of every file of the corpus, at each step that it is offered at: the result is YAML still, says what it was
// asked to say, and the rest of the file is as it was.
import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import { applyEdits } from "../src/lint/applyFixes.ts";
import { lintText } from "../src/lint/lintText.ts";
import { monitorStepsOf } from "../src/model/monitorSteps.ts";
import { policiesOf } from "../src/model/policies.ts";
import { nodeSpan, readWorkflow, type Workflow } from "../src/model/workflow.ts";
import { REFACTORINGS } from "../src/refactor/allRefactorings.ts";
import { isRefusal, type RewriteContext } from "../src/refactor/refactoring.ts";
import { RIGHT, WRONG } from "./corpus.ts";

const errorsIn = (text: string): string[] =>
  parseAllDocuments(text, { uniqueKeys: false, logLevel: "silent" }).flatMap((one) =>
    "errors" in one ? one.errors.map(({ message }) => message) : [],
  );

const files = [...RIGHT, ...WRONG].filter(({ text }) => errorsIn(text).length === 0);

const contextAt = (workflow: Workflow, at: number): RewriteContext => ({
  workflow,
  policies: policiesOf(workflow),
  monitors: monitorStepsOf(workflow),
  observed: [],
  selection: { start: at, end: at },
  isExplicit: true,
});

/** The file after a refactoring at a place; undefined where it cannot be done, for which a reason is given. */
const after = (id: string, path: string, text: string, at: number): string | undefined => {
  const rewrite = REFACTORINGS.find((one) => one.id === id)!.rewrite(contextAt(readWorkflow(path, text), at));
  if (isRefusal(rewrite)) {
    assert.match(rewrite.problem, /^[A-Z].*\.$/);
    return undefined;
  }
  const result = applyEdits(text, rewrite.edits);
  assert.deepEqual(errorsIn(result), [], `${path}: ${id}\n${result}`);
  assert.equal(/[^\r]\n/.test(result), /[^\r]\n/.test(text), `${path}: ${id}: line ends`);
  return result;
};

/** The lines of a text that are not in another one, without their ends. */
const linesBeyond = (text: string, other: string): string[] => {
  const known = new Set(other.split(/\r?\n/));
  return text.split(/\r?\n/).filter((line) => !known.has(line));
};

describe("refactorings of the corpus", () => {
  it("put our step into every job that can have one, and nothing else anywhere", () => {
    let done = 0;
    for (const { path, text } of files) {
      const result = after("insertMonitor", path, text, 0);
      if (result === undefined) continue;
      done++;
      assert.deepEqual(linesBeyond(text, result), [], path);
      for (const line of linesBeyond(result, text))
        assert.match(line, /Watch the job|runglass\/|with:|egress-policy: audit/);
      assert.equal(after("insertMonitor", path, result, 0), undefined, path);
      const findings = lintText(path, result).filter(({ rule }) => rule.startsWith("runglass/"));
      assert.deepEqual(
        findings.filter(({ rule }) => rule !== "runglass/unpinned-ref"),
        [],
        path,
      );
    }
    assert.ok(done > 100, `${done}`);
  });

  it("convert each step to ours and back, by lists that are read without a problem", () => {
    let [there, back] = [0, 0];
    for (const { path, text } of files) {
      for (const policy of policiesOf(readWorkflow(path, text))) {
        const at = nodeSpan(policy.step.node).start;
        const ours = after("toRunglass", path, text, at);
        if (ours === undefined) continue;
        there++;
        const problems = lintText(path, ours).filter(
          ({ rule, start }) => /^runglass\/(?:bad-entry|unknown|swallowed)/.test(rule) && start >= at,
        );
        const own = monitorStepsOf(readWorkflow(path, ours)).find(({ step }) => nodeSpan(step.node).start === at);
        // A list that is read as before keeps its faults; what was no value of an input stays none.
        const expected = own?.dialect === "harden-runner" ? problems : [];
        assert.deepEqual(problems, expected, `${path}\n${ours}`);
        assert.equal(
          policiesOf(readWorkflow(path, ours)).length,
          policiesOf(readWorkflow(path, text)).length - 1,
          path,
        );
        const again = after("toHardenRunner", path, ours, at);
        if (again === undefined) continue;
        back++;
        const [before, now] = [
          policy.mode,
          policiesOf(readWorkflow(path, again)).find(({ step }) => nodeSpan(step.node).start === at)?.mode,
        ];
        // What the policy store says is not known.
        const inStore = policy.step.inputs.has("policy") || policy.step.inputs.has("use-policy-store");
        // An empty mode makes that step fail, and is audit to ours, which is noted.
        const isEmpty = /egress-policy: *(?:""|''|~|null)? *$/m.test(text.slice(at, nodeSpan(policy.step.node).end));
        if (before !== "unknown" && !inStore && !isEmpty) assert.equal(now, before, `${path}\n${again}`);
      }
    }
    assert.ok(there > 100 && back > 50, `${there} ${back}`);
  });
});
