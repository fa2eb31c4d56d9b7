import assert from "node:assert/strict";
import { commands } from "vscode";
import { isFollowed, restartHostedCollector, stopHostedCollector } from "./hostedCollector.ts";
import { openTypes, until } from "./waiting.ts";

describe("a collector", () => {
  after(() => stopHostedCollector());

  it("that a start script named is followed, and its monitor opened", async () => {
    await until("the monitor", () => openTypes().includes("runglass.monitor"));
    await until("a connection", isFollowed);
  });

  it("is let go by Disconnect and followed again by Reconnect", async () => {
    await commands.executeCommand("runglass.disconnect");
    await until("no connection", async () => !(await isFollowed()));
    await commands.executeCommand("runglass.reconnect");
    await until("a connection", isFollowed);
  });

  it("that died and came back is followed again without being asked", async () => {
    await restartHostedCollector();
    await until("a connection", isFollowed);
  });

  it("keeps its monitor when the monitor is asked for again, in the panel and as an editor", async () => {
    await commands.executeCommand("runglass.openMonitorInPanel");
    await commands.executeCommand("runglass.openMonitor");
    await until("one monitor", () => openTypes().filter((type) => type === "runglass.monitor").length === 1);
    assert.equal(await isFollowed(), true);
  });

  it("goes with its run when that is removed", async () => {
    await commands.executeCommand("runglass.removeRun");
    await until("no connection", async () => !(await isFollowed()));
  });
});
