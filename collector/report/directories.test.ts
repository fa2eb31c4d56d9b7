import assert from "node:assert/strict";
import fc from "fast-check";
import type { FileOp, FileWrite } from "../protocol/events.ts";
import { DirectoryTally } from "./directories.ts";

const write = (path: string, op: FileOp = "write", count?: number): FileWrite => ({
  v: 1,
  seq: 1,
  t: 1,
  type: "file.write",
  file: { op, path },
  ...(count === undefined ? {} : { count }),
});

const tallyOf = (paths: readonly string[], most?: number): DirectoryTally => {
  const tally = new DirectoryTally(most);
  for (const path of paths) tally.take(write(path));
  return tally;
};

const deep = (i: number): string => `/${i}${"/d".repeat(2_000)}/f`;

describe("DirectoryTally", () => {
  it("counts operations by directory, folded repeats by their count", () => {
    const tally = new DirectoryTally();
    tally.take(write("/a/x", "create"));
    tally.take(write("/a/x", "write", 5));
    tally.take(write("/b/y", "unlink"));
    tally.take(write("/z", "create"));
    assert.equal(tally.operations, 8);
    assert.deepEqual(tally.list(10), [
      { path: "/a", below: false, operations: { write: 5, create: 1 }, total: 6 },
      { path: "/", below: false, operations: { create: 1 }, total: 1 },
      { path: "/b", below: false, operations: { unlink: 1 }, total: 1 },
    ]);
  });

  it("folds what is many, and keeps what is few", () => {
    const modules = Array.from({ length: 500 }, (_, i) => `/w/node_modules/p${i}/index.js`);
    const listed = tallyOf([...modules, "/w/src/a.ts", "/w/src/b.ts", "/tmp/x/y/z"]).list(6);
    assert.deepEqual(
      listed.map(({ path, below, total }) => [path, below, total]),
      [
        ["/w/node_modules", true, 500],
        ["/w/src", false, 2],
        ["/tmp/x/y", false, 1],
      ],
    );
  });

  it("remembers no more than its bound and still counts everything", () => {
    const names = fc.array(fc.constantFrom("a", "b", "c", "d", "e", "__proto__", ".."), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(fc.array(names, { maxLength: 200 }), fc.integer({ min: 1, max: 20 }), (paths, most) => {
        const tally = tallyOf(
          paths.map((parts) => `/${parts.join("/")}`),
          10,
        );
        const listed = tally.list(most);
        assert.ok(listed.length <= most);
        assert.equal(
          listed.reduce((sum, { total }) => sum + total, 0),
          paths.length,
        );
        assert.equal(
          listed.reduce((sum, { operations }) => sum + (operations["write"] ?? 0), 0),
          paths.length,
        );
        assert.equal(new Set(listed.map(({ path, below }) => `${path} ${below}`)).size, listed.length);
      }),
    );
  });

  it("folds also paths that were made to be deep", () => {
    const tally = tallyOf(
      Array.from({ length: 3_000 }, (_, i) => deep(i)),
      1_000,
    );
    const [only, ...more] = tally.list(30);
    assert.deepEqual(more, []);
    assert.deepEqual(only, { path: "/", below: true, operations: { write: 3_000 }, total: 3_000 });
  });
});
