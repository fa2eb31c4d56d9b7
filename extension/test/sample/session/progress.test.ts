import assert from "node:assert/strict";

import { progressOf } from "./progress.ts";

describe("the sample's progress", () => {
  it("tells steps, tool calls and errors, and no more", () => {
    assert.equal(progressOf("##[step]7 Processing Request (Linux)"), "step 7: Processing Request (Linux)");
    assert.equal(
      progressOf("##[error]Process completed with exit code 1."),
      "  error: Process completed with exit code 1.",
    );
    assert.equal(progressOf("[cca-engine] turn=3 tool.execution_start: bash — npm install"), "  bash: npm install");
    assert.equal(progressOf("[cca-engine] turn=3 tool.execution_complete: bash success=true"), undefined);
    assert.equal(progressOf("added 10 packages"), undefined);
  });

  it("cuts what is too long for a line", () => {
    const line = progressOf(`[cca-engine] turn=3 tool.execution_start: bash — ${"x".repeat(300)}`);
    assert.equal(line?.length, 90);
    assert.ok(line.endsWith("…"));
  });
});
