import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { LineReader } from "./lineReader.ts";
import { waitingMounts } from "./mountTypes.ts";
import { openStrangersFile } from "./openFile.ts";

const anybody = (): boolean => true;

describe("openStrangersFile", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "runglass-test-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("opens a regular file, also by a link above it", () => {
    mkdirSync(join(root, "real"));
    writeFileSync(join(root, "real/file"), "text");
    symlinkSync("real", join(root, "link"));
    symlinkSync(join(root, "link"), join(root, "again"));
    for (const path of ["real/file", "link/file", "again/file", "again/../real//file"]) {
      const { fd, stats } = openStrangersFile(join(root, path), anybody);
      assert.equal(readFileSync(fd, "utf8"), "text");
      assert.equal(stats.size, 4);
      closeSync(fd);
    }
  });

  it("opens nothing else, and waits for nobody", async () => {
    writeFileSync(join(root, "file"), "text");
    symlinkSync(join(root, "file"), join(root, "link"));
    symlinkSync("loop", join(root, "loop"));
    execFileSync("mkfifo", [join(root, "fifo")]);
    const server = createServer().listen(join(root, "socket"));
    await new Promise((resolve) => server.once("listening", resolve));
    for (const name of ["link", "loop/file", "fifo", "socket", ".", "nothing", "file/x", "../../dev/zero", "fifo/x"]) {
      assert.throws(() => openStrangersFile(join(root, name), anybody), name);
    }
    server.close();
    assert.throws(() => openStrangersFile("/dev/zero", anybody), /not a regular file/);
    assert.throws(() => openStrangersFile(join(root, "file"), () => false), /belongs to user/);
  });

  it("takes no step into a file system that may never answer", () => {
    const line = (point: string, type: string): string =>
      `36 35 98:0 / ${point} rw,noatime master:1 - ${type} /dev/x rw`;
    const text = ["fuse.sshfs", "fuse", "fuseblk", "nfs4", "cifs", "autofs"].map((type, i) => line(`/m${i}`, type));
    const fine = ["ext4", "tmpfs", "overlay", "xfs", "fusectl", "btrfs"].map((type, i) => line(`/f${i}`, type));
    const more = [line("/", "9p"), line("/a\\040b", "fuse"), line("/m0", "ext4"), "", "nonsense"];
    assert.deepEqual([...waitingMounts([...text, ...fine, ...more].join("\n"))].sort(), [
      "/a b",
      ...text.slice(1).map((_, i) => `/m${i + 1}`),
    ]);
  });
});

describe("LineReader", () => {
  it("gives the same lines in whatever pieces it reads, but for those that are too long", () => {
    const root = mkdtempSync(join(tmpdir(), "runglass-test-"));
    const path = join(root, "file");
    try {
      const lineOf = fc.oneof(
        fc.string({ unit: "grapheme", maxLength: 50 }),
        fc.constant("x".repeat(70_000)),
        fc.constant("\0\r"),
      );
      fc.assert(
        fc.property(fc.array(lineOf, { maxLength: 20 }), fc.integer({ min: 1, max: 9_000 }), (lines, size) => {
          const plain = lines.map((line) => line.replaceAll("\n", ""));
          writeFileSync(path, plain.map((line) => `${line}\n`).join(""));
          const { fd } = openStrangersFile(path, anybody);
          const reader = new LineReader(fd);
          const got: string[] = [];
          while (reader.read(size, (line) => got.push(line)) === 0);
          reader.close();
          assert.deepEqual(
            got,
            plain.filter((line) => line.length <= 65_536).map((line) => line.trimEnd()),
          );
        }),
        { seed: 7, numRuns: 60 },
      );
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
