import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { leftOf, makeTmp, removeTmp, start, until } from "./testing.ts";

describe("the sample's two halves", () => {
  let tmp = "";
  let file = "";
  beforeEach(() => {
    tmp = makeTmp();
    file = join(tmp, "world.json");
  });
  afterEach(async () => {
    await start(tmp, ["world.ts", "down", file]).ended;
    removeTmp(tmp);
  });

  const up = async (...args: string[]): Promise<string> => {
    const started = start(tmp, ["world.ts", "up", "--file", file, ...args]);
    assert.equal(await started.ended, 0, started.output());
    return (JSON.parse(readFileSync(file, "utf8")) as { id: string }).id;
  };

  it("plays several sessions in one world, which stays until it is told to go down", async () => {
    const id = await up();
    const session = start(tmp, ["session.ts", "--world", file, "--fast", "--repeat", "2"]);
    assert.equal(await session.ended, 0, session.output());
    assert.match(session.output(), /^round 2 of 2$/m);
    assert.equal(await start(tmp, ["world.ts", "down", file]).ended, 0);
    assert.deepEqual(leftOf(tmp, id), []);
    const late = start(tmp, ["session.ts", "--world", file]);
    assert.equal(await late.ended, 2);
    assert.match(late.output(), /^The world of .* is no longer up; start one with "world\.ts up"\.\n$/);
  });

  it("lets one session at a time into a world", async () => {
    await up();
    const first = start(tmp, ["session.ts", "--world", file, "--pace", "1"]);
    await until("the first session", first, () => first.output().includes("step 1"));
    const second = start(tmp, ["session.ts", "--world", file, "--fast"]);
    assert.equal(await second.ended, 3);
    assert.match(second.output(), /^Another session \(process \d+\) plays in this world/);
    first.child.kill("SIGINT");
    assert.equal(await first.ended, 130);
    const third = start(tmp, ["session.ts", "--world", file, "--fast"]);
    assert.equal(await third.ended, 0, third.output());
  });

  it("fails, with the last lines of the job log, when a server goes away under the session", async () => {
    await up();
    const session = start(tmp, ["session.ts", "--world", file, "--pace", "0.5"]);
    await until("the agent", session, () => session.output().includes("  bash: "));
    await start(tmp, ["world.ts", "down", file]).ended;
    assert.equal(await session.ended, 1);
    assert.match(session.output(), /A program of the sample session failed \(.*\):\n/);
  });

  it("ends the world with its owner", async () => {
    const owner = start(tmp, ["sleep", "600"]);
    const id = await up("--owner", String(owner.child.pid));
    owner.child.kill("SIGKILL");
    await until("the end of the world", owner, () => leftOf(tmp, id).length === 0, 10);
  });

  for (const [args, message] of [
    [["session.ts"], /^usage: session\.ts/],
    [["session.ts", "--world", "/nowhere/world.json"], /^The world file \/nowhere\/world\.json can't be read: /],
    [["session.ts", "--colour"], /^Unknown option '--colour'/],
    [["main.ts", "--pace", "soon"], /^--pace takes seconds from 0 to 600, not "soon"\n$/],
    [["main.ts", "--pace", "1", "--fast"], /^--fast and --pace exclude each other\n$/],
    [["main.ts", "--repeat", "0"], /^--repeat takes a number from 1, not "0"\n$/],
    [["world.ts"], /^usage: world\.ts/],
    [["world.ts", "up", "--owner", "me"], /^--owner takes a pid, not "me"\n$/],
    [["world.ts", "up", "--colour"], /^Unknown option '--colour'/],
  ] as const) {
    it(`refuses "${args.join(" ")}" with one message`, async () => {
      const started = start(tmp, args);
      assert.equal(await started.ended, 2, started.output());
      assert.match(started.output(), message);
      assert.doesNotMatch(started.output(), /^\s+at /m);
    });
  }

  it("refuses a file that is no world file", async () => {
    writeFileSync(file, `{"id":1}`);
    const started = start(tmp, ["session.ts", "--world", file]);
    assert.equal(await started.ended, 2);
    assert.match(started.output(), /is no world file/);
  });
});
