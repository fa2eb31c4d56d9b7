import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { dirname } from "node:path";
import { hookSocketOf } from "./workspace.ts";

describe("a run's directory", () => {
  it("has its socket for hooks elsewhere: where only root may write, each run's in one of its own", () => {
    const [one, other] = [hookSocketOf("/home/ada/tmp/runglass-Ab3"), hookSocketOf("/home/ada/tmp/runglass-Ab4")];
    assert.notEqual(dirname(one), dirname(other));
    const { uid, mode } = statSync(dirname(dirname(one)));
    assert.equal(uid, 0);
    assert.equal(mode & 0o022, 0);
  });
});
