import assert from "node:assert/strict";
import fc from "fast-check";
import { MAX_HEIGHT, ROW_HEIGHT, ScrollModel } from "./scrollModel.ts";

const HUGE = 3_000_000;

describe("ScrollModel", () => {
  it("is the browser's own scrolling while the list is short", () => {
    const model = new ScrollModel();
    model.setSize(1000, 400);
    for (const scroll of [0, 10, 500, 21_600, 3]) {
      model.scrolled(scroll);
      assert.equal(model.top, scroll);
      assert.equal(model.bias, 0);
    }
  });

  it("never asks for an element that a browser cannot make, and still reaches both ends of any list", () => {
    const model = new ScrollModel();
    model.setSize(HUGE, 400);
    assert.equal(model.height, MAX_HEIGHT);
    model.scrolled(MAX_HEIGHT - 400);
    assert.equal(model.top, HUGE * ROW_HEIGHT - 400);
    assert.equal(model.range(0).to, HUGE);
    model.scrolled(0);
    assert.equal(model.top, 0);
  });

  it("moves by what the wheel says, not by a multiple of it, in a list of any length", () => {
    const model = new ScrollModel();
    model.setSize(HUGE, 400);
    model.scrolled(4_000_000);
    const before = model.top;
    model.scrolled(4_000_100);
    assert.equal(model.top, before + 100);
  });

  it("keeps a row where it is while rows come in above it", () => {
    const model = new ScrollModel();
    model.setSize(1000, 400);
    model.scrolled(2200);
    const y = 100 * ROW_HEIGHT - model.bias - model.scroll;
    model.setSize(1050, 400);
    model.moveTo(model.top + 50 * ROW_HEIGHT);
    assert.equal(150 * ROW_HEIGHT - model.bias - model.scroll, y);
    assert.equal(model.settled, 2200 + 50 * ROW_HEIGHT);
  });

  it("stays within the list and shows what fits, whatever happens", () => {
    const action = fc.oneof(
      fc.record({ kind: fc.constant("scroll" as const), to: fc.nat(MAX_HEIGHT) }),
      fc.record({ kind: fc.constant("size" as const), to: fc.nat(HUGE) }),
      fc.record({ kind: fc.constant("move" as const), to: fc.nat(HUGE * ROW_HEIGHT) }),
      fc.record({ kind: fc.constant("reveal" as const), to: fc.nat(HUGE) }),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        const model = new ScrollModel();
        let count = 500;
        model.setSize(count, 440);
        for (const { kind, to } of actions) {
          if (kind === "scroll") model.scrolled(Math.min(to, Math.max(0, model.height - 440)));
          else if (kind === "size") model.setSize((count = to), 440);
          else if (kind === "move") model.moveTo(to);
          else if (to < count) {
            model.reveal(to);
            const { from, to: end } = model.range(0);
            assert.ok(from <= to && to < end, "the row is in view");
          }
          assert.ok(model.top >= 0 && model.top <= model.maxTop);
          const { from, to: end } = model.range(0);
          assert.ok(end - from <= 440 / ROW_HEIGHT + 1);
          assert.ok(end - from >= Math.min(count, 440 / ROW_HEIGHT));
          if (model.mustSettle) {
            model.setScroll(model.settled);
            assert.ok(!model.mustSettle);
          }
        }
      }),
    );
  });
});
