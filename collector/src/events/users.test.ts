import assert from "node:assert/strict";
import { createUserNames, parsePasswd } from "./users.ts";

describe("user names", () => {
  it("come from passwd lines, bad ones left out", () => {
    const text =
      "root:x:0:0:root:/root:/bin/bash\n#comment\nrunner:x:1001:118:,,,:/home/runner:/bin/bash\nbad:x:y:z:::\n";
    assert.deepEqual(
      parsePasswd(text).map(({ name, uid, gid, home }) => [name, uid, gid, home]),
      [
        ["root", 0, 0, "/root"],
        ["runner", 1001, 118, "/home/runner"],
      ],
    );
  });

  it("of this machine know root, and not what is not there", () => {
    const nameOf = createUserNames();
    assert.equal(nameOf(0), "root");
    assert.equal(nameOf(4_000_000_001), undefined);
  });
});
