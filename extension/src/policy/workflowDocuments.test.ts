import assert from "node:assert/strict";
import { isPolicyDocument, isWorkflowDocument } from "./workflowDocuments.ts";

describe("isWorkflowDocument", () => {
  it("knows workflows and actions by their path", () => {
    for (const path of ["/a/.github/workflows/ci.yml", "/a/.github/workflows/x.YAML", "/a/setup/action.yaml"]) {
      assert.ok(isWorkflowDocument(path), path);
    }
    for (const path of ["/a/workflows/ci.yml", "/a/.github/workflows/sub/ci.yml", "/a/myaction.yml", "/a/ci.json"]) {
      assert.ok(!isWorkflowDocument(path), path);
    }
  });

  it("knows a repository's choice of rules", () => {
    assert.deepEqual(
      ["/a/.github/runglass.yml", "/a/runglass.yml", "/a/.github/workflows/ci.yml"].map((path) =>
        isPolicyDocument(path),
      ),
      [true, false, true],
    );
  });
});
