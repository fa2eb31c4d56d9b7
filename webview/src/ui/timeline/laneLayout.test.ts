import assert from "node:assert/strict";
import fc from "fast-check";
import { EventWriter } from "../../../test/harness/eventWriter.ts";
import { applyLine } from "../../model/applyEvent.ts";
import { RunModel } from "../../model/runModel.ts";
import { layOutLane } from "./laneLayout.ts";

interface Call {
  readonly after: number;
  readonly length: number;
}

/** A run with calls that begin `after` the one before and last `length`, both in milliseconds; length 0 has no end. */
const modelOf = (calls: readonly Call[]): RunModel => {
  const writer = new EventWriter();
  writer.start();
  const ends: { readonly at: number; readonly id: string }[] = [];
  let now = 0;
  const events = calls.flatMap(({ after, length }, i) => {
    now += after;
    const id = String(i);
    if (length > 0) ends.push({ at: now + length, id });
    return { at: now, id, isEnd: false };
  });
  const all = [...events, ...ends.map((end) => ({ ...end, isEnd: true }))].sort((a, b) => a.at - b.at);
  let last = 0;
  for (const { at, id, isEnd } of all) {
    const wait = (at - last) * 1000;
    last = at;
    if (isEnd) writer.add({ type: "tool.end", toolInfo: { id, name: "bash" }, ok: true }, wait);
    else writer.add({ type: "tool.start", toolInfo: { id, name: "bash" } }, wait);
  }
  const model = new RunModel();
  for (const line of writer.lines) applyLine(model, line);
  return model;
};

const lay = (model: RunModel, span: number, width = 1000) => {
  const from = model.facts.firstTime;
  return layOutLane(model, model.lanes.calls, { from, to: from + span * 1000, width }, model.facts.lastTime, 3);
};

describe("layOutLane", () => {
  it("puts calls that overlap below one another, and others on one level", () => {
    const model = modelOf([
      { after: 0, length: 500 },
      { after: 100, length: 100 },
      { after: 500, length: 100 },
    ]);
    const blocks = lay(model, 1000).map(({ x, width, level, count }) => [
      Math.round(x),
      Math.round(width),
      level,
      count,
    ]);
    assert.deepEqual(blocks, [
      [0, 500, 0, 1],
      [100, 100, 1, 1],
      [600, 100, 0, 1],
    ]);
  });

  it("takes together what is too small to be told apart", () => {
    const model = modelOf(Array.from({ length: 50 }, () => ({ after: 2, length: 1 })));
    const blocks = lay(model, 100_000);
    assert.equal(blocks.length, 1);
    assert.equal(blocks[0]?.count, 50);
  });

  it("lets what has no end go on until now", () => {
    const model = modelOf([
      { after: 0, length: 0 },
      { after: 800, length: 100 },
    ]);
    const [open] = lay(model, 1000);
    assert.equal(open?.isOpen, true);
    assert.equal(Math.round(open?.width ?? 0), 900);
  });

  it("loses none, leaves the lane nowhere, and has no more blocks than room", () => {
    const call = fc.record({ after: fc.nat(300), length: fc.nat(400) });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 200 }), fc.integer({ min: 50, max: 2000 }), (calls, width) => {
        const blocks = lay(modelOf(calls), 70_000, width);
        assert.equal(
          blocks.reduce((sum, { count }) => sum + count, 0),
          calls.length,
        );
        assert.ok(blocks.length <= (width / 6 + 1) * 3);
        for (const { x, width: wide } of blocks) assert.ok(x >= 0 && wide > 0 && x + wide <= width + 0.001);
      }),
    );
  });
});
