import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { EXPECTED_REQUESTS } from "./expectedRequests.ts";
import { type Started, leftOf, makeTmp, readTruth, removeTmp, start, until, worldsIn } from "./testing.ts";

const STEPS = [
  "Install system packages",
  "Initialize",
  "Validate runner OS",
  "Prepare Copilot (Linux)",
  "Generate agent firewall CA (Linux)",
  "Start MCP Servers (Linux)",
  "Processing Request (Linux)",
  "Clean Up (Linux)",
];

const isExpected = (one: { host: string; method: string; path: string }): boolean =>
  EXPECTED_REQUESTS.some(({ host, method, path }) => host === one.host && method === one.method && path.test(one.path));

describe("the sample session", () => {
  let tmp = "";
  beforeEach(() => (tmp = makeTmp()));
  afterEach(() => removeTmp(tmp));

  /** Waits for a started session's world and returns its id. */
  const worldOf = async (started: Started): Promise<string> => {
    await until("the world", started, () => worldsIn(tmp).length > 0);
    return worldsIn(tmp)[0]!;
  };

  it("plays to its good end, is asked for everything the story has, and leaves nothing", async () => {
    const truth = join(tmp, "truth.ndjson");
    const began = performance.now();
    const started = start(tmp, ["main.ts", "--fast", "--truth", truth, "--dns-over-tcp", "packages.microsoft.com"]);
    const id = await worldOf(started);
    assert.equal(await started.ended, 0, started.output());
    assert.ok(performance.now() - began < 40_000, "it takes 40 s at most");
    const steps = started.output().match(/^step \d+: .*$/gm);
    assert.deepEqual(
      steps,
      STEPS.map((step, index) => `step ${index + 1}: ${step}`),
    );

    const lines = readTruth(truth);
    const requests = lines.filter((line) => line.type === "http");
    for (const { host, method, path, atLeast } of EXPECTED_REQUESTS) {
      const found = requests.filter((one) => one.host === host && one.method === method && path.test(one.path));
      assert.ok(found.length >= atLeast, `${method} ${host} ${path}: ${found.length} of ${atLeast}`);
      assert.ok(found.every((one) => one.tls === (host !== "azure.archive.ubuntu.com") && one.client.port > 0));
    }
    assert.deepEqual(
      requests.filter((one) => !isExpected(one)),
      [],
      "nothing that is not in the story",
    );
    for (const one of requests) {
      const end = lines.find((line) => line.type === "http.end" && line.id === one.id);
      assert.ok(
        end?.type === "http.end" && end.status < 300,
        `${one.method} ${one.host}${one.path}: ${JSON.stringify(end)}`,
      );
    }

    const questions = lines.filter((line) => line.type === "dns");
    for (const host of new Set(EXPECTED_REQUESTS.map((one) => one.host))) {
      assert.ok(
        questions.some((one) => one.name === host && one.qtype === "A"),
        `${host} was looked up`,
      );
    }
    assert.ok(questions.some((one) => one.transport === "tcp" && one.name === "packages.microsoft.com"));
    const opened = lines.filter((line) => line.type === "tcp.open").length;
    const closed = lines.filter((line) => line.type === "tcp.close");
    assert.equal(closed.length, opened, "every connection that was opened was closed");
    assert.ok(closed.every((one) => one.received > 0 && one.sent > 0));
    assert.ok(
      closed.some((one) => one.client.ip.includes(":")) || !existsSync("/proc/sys/net/ipv6"),
      "some of it is IPv6",
    );

    assert.deepEqual(leftOf(tmp, id), []);
  });

  for (const [signal, exitCode] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    it(`cleans up when ${signal} comes in the middle`, async () => {
      const started = start(tmp, ["main.ts", "--pace", "1"]);
      const id = await worldOf(started);
      await until("the agent", started, () => started.output().includes("  bash: "));
      started.child.kill(signal);
      assert.equal(await started.ended, exitCode, started.output());
      assert.match(started.output(), /The session was ended early\.\n$/);
      assert.deepEqual(leftOf(tmp, id), []);
    });
  }

  it("is cleaned up after by its world when it is killed, and by the next run when that is killed too", async () => {
    const killed = start(tmp, ["main.ts", "--pace", "1"]);
    const id = await worldOf(killed);
    await until("the agent", killed, () => killed.output().includes("  bash: "));
    killed.child.kill("SIGKILL");
    await until("the end of its world", killed, () => leftOf(tmp, id).length === 0, 10);

    const both = start(tmp, ["main.ts", "--pace", "1"]);
    const second = await worldOf(both);
    await until("the MCP servers", both, () => both.output().includes("Processing Request"));
    process.kill(Number(second.split("-")[0]), "SIGKILL");
    both.child.kill("SIGKILL");
    await both.ended;
    assert.notDeepEqual(leftOf(tmp, second), [], "something to clean up");
    assert.equal(await start(tmp, ["world.ts", "clean"]).ended, 0);
    assert.deepEqual(leftOf(tmp, second), []);
  });

  it("plays twice at the same time", async () => {
    const both = [start(tmp, ["main.ts", "--fast"]), start(tmp, ["main.ts", "--fast"])];
    for (const started of both) assert.equal(await started.ended, 0, started.output());
    assert.deepEqual(worldsIn(tmp), []);
  });
});
