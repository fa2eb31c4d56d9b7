import assert from "node:assert/strict";
import {
  hasDrafts,
  rememberDrafts,
  rememberedDrafts,
  type DraftMemory,
  type RememberedDraft,
} from "./rememberedDrafts.ts";

/** As VS Code does: what is stored is JSON, and undefined is nothing. */
const memoryOf = (stored?: unknown): DraftMemory => {
  let value = stored;
  return {
    get: () => value,
    update: (_key, next) => {
      value = next === undefined ? undefined : JSON.parse(JSON.stringify(next));
      return Promise.resolve();
    },
  };
};

const pull = { owner: "octo-org", name: "receipt-ocr", number: 7 };

describe("drafts of comments over a reload", () => {
  it("are the same, with where they go and whether they were on their way", async () => {
    const place = { commit: "c".repeat(40), path: "requirements.txt", line: 1, side: "right" as const };
    const drafts: readonly RememberedDraft[] = [
      { uri: "untitled:Untitled-1", target: { pull, place }, isSending: false },
      { uri: "untitled:Untitled-2", target: { pull, place: undefined }, isSending: true },
    ];
    const memory = memoryOf();
    assert.equal(hasDrafts(memory), false);
    await rememberDrafts(memory, drafts);
    assert.equal(hasDrafts(memory), true);
    assert.deepEqual(rememberedDrafts(memory), drafts);
    await rememberDrafts(memory, []);
    assert.equal(hasDrafts(memory), false);
    assert.deepEqual(rememberedDrafts(memory), []);
  });

  it("are none where something else is stored", () => {
    const good = { uri: "untitled:Untitled-1", pull, isSending: false };
    for (const bad of [
      "x",
      {},
      [null, 1, {}, { ...good, uri: "" }, { ...good, pull: null }, { ...good, pull: { ...pull, number: -1 } }],
      [
        { ...good, place: {} },
        { ...good, place: { commit: "c", path: "p", line: 1.5, side: "right" } },
      ],
    ]) {
      assert.deepEqual(rememberedDrafts(memoryOf(bad)), []);
    }
    assert.equal(rememberedDrafts(memoryOf([good])).length, 1);
  });
});
