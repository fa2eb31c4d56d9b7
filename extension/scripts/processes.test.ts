import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { endMarked } from "./processes.ts";

const variable = "RUNGLASS_PROCESSES_TEST";

describe("endMarked", () => {
  it("finds nothing where nothing is marked", async () => {
    assert.deepEqual(await endMarked(variable, "nobody", {}), []);
  });

  it("ends what was started by what was marked, also when it ignores being asked", async () => {
    const value = `v${process.pid}`;
    const child = spawn("sh", ["-c", "trap '' TERM; sleep 60 & echo ready; wait; wait"], {
      env: { ...process.env, [variable]: value },
      stdio: ["ignore", "pipe", "ignore"],
    });
    const exit = once(child, "exit");
    await once(child.stdout, "data");
    const told = await endMarked(variable, value, { askMs: 300 });
    assert.deepEqual(told.map(({ command }) => command.split(" ")[0]).sort(), ["sh", "sleep"]);
    await exit;
    assert.equal(child.signalCode, "SIGKILL");
    assert.deepEqual(await endMarked(variable, value, {}), []);
  });
});
