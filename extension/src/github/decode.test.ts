import assert from "node:assert/strict";
import fc from "fast-check";
import {
  decodeArtifact,
  decodeComment,
  decodeCommit,
  decodeContent,
  decodeFile,
  decodeJob,
  decodePull,
  decodeRun,
  listOf,
} from "./decode.ts";

const repository = { owner: "octo-org", name: "receipt-ocr" };
const sha = "a".repeat(40);

const pull = {
  number: 7,
  id: 1,
  title: "x",
  body: null,
  state: "closed",
  merged_at: null,
  draft: false,
  user: null,
  head: { ref: "b", sha, repo: null },
  base: { ref: "main", sha },
  html_url: "https://github.com/octo-org/receipt-ocr/pull/7",
  created_at: "2026-05-31T06:16:58Z",
  updated_at: "2026-05-31T06:16:58.123Z",
};

describe("decoding GitHub's answers", () => {
  it("takes a pull request of a deleted fork and account", () => {
    const decoded = decodePull(repository)(pull);
    assert.equal(decoded?.head.repository, undefined);
    assert.equal(decoded?.author, undefined);
    assert.equal(decoded?.state, "closed");
    assert.equal(decoded?.body, "");
    assert.equal(decoded?.updatedAt, Date.parse("2026-05-31T06:16:58.123Z"));
    assert.equal(decodePull(repository)({ ...pull, merged_at: "2026-05-31T06:16:58Z" })?.state, "merged");
    const fork = { id: 5, full_name: "mallory/receipt-ocr" };
    const forked = decodePull(repository)({ ...pull, head: { ...pull.head, repo: fork } });
    assert.deepEqual(forked?.head.repository, { owner: "mallory", name: "receipt-ocr", id: 5 });
  });

  it("leaves out what has no usable id, number or commit", () => {
    for (const wrong of [
      { number: -1 },
      { number: 1.5 },
      { id: 2 ** 60 },
      { id: "1" },
      { head: { ...pull.head, sha: "../x" } },
      { base: {} },
    ]) {
      assert.equal(decodePull(repository)({ ...pull, ...wrong }), undefined, JSON.stringify(wrong));
    }
    assert.deepEqual(listOf([pull, {}, null, "x"], decodePull(repository))?.length, 1);
    assert.equal(listOf({}, decodePull(repository)), undefined);
  });

  it("keeps no text longer than anybody needs, and no half patch", () => {
    assert.equal(decodePull(repository)({ ...pull, title: "t".repeat(1e6) })?.title.length, 1000);
    assert.equal(decodeFile({ filename: "a", status: "modified", patch: "+".repeat(5e6) })?.patch, undefined);
    assert.equal(decodeFile({ filename: "a".repeat(5000) }), undefined);
    assert.equal(decodeFile({ filename: "a", status: "new word of GitHub's" })?.status, "changed");
    const steps = Array.from({ length: 5000 }, (_unused, number) => ({ number, name: "s", status: "queued" }));
    assert.equal(decodeJob({ id: 1, run_id: 1, steps })?.steps.length, 1000);
  });

  it("reads a file's content only where it is whole", () => {
    const content = Buffer.from("text\n").toString("base64");
    assert.equal(
      String(decodeContent({ type: "file", encoding: "base64", size: 5, content: `${content}\n` })),
      "text\n",
    );
    assert.equal(decodeContent({ type: "file", encoding: "base64", size: 6, content }), undefined);
    assert.equal(decodeContent({ type: "file", encoding: "none", size: 2e6, content: "" }), undefined);
    assert.equal(decodeContent([{ type: "file" }]), undefined);
  });

  it("never throws, whatever comes", () => {
    const decoders = [
      decodeArtifact,
      decodeComment,
      decodeCommit,
      decodeContent,
      decodeFile,
      decodeJob,
      decodePull(repository),
      decodeRun(repository),
    ];
    const names = [
      ...Object.keys(pull),
      "steps",
      "status",
      "conclusion",
      "commit",
      "parents",
      "filename",
      "patch",
      "run_id",
    ];
    const fields = fc.dictionary(fc.constantFrom(...names), fc.jsonValue());
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fields), (value) => {
        for (const decode of decoders) decode(value);
      }),
    );
  });
});
