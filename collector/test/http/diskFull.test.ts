// A real full disk: a tmpfs that is smaller than the log. Needs root, as the tests of the sensor do.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../src/errors.ts";
import { readOrMakeToken } from "../../src/http/token.ts";
import { createRunLog } from "../../src/log/runLog.ts";
import { ask, openStream } from "./client.ts";
import { Cleanup, line, lines, runEnd, serveLog, sleep, temporaryDirectory, until } from "./support.ts";

describe("a full disk", function () {
  this.timeout(30_000);
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  /** A directory with room for `kilobytes`. */
  const smallDisk = async (kilobytes: number): Promise<string> => {
    const directory = join(await temporaryDirectory(cleanup), "disk");
    mkdirSync(directory);
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", directory]);
    cleanup.add(() => execFileSync("umount", ["-l", directory]));
    return directory;
  };

  it("keeps what waits, says so once, refuses beyond the bound, and loses nothing once there is room", async () => {
    const disk = await smallDisk(1024);
    const ballast = join(disk, "ballast");
    writeFileSync(ballast, Buffer.alloc(768 * 1024));
    const said: (string | undefined)[] = [];
    const options = { boundBytes: 300_000, patienceMs: 300, onStall: (message?: string) => said.push(message) };
    const log = await createRunLog(join(disk, "run.ndjson"), "run-1", options);
    cleanup.add(() => log.close());
    const server = await serveLog(cleanup, log);
    const response = await openStream(cleanup, `${server.url}/v1/runs/run-1/events`);
    const ids: number[] = [];
    let begun = "";
    response.setEncoding("latin1").on("data", (chunk: string) => {
      // A chunk may end anywhere, also within a number.
      const whole = (begun + chunk).split("\n");
      begun = whole.pop() ?? "";
      for (const text of whole) if (text.startsWith("id: ")) ids.push(Number(text.slice(4)));
    });

    let seq = 1;
    let refused = 0;
    for (let i = 0; i < 30; i++) {
      if (log.append(Buffer.from(lines(seq, seq + 99, 200)), 100)) seq += 100;
      else refused += 1;
      await sleep(5);
    }
    assert.ok(refused > 0, "beyond the bound nothing more is taken");
    assert.equal(log.lastSeq, seq - 1);
    assert.ok(log.written.seq > 0 && log.written.seq < seq - 1, `${log.written.seq} of ${seq - 1} are written`);
    assert.equal(said.length, 1);
    assert.match(said[0] ?? "", /cannot write the log .*run\.ndjson: the disk is full: free some space/);
    await assert.rejects(log.flush(), (error: unknown) => {
      assert.ok(error instanceof UserError && error.exitCode === 3);
      assert.match(error.message, /disk is full.*\d+ events wait/);
      return true;
    });
    await until(() => ids.at(-1) === log.lastSeq, "the client has what was taken, also what waits for the disk");

    rmSync(ballast);
    await until(() => log.written.seq === seq - 1, "what waited is written");
    assert.deepEqual(said.slice(1), [undefined]);
    assert.equal(log.append(Buffer.from(runEnd(seq)), 1), true);
    await log.end();
    await until(() => ids.length === seq, "the client has everything");
    assert.deepEqual(
      ids,
      Array.from({ length: seq }, (_, i) => i + 1),
    );
    assert.equal(readFileSync(log.path, "utf8"), lines(1, seq - 1, 200) + runEnd(seq));
  });

  it("leaves whole lines behind when it stays full to the end", async () => {
    const disk = await smallDisk(128);
    const log = await createRunLog(join(disk, "run.ndjson"), "run-1", { patienceMs: 200 });
    cleanup.add(() => log.close());
    const server = await serveLog(cleanup, log);
    log.append(Buffer.from(lines(1, 2_000, 157)), 2_000);
    await assert.rejects(log.end(), /disk is full: free some space; its last \d+ events are lost$/);
    assert.equal(log.ended, true);
    assert.ok(log.written.seq > 100 && log.written.seq < 2_000);
    assert.equal(readFileSync(log.path, "utf8"), lines(1, log.written.seq, 157));
    assert.equal(statSync(log.path).size, log.written.offset);
    const { body } = await ask(`${server.url}/v1/runs/run-1/log`);
    assert.ok(body === lines(1, 2_000, 157), "a reader still gets what did not get into the file");
  });

  it("says so when there is not even room for a file", async () => {
    const disk = await smallDisk(64);
    writeFileSync(join(disk, "ballast"), Buffer.alloc(64 * 1024 - 4096 * 2));
    const log = await createRunLog(join(disk, "run.ndjson"), "run-1", { patienceMs: 100 });
    cleanup.add(() => log.close());
    log.append(Buffer.from(line(1, 20_000) + line(2, 20_000)), 2);
    await assert.rejects(log.end(), /disk is full.*; its last (event is|2 events are) lost$/);
  });

  it("leaves no empty token file behind, which would be in the way of the next start", async () => {
    const disk = await smallDisk(16);
    writeFileSync(join(disk, "ballast"), Buffer.alloc(16 * 1024));
    const path = join(disk, "token");
    await assert.rejects(readOrMakeToken(path, assert.fail), (error: unknown) => {
      assert.ok(error instanceof UserError && error.exitCode === 3, String(error));
      assert.match(error.message, /cannot make the token file .*: the disk is full: free some space$/);
      return true;
    });
    assert.ok(!existsSync(path));
    rmSync(join(disk, "ballast"));
    assert.match(await readOrMakeToken(path, assert.fail), /^[\w-]{43}$/);
  });
});
