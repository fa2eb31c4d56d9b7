import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Failure } from "../errors.ts";
import { UserError } from "../errors.ts";
import { Spool } from "./spool.ts";

const piece = (i: number): Buffer => Buffer.alloc(100_000, `${i} `);

describe("Spool", () => {
  let folder: string;
  let failures: Failure[];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "runglass-spool-"));
  });
  beforeEach(() => {
    failures = [];
  });
  after(() => rm(folder, { recursive: true }));

  const make = (name: string, maxBytes = 1e9, keep = 0): Promise<Spool> =>
    Spool.open({ path: join(folder, "deep", name), maxBytes, onFailure: (failure) => failures.push(failure) }, keep);

  it("reads back at once what was appended, from memory and from disk", async () => {
    const spool = await make("a");
    const all: Buffer[] = [];
    for (let i = 0; i < 60; i += 1) {
      all.push(piece(i));
      assert.ok(spool.append(piece(i)));
      if (i % 7 === 0) await spool.flush();
      const whole = Buffer.concat(all);
      for (const [start, end] of [
        [0, whole.length],
        [Math.max(0, whole.length - 50_001), whole.length],
        [whole.length >> 1, whole.length - 3],
        [0, 10],
      ] as const) {
        assert.ok(whole.subarray(start, end).equals(await spool.readBytes(start, end)), `${i}: ${start}..${end}`);
      }
    }
    await spool.close();
    assert.ok(Buffer.concat(all).equals(await readFile(spool.path)));
  });

  it("is on the disk a moment later by itself, in whatever pieces it came", async () => {
    const spool = await make("soon");
    const all: Buffer[] = [];
    for (let i = 0; i < 300; i += 1) {
      const bytes = Buffer.from(`${i}\n`.repeat(1 + (i % 40)));
      all.push(bytes);
      assert.ok(spool.append(bytes));
      if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const wanted = Buffer.concat(all);
    while ((await stat(spool.path)).size < wanted.length) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.ok(wanted.equals(await readFile(spool.path)));
    await spool.close();
  });

  it("can be read by its owner alone, and follows no link", async () => {
    const spool = await make("mine");
    assert.equal((await stat(spool.path)).mode & 0o777, 0o600);
    assert.equal((await stat(join(folder, "deep"))).mode & 0o777, 0o700);
    await spool.close();
    await writeFile(join(folder, "victim"), "precious");
    await symlink(join(folder, "victim"), join(folder, "deep", "link"));
    await assert.rejects(make("link"), UserError);
    assert.equal(await readFile(join(folder, "victim"), "utf8"), "precious");
  });

  it("stops at its limit and says so once; a larger one lets it go on", async () => {
    const spool = await make("full", 250_000);
    assert.deepEqual(
      [piece(1), piece(2), piece(3), piece(4)].map((bytes) => spool.append(bytes)),
      [true, true, false, false],
    );
    assert.deepEqual(
      failures.map(({ code }) => code),
      ["copyFull"],
    );
    await spool.room();
    spool.retry(1e6);
    assert.ok(spool.append(piece(3)));
    await spool.close();
    assert.ok(Buffer.concat([piece(1), piece(2), piece(3)]).equals(await readFile(spool.path)));
  });

  it("makes its writer wait while the disk is behind", async () => {
    const spool = await make("behind");
    let free = 0;
    for (let i = 0; i < 300; i += 1) spool.append(piece(i));
    const waiting = spool.room().then(() => (free += 1));
    await Promise.resolve();
    assert.equal(free, 0);
    await waiting;
    await spool.close();
    assert.equal((await stat(spool.path)).size, 30_000_000);
  });

  it("reports a disk that takes nothing, keeps what came, and tries again when told to", async () => {
    const onFailure = (failure: Failure): unknown => failures.push(failure);
    const spool = await Spool.open({ path: "/dev/full", maxBytes: 1e9, onFailure });
    spool.append(piece(1));
    await spool.flush();
    assert.match(failures[0]?.reason ?? "", /disk is full/);
    assert.equal(spool.append(piece(2)), false);
    assert.ok(piece(1).equals(await spool.readBytes(0, 100_000)));
    spool.retry(1e9);
    await spool.flush();
    assert.equal(failures.length, 2);
    await spool.close();
  });

  it("goes on after what it kept", async () => {
    const first = await make("kept");
    first.append(Buffer.from("one\ntwo\nthr"));
    await first.close();
    const second = await make("kept", 1e9, 8);
    second.append(Buffer.from("three\n"));
    assert.equal(Buffer.from(await second.readBytes(0, 14)).toString(), "one\ntwo\nthree\n");
    await second.close();
    assert.equal(await readFile(second.path, "utf8"), "one\ntwo\nthree\n");
  });
});
