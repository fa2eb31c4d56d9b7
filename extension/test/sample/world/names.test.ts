import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";

import { ownNames, ownerOf, startTime } from "./names.ts";

describe("names of worlds", () => {
  it("say whether their owner lives", () => {
    const own = ownNames();
    for (const name of [own.net, own.runner, `rgs-${own.id}`]) {
      assert.deepEqual(ownerOf(name), { id: own.id, names: own, alive: true });
    }
    // The same pid, started at another time, is another process.
    assert.equal(ownerOf(`rgs-${process.pid}-1-net`)?.alive, false);
  });

  it("are told from the names of others", () => {
    for (const name of ["docker", "rgs-", "rgs-1", "rgs-1-2-other", "xrgs-1-2", "runglass-kept-rgs-1-2"]) {
      assert.equal(ownerOf(name), undefined, name);
    }
  });

  it("know no start time of processes that have ended", async () => {
    const child = spawn("sleep", ["600"]);
    assert.equal(typeof startTime(child.pid!), "number");
    child.kill("SIGKILL");
    await once(child, "close");
    assert.equal(startTime(child.pid!), undefined);
  });
});
