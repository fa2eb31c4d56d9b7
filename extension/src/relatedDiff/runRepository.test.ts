import assert from "node:assert/strict";
import { isCheckedOut, isRemoteOf } from "./runRepository.ts";

describe("the repository of a run", () => {
  it("is known by its remotes, however they are written", () => {
    for (const url of [
      "https://github.com/Octo-Org/app.git",
      "https://github.com/octo-org/app/",
      "git@github.com:octo-org/app.git",
      "ssh://git@github.com/octo-org/App",
    ]) {
      assert.equal(
        isRemoteOf([{ fetchUrl: "https://github.com/o/fork" }, { pushUrl: url }], "octo-org/app"),
        true,
        url,
      );
    }
    assert.equal(isRemoteOf([{ fetchUrl: "https://github.com/not-octo-org/app" }], "octo-org/app"), false);
    assert.equal(isRemoteOf([{}], "octo-org/app"), false);
    assert.equal(isRemoteOf([], "octo-org/app"), false);
  });

  it("has what the run worked on checked out where that was the same branch, or nothing is said of it", () => {
    const repository = "octo-org/app";
    assert.equal(isCheckedOut({ repository, ref: "refs/heads/copilot/fix" }, "copilot/fix"), true);
    assert.equal(isCheckedOut({ repository, ref: "refs/heads/copilot/fix" }, "main"), false);
    assert.equal(isCheckedOut({ repository, ref: "refs/heads/main" }, undefined), false);
    assert.equal(isCheckedOut({ repository, ref: undefined }, "main"), true);
    assert.equal(isCheckedOut({ repository: undefined, ref: "refs/heads/other" }, "main"), true);
  });

  it("has no trial merge of a pull request and no tag checked out", () => {
    const repository = "octo-org/app";
    for (const ref of ["refs/pull/7/merge", "refs/tags/v1", "refs/tags/main", ""]) {
      assert.equal(isCheckedOut({ repository, ref }, "main"), false, ref);
      assert.equal(isCheckedOut({ repository, ref }, undefined), false, ref);
    }
  });
});
