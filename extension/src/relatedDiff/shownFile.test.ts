import assert from "node:assert/strict";
import fc from "fast-check";
import { localPlace, pullPlace, SHOWN_SCHEMES, shownFile, type Address } from "./shownFile.ts";

const address = (scheme: string, path: string, query: unknown = ""): Address => ({
  scheme,
  path,
  query: query === "" ? "" : JSON.stringify(query),
});

const base = "b".repeat(40);
const head = "a".repeat(40);
const local = { root: "/src/app", base, head, branch: "copilot/fix" };
const pull = { repository: "octo-org/app", number: 7, base, head };

describe("the side of a change that a document shows", () => {
  it("is the right one of a file of the repository", () => {
    assert.deepEqual(localPlace(address("file", "/src/app/a/b.ts"), local), { path: "a/b.ts", side: "right" });
    assert.equal(localPlace(address("file", "/src/application/b.ts"), local), undefined);
    assert.equal(pullPlace(address("file", "/src/app/a/b.ts"), pull), undefined);
  });

  it("is told by the commit in git's addresses", () => {
    const at = (ref: string): Address => address("git", "/src/app/a.ts", { path: "/src/app/a.ts", ref });
    assert.deepEqual(localPlace(at(base), local), { path: "a.ts", side: "left" });
    assert.deepEqual(localPlace(at(head), local), { path: "a.ts", side: "right" });
    assert.equal(localPlace(at("HEAD"), local), undefined);
    assert.equal(localPlace(at(""), local), undefined);
  });

  it("is told by the GitHub Pull Requests extension of a pull request that is checked out", () => {
    const query = { path: "a/b.ts", commit: base, base: true, isOutdated: false, rootPath: "/src/app" };
    assert.deepEqual(localPlace(address("review", "/src/app/a/b.ts", query), local), { path: "a/b.ts", side: "left" });
    const right = { ...query, base: false, path: "/src/app/a/b.ts" };
    assert.deepEqual(localPlace(address("review", "/src/app/a/b.ts", right), local), { path: "a/b.ts", side: "right" });
    const outdated = { ...query, isOutdated: true };
    assert.equal(localPlace(address("review", "/src/app/a/b.ts", outdated), local), undefined);
    const other = { ...query, rootPath: "/src/other" };
    assert.equal(localPlace(address("review", "/src/app/a/b.ts", other), local), undefined);
  });

  it("is told by that extension of one that is not", () => {
    const query = {
      baseCommit: base,
      headCommit: head,
      isBase: false,
      fileName: "a/new.ts",
      prNumber: 7,
      status: 3,
      remoteName: "origin",
      previousFileName: "a/old.ts",
    };
    const at = (more: object): Address => address("pr", "/src/app/a/new.ts", { ...query, ...more });
    assert.deepEqual(pullPlace(at({}), pull), { path: "a/new.ts", side: "right" });
    assert.deepEqual(pullPlace(at({ isBase: true }), pull), { path: "a/old.ts", side: "left" });
    assert.equal(pullPlace(at({ prNumber: 8 }), pull), undefined);
    const others = { headCommit: "c".repeat(40), baseCommit: "d".repeat(40) };
    assert.equal(pullPlace(at(others), pull), undefined, "another repository's");
    assert.deepEqual(pullPlace(at({ ...others, baseCommit: base }), pull)?.side, "right", "before the last push");
    assert.deepEqual(pullPlace(at({ ...others, headCommit: head }), pull)?.side, "right");
    assert.equal(pullPlace(at({ headCommit: undefined, baseCommit: undefined }), pull), undefined);
    // Whichever pull request that is: its branch is not the one that is checked out.
    assert.equal(localPlace(at({}), local), undefined);
  });

  it("is told by the branch of a pull request that is being made", () => {
    const at = (branch: string, isEmpty = false): Address =>
      address("gitpr", "/src/app/a.ts", { fileName: "a.ts", branch, isEmpty });
    assert.deepEqual(localPlace(at("copilot/fix"), local), { path: "a.ts", side: "right" });
    assert.deepEqual(localPlace(at("main"), local), { path: "a.ts", side: "left" });
    assert.equal(localPlace(at("main", true), local), undefined);
  });

  it("is told by the commit in our own addresses", () => {
    const at = (ref: string, name = "app"): Address =>
      address("runglass-pr", "/a.ts", { owner: "octo-org", name, ref });
    assert.deepEqual(pullPlace(at(head), pull), { path: "a.ts", side: "right" });
    assert.deepEqual(pullPlace(at(base), pull), { path: "a.ts", side: "left" });
    assert.equal(pullPlace(at("c".repeat(40)), pull), undefined);
    assert.equal(pullPlace(at(head, "other"), pull), undefined);
    assert.equal(pullPlace(address("runglass-pr", "/a.ts"), pull), undefined);
    assert.equal(localPlace(at(head), local), undefined);
  });

  it("is read from any address without harm", () => {
    const scheme = fc.constantFrom(...SHOWN_SCHEMES, "untitled", "https");
    const query = fc.oneof(
      fc.string(),
      fc.json(),
      fc.constantFrom('{"ref":1}', '{"__proto__":{"ref":"x"}}', "null", "[]"),
    );
    fc.assert(
      fc.property(scheme, fc.string(), query, (one, path, text) => {
        const document = { scheme: one, path, query: text };
        shownFile(document);
        for (const found of [localPlace(document, local), pullPlace(document, pull)]) {
          assert.ok(found === undefined || typeof found.path === "string");
        }
      }),
    );
  });
});
