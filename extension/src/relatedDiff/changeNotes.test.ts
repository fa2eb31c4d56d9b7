import assert from "node:assert/strict";
import { changeNotes, whyNoLines } from "./changeNotes.ts";

describe("notes on a change", () => {
  const file = { path: "a.ts", status: "added" } as const;

  it("are none where all of it was looked at", () => {
    assert.deepEqual(changeNotes({ files: [file], commits: [], totalFiles: 1 }, false), []);
    assert.deepEqual(changeNotes({ files: [file], commits: [] }, false), []);
  });

  it("say how much of it was looked at, and that the branch is another now", () => {
    const commit = { sha: "a", message: "", authoredAt: 0, committedAt: 0, files: [] };
    const notes = changeNotes({ files: [file], commits: [commit], totalFiles: 3412, totalCommits: 57 }, true);
    assert.deepEqual(notes, [
      "The branch was rewritten since this run began, as by a force-push: lines and commits are those that it has now.",
      "1 of 3,412 files were looked at: no more are listed.",
      "Only the newest commits were looked at: 1 of 57.",
    ]);
  });

  it("say of a file why there is no line to go to", () => {
    assert.equal(whyNoLines("img/logo.png", "binary"), "logo.png has no lines: it is binary, or empty.");
    assert.match(whyNoLines("package-lock.json", "tooLarge"), /^package-lock\.json is changed in too many lines/);
    assert.match(whyNoLines("b.sh", "unchanged"), /only renamed or copied/);
  });
});
