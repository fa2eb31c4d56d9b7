import assert from "node:assert/strict";
import { filesAfter, filesBefore } from "./pullRequest.ts";

describe("the sample's pull request", () => {
  it("adds what the agent writes, with its later changes, and leaves the rest alone", () => {
    const [before, after] = [filesBefore(), filesAfter()];
    const added = [...after.keys()].filter((path) => !before.has(path));
    assert.deepEqual(added.sort(), [
      "bin/ocr",
      "ocr/__init__.py",
      "ocr/__main__.py",
      "ocr/recognize.py",
      "ocr/segment.py",
      "requirements.txt",
      "tests/__init__.py",
      "tests/test_ocr.py",
    ]);
    for (const [path, data] of before) assert.deepEqual(after.get(path), data);
    assert.match(String(after.get("ocr/segment.py")), /Otsu's method/);
    assert.match(String(after.get("requirements.txt")), /^octo-glyphs==/m);
  });
});
