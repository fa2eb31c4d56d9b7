// The tests in `hosted/` run inside the extension host; each of them appears here under its own name.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { runInExtensionHost, type HostedResult } from "../vscode/extensionHost.ts";

let results: readonly HostedResult[] = [];
let problem: unknown;
try {
  // Before the tests are declared, as it decides which there are.
  ({ results } = await runInExtensionHost(fileURLToPath(new URL("hosted/run.ts", import.meta.url))));
} catch (error) {
  problem = error;
}

describe("inside the extension host", () => {
  it("all tests came to their end", () => {
    if (problem !== undefined) throw problem;
    assert.ok(results.length > 0);
  });
  for (const { path, error } of results) {
    it(path.join(" › "), () => {
      if (error !== undefined) throw new Error(error);
    });
  }
});
