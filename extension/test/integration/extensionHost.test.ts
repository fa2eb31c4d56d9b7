// The tests in `hosted/` run inside the extension host; each of them appears here under its own name.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { runInExtensionHost } from "../vscode/extensionHost.ts";

const { results } = await runInExtensionHost(fileURLToPath(new URL("hosted/run.ts", import.meta.url)));

describe("inside the extension host", () => {
  it("ran tests", () => {
    assert.ok(results.length > 0);
  });
  for (const { path, error } of results) {
    it(path.join(" › "), () => {
      if (error !== undefined) throw new Error(error);
    });
  }
});
