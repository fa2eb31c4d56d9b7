import assert from "node:assert/strict";
import { isWorkflowPath } from "./workflowFiles.ts";

describe("isWorkflowPath", () => {
  const cases: readonly (readonly [string, boolean])[] = [
    [".github/workflows/ci.yml", true],
    ["/home/me/repo/.github/workflows/copilot-setup-steps.yaml", true],
    ["C:\\repo\\.github\\workflows\\ci.yml", true],
    [".github/workflows/nested/ci.yml", false],
    ["x.github/workflows/ci.yml", false],
    [".github/actions/a/action.yml", false],
    [".github/workflows/readme.md", false],
  ];
  for (const [path, expected] of cases) {
    it(`${expected ? "takes" : "leaves"} ${path}`, () => assert.equal(isWorkflowPath(path), expected));
  }
});
